//! What kind of URL is wanted.

use std::time::Duration;

use clap::Args;
use rendition_client::{UrlKind, UrlOptions};

/// What kind of URL is wanted.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "URL")]
pub(crate) struct UrlFlags {
    /// A URL of the store itself, if the rendition is ready
    #[arg(long)]
    presigned: bool,
    /// How long the URL must work, e.g. 1h; three quarters of it at the least
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    lifetime: Option<Duration>,
    /// Leave out scheme and host
    #[arg(long)]
    path_only: bool,
    /// Ask for a download under this file name
    #[arg(long, value_name = "NAME")]
    download_name: Option<String>,
}

impl UrlFlags {
    pub(crate) fn options(self) -> UrlOptions {
        let mut options = UrlOptions::new();
        if self.presigned {
            options = options.kind(UrlKind::Presigned);
        }
        if let Some(lifetime) = self.lifetime {
            options = options.lifetime(lifetime);
        }
        if self.path_only {
            options = options.path_only();
        }
        if let Some(name) = self.download_name {
            options = options.download_name(name);
        }
        options
    }
}
