//! Where long work goes on, and where that is kept.

use std::{fs, io, path::PathBuf};

use clap::Args;

use super::Complaint;

/// Where it goes on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Resume")]
pub(crate) struct ResumeArguments {
    /// Go on where a run with the same arguments stopped, by the token that it told
    #[arg(long, value_name = "TOKEN", conflicts_with = "state")]
    resume: Option<String>,
    /// Keep the token in this file: go on by it if it is there, and remove it at the end
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

impl ResumeArguments {
    /// The token to go on by; empty: from the start.
    pub(crate) fn token(&self) -> Result<String, Complaint> {
        if let Some(token) = &self.resume {
            return Ok(token.clone());
        }
        let Some(file) = &self.state else { return Ok(String::new()) };
        match fs::read_to_string(file) {
            Ok(token) => Ok(token.trim().to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(Complaint::file(file.display())(error)),
        }
    }

    /// Keeps where the work is now; `None`: it is at its end.
    pub(crate) fn keep(&self, token: Option<&str>) -> Result<(), Complaint> {
        let Some(file) = &self.state else { return Ok(()) };
        let kept = match token {
            // Beside it, then renamed: a crash leaves the old token or the new one.
            Some(token) => {
                let beside = file.with_extension("new");
                fs::write(&beside, token).and_then(|()| fs::rename(&beside, file))
            }
            None => match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        kept.map_err(Complaint::file(file.display()))
    }

    /// How to go on from a token, in words.
    pub(crate) fn way_on(&self, token: &str) -> String {
        match &self.state {
            Some(file) => format!("go on with --state {}", file.display()),
            None => format!("go on with --resume {token}"),
        }
    }
}
