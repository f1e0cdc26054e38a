//! `rendition saved`.

use clap::Args;
use rendition_client::{Client, NotifySaved, Saved as Answer, Source};
use serde_json::{Map, json};

use super::{
    Complaint, Connection, Report, Verdict, named_item::each, record, source_arguments::SourceArguments,
    table::Table,
};

/// Says that sources were saved.
#[derive(Debug, Args)]
pub(crate) struct Saved {
    #[command(flatten)]
    sources: SourceArguments,
    /// Make this ahead, whatever the specs' strategies say; may be given several times
    #[arg(long = "spec", value_name = "ID", help_heading = "Recipe")]
    specs: Vec<String>,
}

impl Saved {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let specs = self.specs;
        let ask = |client: Client, source: Source| {
            let request = specs.iter().fold(NotifySaved::new(source), NotifySaved::recipe);
            async move { client.notify_saved(request).await }
        };
        let row = |table: &mut Table, source: &Source, saved: &Answer| table.row(row(source.path(), saved));
        each(report, connection, self.sources.sources(), Table::new(HEADING), ask, (fields, row)).await
    }
}

/// The columns of sources that were saved or put.
pub(crate) const HEADING: [&str; 7] = ["SOURCE", "VERSION", "TYPE", "SIZE", "BYTES", "AHEAD", "FAILURE"];

/// One row of them.
pub(crate) fn row(path: &str, saved: &Answer) -> [String; 7] {
    let info = saved.source();
    let size = info.dimensions().map(|(width, height)| format!("{width}x{height}")).unwrap_or_default();
    let failure = info.failure();
    [
        path.to_owned(),
        info.version().unwrap_or_default().to_owned(),
        info.media_type().unwrap_or_default().to_owned(),
        size,
        info.size_bytes().to_string(),
        saved.renditions().len().to_string(),
        failure.map(|failure| format!("{}: {}", failure.reason(), failure.message())).unwrap_or_default(),
    ]
}

/// The fields of the record of a source that was saved or put.
pub(crate) fn fields(saved: &Answer) -> Map<String, serde_json::Value> {
    let renditions: Vec<_> = saved.renditions().iter().map(record::rendition).collect();
    let mut fields = Map::new();
    fields.insert("info".to_owned(), record::source_info(saved.source()));
    fields.insert("renditions".to_owned(), json!(renditions));
    fields
}
