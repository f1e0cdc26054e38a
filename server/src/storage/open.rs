//! From settings to a store.

use std::sync::Arc;

use super::fs::Fs;
use super::memory::Memory;
use super::{Operation, StorageError, StorageErrorKind, Store, StoreLimits, StoreSettings};

/// Opens the store that `settings` describe; `name` is its name in the configuration, for errors.
///
/// Remote stores are not asked anything yet; a folder is created, and leftovers of dead servers in it are removed.
///
/// # Errors
/// `Invalid` if the settings can't be right or the build lacks the kind of store; for a folder also what the file system says.
pub fn open(
    name: &str,
    settings: &StoreSettings,
    limits: &StoreLimits,
) -> Result<Arc<dyn Store>, StorageError> {
    match settings {
        StoreSettings::Memory => Ok(Memory::open(name)),
        StoreSettings::Fs { root } => Fs::open(name, root, limits),
        StoreSettings::S3(_) | StoreSettings::Gcs(_) | StoreSettings::Azblob(_) => Err(StorageError::new(
            StorageErrorKind::Invalid,
            name,
            Operation::Open,
            "",
            "this build lacks the kind of store",
        )),
    }
}
