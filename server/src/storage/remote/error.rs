//! What the storage library says, in the storage's kinds.

use opendal::ErrorKind;

use super::super::{Operation, StorageError, StorageErrorKind};

/// Longest part of a server's words that is handed on, in bytes.
const LONGEST_MESSAGE: usize = 300;

const REFUSED: &str = "the store refuses this; check the credentials and their permissions";
const REFUSED_OR_MISSING: &str = "the store refuses this; check the credentials, and that they may list the bucket: \
                                  without that permission a missing object is refused, too";

pub(super) fn translate(
    error: opendal::Error,
    store: &str,
    operation: Operation,
    path: &str,
) -> StorageError {
    let kind = kind(&error);
    let message = match (kind, operation) {
        (StorageErrorKind::NotPermitted, Operation::Stat | Operation::Read | Operation::Probe) => {
            REFUSED_OR_MISSING.to_owned()
        }
        (StorageErrorKind::NotPermitted, _) => REFUSED.to_owned(),
        (StorageErrorKind::VersionMismatch, _) => "the object is of another version".to_owned(),
        _ => shortened(error.message()),
    };
    StorageError::new(kind, store, operation, path, message).with_source(error)
}

fn kind(error: &opendal::Error) -> StorageErrorKind {
    // Codes that the library leaves in the message, in the words of S3 and of its relatives.
    let says = |codes: &[&str]| codes.iter().any(|code| error.message().contains(code));
    match error.kind() {
        ErrorKind::PermissionDenied => StorageErrorKind::NotPermitted,
        ErrorKind::ConditionNotMatch => StorageErrorKind::VersionMismatch,
        ErrorKind::RateLimited => StorageErrorKind::Throttled,
        ErrorKind::Conflict => StorageErrorKind::Unavailable,
        ErrorKind::ConfigInvalid | ErrorKind::IsADirectory | ErrorKind::NotADirectory => {
            StorageErrorKind::Invalid
        }
        _ if says(&["ExpiredToken", "InvalidToken", "InvalidAccessKeyId"]) => StorageErrorKind::NotPermitted,
        _ if says(&["StorageFull", "QuotaExceeded"]) => StorageErrorKind::Full,
        _ if error.is_temporary() => StorageErrorKind::Unavailable,
        _ => StorageErrorKind::Unexpected,
    }
}

fn shortened(message: &str) -> String {
    match message.char_indices().map(|(at, _)| at).find(|at| *at > LONGEST_MESSAGE) {
        Some(end) => format!("{}…", &message[..end]),
        None if message.is_empty() => "no details".to_owned(),
        None => message.to_owned(),
    }
}
