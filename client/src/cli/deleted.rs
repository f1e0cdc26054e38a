//! `rendition deleted`.

use clap::Args;
use serde_json::Map;

use super::{
    Complaint, Connection, Report, Verdict, named_item::tell, source_arguments::SourceArguments, table::Table,
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
        let client = connection.client()?;
        let mut good = true;
        let mut table = Table::new(["SOURCE", "REMOVED", "DROPPED"]);
        for source in self.sources.sources() {
            let result = client.notify_deleted(&source).await;
            good &= tell(report, connection, &source, &result, |deleted| {
                let mut fields = Map::new();
                fields.insert("removed".to_owned(), deleted.removed.into());
                fields.insert("dropped_jobs".to_owned(), deleted.dropped_jobs.into());
                fields
            })?;
            if let Ok(deleted) = &result {
                let row =
                    [source.path().to_owned(), deleted.removed.to_string(), deleted.dropped_jobs.to_string()];
                table.row(row);
            }
        }
        if !report.is_json() {
            report.table(&table)?;
        }
        Ok(Verdict::good_if(good))
    }
}
