//! `rendition inspect`.

use clap::Args;
use rendition_client::{Client, Source, SourceInfo};
use serde_json::Map;

use super::{
    Complaint, Connection, Report, Verdict, named_item::each, record, source_arguments::SourceArguments,
    table::Table,
};

/// Tells what sources are.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    sources: SourceArguments,
}

impl Inspect {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let ask = |client: Client, source: Source| async move { client.inspect(source).await };
        let fields = |info: &SourceInfo| {
            let mut fields = Map::new();
            fields.insert("info".to_owned(), record::source_info(info));
            fields
        };
        let row = |table: &mut Table, source: &Source, info: &SourceInfo| {
            let size = info.dimensions().map(|(width, height)| format!("{width}x{height}"));
            table.row([
                source.path().to_owned(),
                info.version().unwrap_or_default().to_owned(),
                info.media_type().unwrap_or_default().to_owned(),
                size.unwrap_or_default(),
                info.size_bytes().to_string(),
                info.frames().map(|frames| frames.to_string()).unwrap_or_default(),
                info.placeholder().map(|shown| shown.dominant_color().to_owned()).unwrap_or_default(),
            ]);
        };
        let table = Table::new(["SOURCE", "VERSION", "TYPE", "SIZE", "BYTES", "FRAMES", "COLOR"]);
        each(report, connection, self.sources.sources(), table, ask, (fields, row)).await
    }
}
