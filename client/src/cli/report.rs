//! Where results and complaints go.

use std::{
    fmt,
    io::{self, Write},
};

use rendition_client::Error;
use serde_json::Value;

use super::{Complaint, Connection, record, table::Table, way_out::way_out};

/// Standard output and standard error in the form that was asked for.
#[derive(Debug)]
pub(crate) struct Report {
    json: bool,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints one line.
    pub(crate) fn line(&self, line: impl fmt::Display) -> Result<(), Complaint> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Complaint::output)
    }

    /// Prints one record as a line of JSON.
    pub(crate) fn record(&self, record: &Value) -> Result<(), Complaint> {
        self.line(record)
    }

    /// Prints a table, unless it has no rows.
    pub(crate) fn table(&self, table: &Table) -> Result<(), Complaint> {
        if table.is_empty() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        write!(out, "{table}").and_then(|()| out.flush()).map_err(Complaint::output)
    }

    /// Tells why the command as a whole failed; with `--json` by a record as well.
    pub(crate) fn complain(&self, complaint: &Complaint, connection: &Connection) {
        if self.json
            && let Complaint::Call { error, .. } = complaint
        {
            // Standard error tells it in any case.
            let _ = self.record(&serde_json::json!({ "error": record::error(error) }));
        }
        tell(complaint, connection);
    }

    /// Tells what is wrong with one of several sources.
    pub(crate) fn complain_about(&self, subject: &str, error: &Error, connection: &Connection) {
        tell(&Complaint::Call { subject: Some(subject.to_owned()), error: error.clone() }, connection);
    }
}

/// Tells what went wrong in one line: the reason, the field, the way out.
fn tell(complaint: &Complaint, connection: &Connection) {
    let way_out = match complaint {
        Complaint::Call { error, .. } => way_out(error, &connection.server),
        _ => None,
    };
    match way_out {
        Some(way_out) => eprintln!("error: {complaint} ({way_out})"),
        None => eprintln!("error: {complaint}"),
    }
}
