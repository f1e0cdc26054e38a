//! A secret that the settings give in words or in a file.

use std::path::Path;

use super::super::{Operation, Secret, StorageError, StorageErrorKind};

/// The secret, read from `file` (without the white space around it) if it is given so; `None` if it is not given.
pub(super) fn given(
    store: &str,
    secret: Option<&Secret>,
    file: Option<&Path>,
) -> Result<Option<String>, StorageError> {
    match (secret, file) {
        (Some(_), Some(_)) => Err(invalid(store, "a secret is given both in words and as a file")),
        (Some(secret), None) => Ok(Some(secret.expose().to_owned())),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(text) if text.trim().is_empty() => {
                Err(invalid(store, &format!("the secret file {} is empty", file.display())))
            }
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) => {
                let message = format!("can't read the secret file {}", file.display());
                Err(invalid(store, &message).with_source(error))
            }
        },
        (None, None) => Ok(None),
    }
}

pub(super) fn invalid(store: &str, message: &str) -> StorageError {
    StorageError::new(StorageErrorKind::Invalid, store, Operation::Open, "", message)
}
