//! What the file system says, in the storage's kinds.

use std::io;

use rustix::io::Errno;

use super::super::{Operation, StorageError, StorageErrorKind};

/// Why a piece of blocking work failed, before store, operation and path are known to it.
#[derive(Debug)]
pub(super) enum Failure {
    Kind(StorageErrorKind, &'static str),
    Io(io::Error),
}

/// What "crosses devices" means where a path is resolved below a root.
const BEYOND: &str = "a symbolic link on the path is absolute, or leads out of the store's root: only relative ones that stay below it are followed";

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Errno> for Failure {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}

impl Failure {
    pub(super) fn into_error(self, store: &str, operation: Operation, path: &str) -> StorageError {
        match self {
            Self::Kind(kind, message) => StorageError::new(kind, store, operation, path, message),
            Self::Io(error) => {
                let message = match error.kind() {
                    io::ErrorKind::CrossesDevices => BEYOND.to_owned(),
                    _ => error.to_string(),
                };
                StorageError::new(kind(&error), store, operation, path, message).with_source(error)
            }
        }
    }
}

/// `None` if nothing is there. A file where a folder should be means the same.
pub(super) fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn kind(error: &io::Error) -> StorageErrorKind {
    use io::ErrorKind as Io;

    match error.kind() {
        // A path that leads out of the root is "crosses devices" in openat2's words.
        Io::PermissionDenied | Io::ReadOnlyFilesystem | Io::CrossesDevices => StorageErrorKind::NotPermitted,
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => StorageErrorKind::Full,
        Io::InvalidFilename | Io::NotADirectory | Io::IsADirectory | Io::InvalidInput => {
            StorageErrorKind::Invalid
        }
        Io::StaleNetworkFileHandle | Io::TimedOut | Io::OutOfMemory | Io::NotConnected | Io::WouldBlock => {
            StorageErrorKind::Unavailable
        }
        _ => match Errno::from_io_error(error) {
            Some(Errno::LOOP) => StorageErrorKind::NotPermitted,
            Some(Errno::MFILE | Errno::NFILE | Errno::IO) => StorageErrorKind::Unavailable,
            _ => StorageErrorKind::Unexpected,
        },
    }
}
