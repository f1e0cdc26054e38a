//! What kind of URL is wanted.

use std::time::Duration;

use clap::Args;
use rendition_client::{UrlKind, UrlOptions};

/// What kind of URL is wanted.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "URL")]
pub(crate) struct UrlFlags {
    /// media, public (the store's public base, such as a CDN) or presigned (by the store, if the rendition is ready)
    #[arg(long, default_value_t)]
    kind: UrlKind,
    /// The same as --kind presigned
    #[arg(long, conflicts_with = "kind")]
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
    /// For an auto output: choose the format at each GET, by its Accept header
    #[arg(long)]
    negotiate: bool,
}

impl UrlFlags {
    pub(crate) fn options(self) -> UrlOptions {
        let kind = if self.presigned { UrlKind::Presigned } else { self.kind };
        let mut options = UrlOptions::new().kind(kind);
        if let Some(lifetime) = self.lifetime {
            options = options.lifetime(lifetime);
        }
        if self.path_only {
            options = options.path_only();
        }
        if self.negotiate {
            options = options.negotiate();
        }
        if let Some(name) = self.download_name {
            options = options.download_name(name);
        }
        options
    }
}
