//! One result of several, with the source that it is about.

use rendition_client::{Client, Error, Rendition, Source};
use serde_json::{Map, Value};

use super::{Complaint, Connection, Report, Verdict, record, table::Table};

/// Prints the record of one source, or tells its error; says whether there was none.
pub(crate) fn tell<T>(
    report: &Report,
    connection: &Connection,
    source: &Source,
    result: &Result<T, Error>,
    record: impl FnOnce(&T) -> Map<String, Value>,
) -> Result<bool, Complaint> {
    if report.is_json() {
        let mut line = Map::new();
        line.insert("source".to_owned(), record::source(source));
        match result {
            Ok(answer) => line.append(&mut record(answer)),
            Err(error) => {
                line.insert("error".to_owned(), record::error(error));
            }
        }
        report.record(&line.into())?;
    }
    if let Err(error) = result {
        report.complain_about(source.path(), error, connection);
    }
    Ok(result.is_ok())
}

/// Asks about each source in turn, tells what came of it, and shows people the table that `row` fills.
pub(crate) async fn each<T, F>(
    report: &Report,
    connection: &Connection,
    sources: Vec<Source>,
    mut table: Table,
    ask: impl Fn(Client, Source) -> F,
    (fields, mut row): (impl Fn(&T) -> Map<String, Value>, impl FnMut(&mut Table, &Source, &T)),
) -> Result<Verdict, Complaint>
where
    F: Future<Output = Result<T, Error>>,
{
    let client = connection.client()?;
    let mut good = true;
    for source in sources {
        let result = ask(client.clone(), source.clone()).await;
        good &= tell(report, connection, &source, &result, &fields)?;
        if let Ok(answer) = &result {
            row(&mut table, &source, answer);
        }
    }
    if !report.is_json() {
        report.table(&table)?;
    }
    Ok(Verdict::good_if(good))
}

/// Width and height for people, e.g. `300x200`; empty if not known.
pub(crate) fn size(rendition: &Rendition) -> String {
    let dimensions = rendition.image().and_then(|image| image.dimensions());
    dimensions.map(|(width, height)| format!("{width}x{height}")).unwrap_or_default()
}

/// The size of the stored object; empty if not known.
pub(crate) fn bytes(rendition: &Rendition) -> String {
    let bytes = rendition.image().and_then(|image| image.size_bytes());
    bytes.map(|bytes| bytes.to_string()).unwrap_or_default()
}

/// Why it failed, for people; empty if it did not.
pub(crate) fn failure(rendition: &Rendition) -> String {
    let failure = rendition.failure();
    failure.map(|failure| format!("{}: {}", failure.reason(), failure.message())).unwrap_or_default()
}
