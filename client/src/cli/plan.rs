//! `rendition plan`: hands over to `rendition-server plan`, which reads configurations and stores.
//!
//! What a configuration comes to is the server's to know: its overlays and secrets are files, its stores need its credentials,
//! and the cost of a rendition is that of the server's own codecs. So it is done where the configurations lie, by the server's
//! program, and no running server is asked or needed.

use std::{path::PathBuf, process::Command};

use clap::Args;

use super::{Complaint, Report, Verdict};

const PROGRAM: &str = "rendition-server";

/// Tells what a new configuration would come to: specs that differ, renditions to make, their cost.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The configuration that runs now
    #[arg(value_name = "OLD.toml")]
    old: PathBuf,
    /// The one that is to be rolled out; its stores are read
    #[arg(value_name = "NEW.toml")]
    new: PathBuf,
    /// Only sources under this prefix, or that this glob matches
    #[arg(long, value_name = "PREFIX|GLOB")]
    sources: Option<String>,
    /// How many sources are made into each rendition in memory, to measure its cost
    #[arg(long, value_name = "COUNT")]
    sample: Option<usize>,
    /// The program rendition-server; without it the one beside this program, else the one in PATH
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

impl Plan {
    pub(crate) fn run(self, report: &Report) -> Result<Verdict, Complaint> {
        let program = self.program.unwrap_or_else(found);
        let mut command = Command::new(&program);
        command.arg("plan").arg(&self.old).arg(&self.new);
        if let Some(sources) = &self.sources {
            command.args(["--sources", sources]);
        }
        if let Some(sample) = self.sample {
            command.args(["--sample", &sample.to_string()]);
        }
        if report.is_json() {
            command.arg("--json");
        }
        let status = command.status().map_err(Complaint::file(program.display()))?;
        Ok(Verdict::good_if(status.success()))
    }
}

/// The server's program beside this one, else whichever the system finds.
fn found() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(PROGRAM)));
    beside.filter(|beside| beside.is_file()).unwrap_or_else(|| PROGRAM.into())
}
