//! `rendition list`.

use clap::Args;
use rendition_client::OutputFormat;
use serde_json::{Map, json};

use super::{
    Complaint, Connection, Report, Verdict, named_item::tell, record, selection::Selection,
    source_arguments::SourceArguments, table::Table,
};

/// Lists the stored renditions of sources.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    selection: Selection,
}

impl List {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let client = connection.client()?;
        let mut good = true;
        let mut table = Table::new(["KEY", "SPEC", "VERSION", "FORMAT", "BYTES", "STALE"]);
        for source in self.sources.sources() {
            let result = client.list_renditions(self.selection.of(&source)).await;
            good &= tell(report, connection, &source, &result, |renditions| {
                let renditions: Vec<_> = renditions.iter().map(record::stored_rendition).collect();
                let mut fields = Map::new();
                fields.insert("renditions".to_owned(), json!(renditions));
                fields
            })?;
            for rendition in result.iter().flatten() {
                table.row([
                    rendition.key().to_owned(),
                    rendition.spec_id().unwrap_or("inline").to_owned(),
                    rendition.source_version().unwrap_or_default().to_owned(),
                    rendition.format().map(OutputFormat::as_str).unwrap_or_default().to_owned(),
                    rendition.size_bytes().map(|size| size.to_string()).unwrap_or_default(),
                    if rendition.is_stale() { "yes" } else { "no" }.to_owned(),
                ]);
            }
        }
        if !report.is_json() {
            report.table(&table)?;
        }
        Ok(Verdict::good_if(good))
    }
}
