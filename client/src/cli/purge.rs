//! `rendition purge`.

use clap::Args;
use serde_json::{Map, json};

use super::{
    Complaint, Connection, Report, Verdict, named_item::tell, selection::Selection,
    source_arguments::SourceArguments,
};

/// Removes stored renditions of sources.
#[derive(Debug, Args)]
pub(crate) struct Purge {
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    selection: Selection,
    /// Remove nothing, and print what would go
    #[arg(long)]
    dry_run: bool,
}

impl Purge {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let client = connection.client()?;
        let mut good = true;
        for source in self.sources.sources() {
            let which = self.selection.of(&source);
            let result = match self.dry_run {
                true => client.would_purge(which).await,
                false => client.purge_renditions(which).await,
            };
            good &= tell(report, connection, &source, &result, |keys| {
                let mut fields = Map::new();
                fields.insert("keys".to_owned(), json!(keys));
                fields
            })?;
            if !report.is_json() {
                for key in result.iter().flatten() {
                    report.line(key)?;
                }
            }
        }
        Ok(Verdict::good_if(good))
    }
}
