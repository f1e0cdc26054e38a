//! The one error of the room. It says what went wrong in kinds that a caller can act on; nobody above has to know which
//! store it came from.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Operation;

/// What a failure means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageErrorKind {
    /// The store refuses this to us: credentials, permissions, a path that leads out of the root.
    NotPermitted,
    /// The object is not of the version asked for.
    VersionMismatch,
    /// The object is larger than the caller accepts, in bytes.
    TooLarge {
        /// What the store says of the object's size; at least `max` + 1 where it says nothing.
        size: u64,
        /// What the caller accepts.
        max: u64,
    },
    /// No space, no quota.
    Full,
    /// The store asks us to slow down.
    Throttled,
    /// The store does not answer, or answers that it can't now; retries inside are used up.
    Unavailable,
    /// The path or the settings can't be right, whatever the state of the store.
    Invalid,
    /// Anything else.
    Unexpected,
}

/// A failed call on a store. Cheap to clone, so that all who waited for one call share its failure.
#[derive(Clone)]
pub struct StorageError(Arc<Facts>);

struct Facts {
    kind: StorageErrorKind,
    store: String,
    operation: Operation,
    path: String,
    message: String,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StorageError {
    /// A failure of `operation` on `path` (empty: the store itself) of the named store.
    pub fn new(
        kind: StorageErrorKind,
        store: &str,
        operation: Operation,
        path: &str,
        message: impl Into<String>,
    ) -> Self {
        Self(Arc::new(Facts {
            kind,
            store: store.to_owned(),
            operation,
            path: path.to_owned(),
            message: message.into(),
            retry_after: None,
            source: None,
        }))
    }

    /// The same with the error that caused it.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = Some(source.into());
        self.change(|facts| facts.source = source)
    }

    /// The same with the wait that the store asks for.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        self.change(|facts| facts.retry_after = Some(wait))
    }

    fn change(self, change: impl FnOnce(&mut Facts)) -> Self {
        let mut facts = self.0;
        // Called by the constructors' chain alone, where nobody shares the error yet.
        if let Some(facts) = Arc::get_mut(&mut facts) {
            change(facts);
        }
        Self(facts)
    }

    /// What the failure means.
    pub fn kind(&self) -> StorageErrorKind {
        self.0.kind
    }

    /// Whether the same call may succeed later with nothing changed by the caller. Immediate retries have been made.
    pub fn is_temporary(&self) -> bool {
        use StorageErrorKind as Kind;
        match self.0.kind {
            Kind::Full | Kind::Throttled | Kind::Unavailable => true,
            Kind::NotPermitted
            | Kind::VersionMismatch
            | Kind::TooLarge { .. }
            | Kind::Invalid
            | Kind::Unexpected => false,
        }
    }

    /// How long the store asks to wait, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The store's name in the configuration.
    pub fn store(&self) -> &str {
        &self.0.store
    }

    /// The call that failed.
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The path it was made on; empty for the store itself.
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { store, operation, path, message, .. } = &*self.0;
        if path.is_empty() {
            write!(f, "store {store}: {operation}: {message}")
        } else {
            write!(f, "store {store}: {operation} {path:?}: {message}")
        }
    }
}

impl fmt::Debug for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { kind, store, operation, path, message, retry_after, source } = &*self.0;
        f.debug_struct("StorageError")
            .field("kind", kind)
            .field("store", store)
            .field("operation", operation)
            .field("path", path)
            .field("message", message)
            .field("retry_after", retry_after)
            .field("source", source)
            .finish()
    }
}

impl Error for StorageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
