//! The source images that a command is about.

use clap::Args;
use rendition_client::Source;

/// Where sources lie.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source")]
pub(crate) struct SourcePlace {
    /// The store that holds the source; without it the server's default
    #[arg(long, value_name = "NAME")]
    store: Option<String>,
    /// The version of the source; without it the store's policy decides
    #[arg(long, value_name = "VERSION")]
    source_version: Option<String>,
}

impl SourcePlace {
    /// The source at `path`.
    pub(crate) fn source(&self, path: &str) -> Source {
        let mut source = Source::new(path);
        if let Some(store) = &self.store {
            source = source.store(store);
        }
        if let Some(version) = &self.source_version {
            source = source.version(version);
        }
        source
    }
}

/// One source or more.
#[derive(Debug, Args)]
pub(crate) struct SourceArguments {
    /// Paths of source images in their store
    #[arg(required = true, value_name = "SOURCE")]
    paths: Vec<String>,
    #[command(flatten)]
    place: SourcePlace,
}

impl SourceArguments {
    pub(crate) fn sources(&self) -> Vec<Source> {
        self.paths.iter().map(|path| self.place.source(path)).collect()
    }
}
