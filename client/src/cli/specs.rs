//! `rendition specs`.

use clap::Args;
use rendition_client::{NamedSpec, Operation, Strategy};

use super::{Complaint, Connection, Report, Verdict, record, table::Table};

/// Lists the specs in the server's configuration.
#[derive(Debug, Args)]
pub(crate) struct Specs {
    /// Show this one only, whole
    #[arg(value_name = "ID")]
    id: Option<String>,
}

impl Specs {
    pub(crate) async fn run(
        self,
        connection: &Connection,
        report: &mut Report,
    ) -> Result<Verdict, Complaint> {
        let client = connection.client()?;
        if let Some(id) = self.id {
            let named = client.get_spec(id).await?;
            let record = record::named_spec(&named);
            if report.is_json() {
                report.record(&record)?;
            } else {
                report.line(format!("{record:#}"))?;
            }
            return Ok(Verdict::Good);
        }
        let specs = client.list_specs().await?;
        let mut table = Table::new(["ID", "OPERATIONS", "OUTPUT", "STRATEGY", "SOURCES", "PUBLIC", "DIGEST"]);
        for named in &specs {
            if report.is_json() {
                report.record(&record::named_spec(named))?;
            } else {
                table.row(row(named));
            }
        }
        report.table(&table)?;
        Ok(Verdict::Good)
    }
}

fn row(named: &NamedSpec) -> [String; 7] {
    let (operations, output) = match named.spec() {
        Ok(spec) => {
            let operations: Vec<_> = spec.operations().iter().map(Operation::name).collect();
            (operations.join(","), spec.output().name().to_owned())
        }
        Err(unknown) => (unknown.to_string(), String::new()),
    };
    [
        named.id().to_owned(),
        operations,
        output,
        named.strategy().map(Strategy::as_str).unwrap_or_default().to_owned(),
        named.sources().join(","),
        if named.is_public() { "yes" } else { "no" }.to_owned(),
        named.digest().unwrap_or_default().to_owned(),
    ]
}
