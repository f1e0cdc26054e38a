//! From settings to a store.

use std::sync::Arc;

use super::fs::Fs;
use super::memory::Memory;
use super::{StorageError, Store, StoreLimits, StoreSettings, remote};

/// Opens the store that `settings` describe; `name` is its name in the configuration, for errors.
///
/// Remote stores are not asked anything yet; a folder is created, and leftovers of dead servers in it are removed.
///
/// # Errors
/// `Invalid` if the settings can't be right or the build lacks the kind of store; for a folder also what the file system
/// says.
pub fn open(
    name: &str,
    settings: &StoreSettings,
    limits: &StoreLimits,
) -> Result<Arc<dyn Store>, StorageError> {
    match settings {
        StoreSettings::Memory => Ok(Memory::open(name)),
        StoreSettings::Fs { root } => Fs::open(name, root, limits),
        StoreSettings::S3(settings) => remote::s3::open(name, settings, limits),
        #[cfg(feature = "gcs")]
        StoreSettings::Gcs(settings) => remote::gcs::open(name, settings, limits),
        #[cfg(not(feature = "gcs"))]
        StoreSettings::Gcs(_) => Err(lacking(name, "gcs")),
        #[cfg(feature = "azblob")]
        StoreSettings::Azblob(settings) => remote::azblob::open(name, settings, limits),
        #[cfg(not(feature = "azblob"))]
        StoreSettings::Azblob(_) => Err(lacking(name, "azblob")),
    }
}

#[cfg(not(all(feature = "gcs", feature = "azblob")))]
fn lacking(name: &str, kind: &str) -> StorageError {
    use super::{Operation, StorageErrorKind};

    let message = format!("this build has no stores of kind {kind}: build with the feature {kind}");
    StorageError::new(StorageErrorKind::Invalid, name, Operation::Open, "", message)
}
