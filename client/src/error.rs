//! The one error of this crate.

use std::time::Duration;

use tonic::Code;

use crate::{FieldViolation, Reason, StatusError, UnknownSpec, status::code_name};

/// What went wrong with a call. Cheap enough to clone, and it holds no generated type.
///
/// ```no_run
/// # async fn run(client: rendition_client::Client) {
/// use rendition_client::{Error, Reason};
///
/// match client.ensure_generated(("photos/cat.jpg", "avatar")).await {
///     Ok(ensured) => println!("{}", ensured.rendition().url()),
///     Err(error) if error.reason() == Some(&Reason::SourceNotFound) => println!("no such photo"),
///     Err(Error::Status(status)) => println!("{}: {:?}", status.code, status.violations),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server answered an error, or could not be reached in spite of the retries.
    #[error(transparent)]
    Status(Box<StatusError>),
    /// The time that the call was given has passed.
    #[error("no answer within {}", humantime::format_duration(*timeout))]
    DeadlineExceeded {
        /// The time that the call was given.
        timeout: Duration,
        /// Why the attempt before the last one failed, if there was one.
        last: Option<Box<StatusError>>,
    },
    /// An option of the builder has a value that cannot be used.
    #[error("{option}: {message}")]
    InvalidOption {
        /// The name of the builder's method.
        option: &'static str,
        /// What is wrong with its value.
        message: String,
    },
    /// No connection at the time of [`ClientBuilder::connect`](crate::ClientBuilder::connect).
    #[error("cannot connect to {uri}: {message}")]
    Connect {
        /// The server's address.
        uri: String,
        /// Why not.
        message: String,
    },
    /// The server's answer lacks what the API promises.
    #[error("the server's answer has no {0}")]
    Malformed(&'static str),
    /// The bytes of a rendition are not as many as its header says.
    #[error("received {received} bytes of {expected}")]
    Truncated {
        /// The bytes that came.
        received: u64,
        /// The bytes that the header promised.
        expected: u64,
    },
    /// The rendition is larger than `max_read_bytes` allows to hold in memory.
    #[error("the rendition has more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// A spec of a newer server.
    #[error(transparent)]
    UnknownSpec(#[from] UnknownSpec),
}

impl Error {
    /// The canonical code: the server's, or the one that a server would give in this case.
    pub fn code(&self) -> Code {
        match self {
            Self::Status(status) => status.code,
            Self::DeadlineExceeded { .. } => Code::DeadlineExceeded,
            Self::InvalidOption { .. } => Code::InvalidArgument,
            Self::Connect { .. } => Code::Unavailable,
            Self::Truncated { .. } => Code::DataLoss,
            Self::TooLarge { .. } => Code::ResourceExhausted,
            Self::Malformed(_) | Self::UnknownSpec(_) => Code::Internal,
        }
    }

    /// The code's name in capitals, e.g. `NOT_FOUND`.
    pub fn code_name(&self) -> &'static str {
        code_name(self.code())
    }

    /// The stable reason, if the server gave one.
    pub fn reason(&self) -> Option<&Reason> {
        self.status().and_then(|status| status.reason.as_ref())
    }

    /// The fields of the request that are wrong.
    pub fn violations(&self) -> &[FieldViolation] {
        self.status().map_or(&[], |status| &status.violations)
    }

    /// How long to wait before trying again, if the server said so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.status().and_then(|status| status.retry_after)
    }

    /// The server's status, if that is what went wrong.
    pub fn status(&self) -> Option<&StatusError> {
        match self {
            Self::Status(status) => Some(status),
            _ => None,
        }
    }
}

impl From<StatusError> for Error {
    fn from(status: StatusError) -> Self {
        Self::Status(Box::new(status))
    }
}
