//! `rendition deleted`.

use clap::Args;
use rendition_client::{Client, Deleted as Answer, Source};
use serde_json::Map;

use super::{
    Complaint, Connection, Report, Verdict, named_item::each, source_arguments::SourceArguments, table::Table,
};

/// Says that sources were deleted.
#[derive(Debug, Args)]
pub(crate) struct Deleted {
    #[command(flatten)]
    sources: SourceArguments,
}

impl Deleted {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let ask = |client: Client, source: Source| async move { client.notify_deleted(source).await };
        let fields = |deleted: &Answer| {
            let mut fields = Map::new();
            fields.insert("removed".to_owned(), deleted.removed.into());
            fields.insert("dropped_jobs".to_owned(), deleted.dropped_jobs.into());
            fields
        };
        let row = |table: &mut Table, source: &Source, deleted: &Answer| {
            table.row([
                source.path().to_owned(),
                deleted.removed.to_string(),
                deleted.dropped_jobs.to_string(),
            ]);
        };
        let table = Table::new(["SOURCE", "REMOVED", "DROPPED"]);
        each(report, connection, self.sources.sources(), table, ask, (fields, row)).await
    }
}
