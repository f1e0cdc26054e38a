//! The configured stores by name, and the translation of their errors.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::settings::StoreEntry;
use crate::{
    model::{Error, Reason, StoreName},
    storage::{StorageError, StorageErrorKind},
};

/// The stores.
pub struct Stores {
    by_name: HashMap<StoreName, Arc<StoreEntry>>,
    source: Arc<StoreEntry>,
    rendition: Arc<StoreEntry>,
}

impl Stores {
    /// Registers the stores; the two defaults must be among them.
    pub fn new(entries: Vec<StoreEntry>, source: &StoreName, rendition: &StoreName) -> Result<Self, Error> {
        let by_name: HashMap<_, _> =
            entries.into_iter().map(|entry| (entry.name.clone(), Arc::new(entry))).collect();
        let find = |name: &StoreName| {
            by_name.get(name).cloned().ok_or_else(|| {
                Error::new(Reason::StoreNotFound, format!("the default store {name} is not configured"))
            })
        };
        let (source, rendition) = (find(source)?, find(rendition)?);
        Ok(Self { by_name, source, rendition })
    }

    /// The store of a source; none means the default. STORE_NOT_FOUND if there is none such or it holds
    /// no sources.
    pub fn source(&self, name: Option<&StoreName>) -> Result<&Arc<StoreEntry>, Error> {
        let Some(name) = name else { return Ok(&self.source) };
        self.by_name.get(name).filter(|entry| entry.source).ok_or_else(|| {
            let mut names: Vec<&str> =
                self.by_name.values().filter(|entry| entry.source).map(|entry| entry.name.as_str()).collect();
            names.sort_unstable();
            Error::new(
                Reason::StoreNotFound,
                format!(
                    "no store {:?} holds sources here: those that do are {}",
                    name.as_str(),
                    names.join(", ")
                ),
            )
            .field("rendition.source.store")
            .with("store", name.as_str())
        })
    }

    /// The store of renditions.
    pub fn rendition(&self) -> &Arc<StoreEntry> {
        &self.rendition
    }
}

/// When a store that is down or full may be tried again, where it does not say so itself.
const RETRY_UNAVAILABLE: Duration = Duration::from_secs(1);
const RETRY_FULL: Duration = Duration::from_secs(30);

/// A storage's error in the words of the domain.
pub fn storage_error(error: &StorageError) -> Error {
    let (reason, wait) = match error.kind() {
        StorageErrorKind::NotPermitted => (Reason::NotPermitted, None),
        StorageErrorKind::VersionMismatch => (Reason::SourceChanged, Some(Duration::ZERO)),
        StorageErrorKind::TooLarge { size, max } => {
            return Error::new(
                Reason::SourceLimitExceeded,
                format!("the source has {size} bytes, limits.max_source_bytes allows {max}"),
            )
            .with("limit", "max_source_bytes")
            .with("value", size.to_string())
            .with("maximum", max.to_string());
        }
        StorageErrorKind::Full => (Reason::StorageFull, Some(RETRY_FULL)),
        StorageErrorKind::Throttled | StorageErrorKind::Unavailable => {
            (Reason::StorageUnavailable, Some(RETRY_UNAVAILABLE))
        }
        StorageErrorKind::Unexpected => (Reason::StorageUnavailable, Some(RETRY_UNAVAILABLE)),
        StorageErrorKind::Invalid => (Reason::Internal, None),
    };
    let translated = Error::new(reason, error.to_string()).with("store", error.store());
    match error.retry_after().or(wait) {
        Some(wait) => translated.retry_after(wait),
        None => translated,
    }
}
