//! `rendition put`.

use std::{fs, path::PathBuf};

use clap::Args;
use rendition_client::PutSource;

use super::{
    Complaint, Connection, Report, Verdict,
    named_item::tell,
    saved::{HEADING, fields, row},
    source_arguments::SourcePlace,
    table::Table,
};

/// Brings a source to the server.
#[derive(Debug, Args)]
pub(crate) struct Put {
    /// The image file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The path that it gets in its store
    #[arg(value_name = "SOURCE")]
    path: String,
    #[command(flatten)]
    place: SourcePlace,
    /// Replace a source that is there
    #[arg(long)]
    overwrite: bool,
    /// Make this ahead, whatever the specs' strategies say; may be given several times
    #[arg(long = "spec", value_name = "ID", help_heading = "Recipe")]
    specs: Vec<String>,
}

impl Put {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let bytes = fs::read(&self.file).map_err(Complaint::file(self.file.display()))?;
        let source = self.place.source(&self.path);
        let mut place = self.specs.iter().fold(PutSource::new(&source), PutSource::recipe);
        if self.overwrite {
            place = place.overwrite();
        }
        let result = connection.client()?.put_source(place, bytes).await;
        let good = tell(report, connection, &source, &result, fields)?;
        if let (false, Ok(saved)) = (report.is_json(), &result) {
            let mut table = Table::new(HEADING);
            table.row(row(source.path(), saved));
            report.table(&table)?;
        }
        Ok(Verdict::good_if(good))
    }
}
