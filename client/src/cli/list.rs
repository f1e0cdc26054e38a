//! `rendition list`.

use clap::Args;
use rendition_client::{Client, OutputFormat, Source, StoredRendition};
use serde_json::{Map, json};

use super::{
    Complaint, Connection, Report, Verdict, named_item::each, record, selection::Selection,
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
        let selection = self.selection;
        let ask = |client: Client, source: Source| {
            let which = selection.of(&source);
            async move { client.list_renditions(which).await }
        };
        let fields = |stored: &Vec<StoredRendition>| {
            let renditions: Vec<_> = stored.iter().map(record::stored_rendition).collect();
            let mut fields = Map::new();
            fields.insert("renditions".to_owned(), json!(renditions));
            fields
        };
        let rows = |table: &mut Table, _: &Source, stored: &Vec<StoredRendition>| {
            for rendition in stored {
                table.row([
                    rendition.key().to_owned(),
                    rendition.spec_id().unwrap_or("inline").to_owned(),
                    rendition.source_version().unwrap_or_default().to_owned(),
                    rendition.format().map(OutputFormat::as_str).unwrap_or_default().to_owned(),
                    rendition.size_bytes().map(|size| size.to_string()).unwrap_or_default(),
                    if rendition.is_stale() { "yes" } else { "no" }.to_owned(),
                ]);
            }
        };
        let table = Table::new(["KEY", "SPEC", "VERSION", "FORMAT", "BYTES", "STALE"]);
        each(report, connection, self.sources.sources(), table, ask, (fields, rows)).await
    }
}
