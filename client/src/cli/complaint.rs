//! Why a command could not do its work.

use std::{fmt, io};

use rendition_client::Error;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Complaint {
    /// The command line asks for something that cannot be.
    Usage(String),
    /// The call failed; about which source, if about one.
    Call { subject: Option<String>, error: Error },
    /// A file could not be read or written.
    File { name: String, error: io::Error },
    /// Whoever read the output wants no more of it.
    ClosedPipe,
    /// The user stopped it.
    Interrupted,
}

impl Complaint {
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            Self::Usage(_) => true,
            Self::Call { error, .. } => matches!(error, Error::InvalidOption { .. }),
            Self::File { .. } | Self::ClosedPipe | Self::Interrupted => false,
        }
    }

    /// About the file `name`.
    pub(crate) fn file(name: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let name = name.to_string();
        |error| Self::File { name, error }
    }

    /// About standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::File { name: "standard output".to_owned(), error }
    }
}

impl From<Error> for Complaint {
    fn from(error: Error) -> Self {
        Self::Call { subject: None, error }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Call { subject: Some(subject), error } => write!(f, "{subject}: {error}"),
            Self::Call { subject: None, error } => error.fmt(f),
            Self::File { name, error } => write!(f, "{name}: {error}"),
            Self::ClosedPipe => f.write_str("the output was closed"),
            Self::Interrupted => f.write_str("stopped before its end"),
        }
    }
}
