//! Which stored renditions a command is about.

use clap::Args;
use rendition_client::{Source, StoredRenditions};

/// What narrows them down.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// Only those of this named spec; inline for those of specs that callers sent
    #[arg(long, value_name = "ID")]
    spec: Option<String>,
    /// Only those that are out of date: of an older version, or of a spec that has changed
    #[arg(long)]
    stale: bool,
}

impl Selection {
    /// Those of a source.
    pub(crate) fn of(&self, source: &Source) -> StoredRenditions {
        let mut which = StoredRenditions::of(source);
        if let Some(spec) = &self.spec {
            which = which.spec(spec);
        }
        if self.stale { which.stale() } else { which }
    }
}
