//! Which server is asked, and how.

use std::{fs, path::PathBuf, time::Duration};

use clap::Args;
use rendition_client::Client;

use super::Complaint;

/// Which server is asked, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct Connection {
    /// The server's address, http:// or https://
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "RENDITION_SERVER",
        default_value = "http://127.0.0.1:50051"
    )]
    pub(crate) server: String,
    /// A file with the bearer token
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A PEM file with the authorities to trust instead of the system's
    #[arg(long, global = true, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// How long a call may take, its retries included; for `watch`, the wait for its first answer
    #[arg(long, global = true, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    timeout: Duration,
}

impl Connection {
    /// A client that connects when it is first used.
    pub(crate) fn client(&self) -> Result<Client, Complaint> {
        let mut builder = Client::builder(&self.server).timeout(self.timeout).user_agent("rendition");
        if let Some(file) = &self.token_file {
            let token = fs::read_to_string(file).map_err(Complaint::file(file.display()))?;
            builder = builder.bearer_token(token.trim());
        }
        if let Some(file) = &self.ca_file {
            builder = builder.ca_certificate(fs::read(file).map_err(Complaint::file(file.display()))?);
        }
        Ok(builder.build()?)
    }
}
