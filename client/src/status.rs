//! The error that a server answers, decoded from the gRPC status and its details.

use std::{collections::HashMap, error::Error as StdError, fmt, time::Duration};

use prost::Message;
use rendition_proto::google::rpc;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::Reason;

/// What is wrong with one field of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// The field's path in the request, e.g. `rendition.recipe.spec.operations[0].resize.width`.
    pub field: String,
    /// What is wrong with it, in words for developers.
    pub description: String,
}

/// The status of a call that failed, or of one item in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusError {
    /// The canonical code.
    pub code: Code,
    /// The stable reason; absent when the error does not come from Rendition itself.
    pub reason: Option<Reason>,
    /// What happened, in words for developers.
    pub message: String,
    /// The facts that go with the reason, e.g. the store's name.
    pub metadata: HashMap<String, String>,
    /// The fields that are wrong, for invalid arguments.
    pub violations: Vec<FieldViolation>,
    /// How long to wait before trying again, where that can help.
    pub retry_after: Option<Duration>,
    /// Whether no server answered: the connection could not be made, or was lost.
    pub unreachable: bool,
}

impl StatusError {
    /// Decodes the error of one item in a batch.
    pub(crate) fn from_item(status: rpc::Status) -> Self {
        let details = status.encode_to_vec();
        Self::from(Status::with_details(Code::from_i32(status.code), status.message, details.into()))
    }

    /// Whether the same call can be sent again: the code is `UNAVAILABLE`, or it is
    /// `RESOURCE_EXHAUSTED` and the server says when to come back.
    pub fn is_retryable(&self) -> bool {
        match self.code {
            Code::Unavailable => true,
            Code::ResourceExhausted => self.retry_after.is_some(),
            _ => false,
        }
    }
}

impl From<Status> for StatusError {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let code = canonical_code(&status);
        // Only a status made on this side has a source.
        let unreachable = code == Code::Unavailable && status.source().is_some();
        Self {
            code,
            reason: info.map(|info| Reason::from(info.reason.as_str())),
            message: message_with_cause(&status),
            metadata: info.map(|info| info.metadata.clone()).unwrap_or_default(),
            violations: details
                .bad_request()
                .map(|request| {
                    let violations = request.field_violations.iter();
                    violations
                        .map(|violation| FieldViolation {
                            field: violation.field.clone(),
                            description: violation.description.clone(),
                        })
                        .collect()
                })
                .unwrap_or_default(),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            unreachable,
        }
    }
}

/// The code, but `UNAVAILABLE` for a lost connection, as gRPC's status codes define it: tonic says
/// `UNKNOWN` or `CANCELLED` there, and this client never cancels a call that it waits for.
fn canonical_code(status: &Status) -> Code {
    let code = status.code();
    let Some(source) = status.source() else { return code };
    let of_transport = chain(source).any(|cause| cause.is::<tonic::transport::Error>());
    match code {
        Code::Unknown => Code::Unavailable,
        Code::Cancelled if of_transport && !is_timeout(status) => Code::Unavailable,
        _ => code,
    }
}

/// Whether tonic gave up because the `grpc-timeout` that was sent had passed.
pub(crate) fn is_timeout(status: &Status) -> bool {
    status.source().is_some_and(|source| chain(source).any(|cause| cause.is::<tonic::TimeoutExpired>()))
}

/// The message, with the innermost cause of an error made on this side, which says the most.
fn message_with_cause(status: &Status) -> String {
    let innermost = status.source().and_then(|source| chain(source).last()).map(ToString::to_string);
    match innermost {
        Some(cause) if !status.message().contains(&cause) => format!("{}: {cause}", status.message()),
        _ => status.message().to_owned(),
    }
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The name of a code in capitals, as gRPC and its tools write it.
pub(crate) const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

impl StatusError {
    /// The code's name in capitals, e.g. `NOT_FOUND`.
    pub fn code_name(&self) -> &'static str {
        code_name(self.code)
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.reason.as_ref().map_or(self.code_name(), Reason::as_str);
        write!(f, "{word}: {}", self.message)?;
        for violation in &self.violations {
            write!(f, "; {}", violation.field)?;
            if violation.description != self.message {
                write!(f, ": {}", violation.description)?;
            }
        }
        Ok(())
    }
}

impl StdError for StatusError {}
