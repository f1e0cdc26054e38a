//! Which stored renditions of a source are meant, and what is told of them.

use std::time::SystemTime;

use rendition_proto::v1;

use crate::{OutputFormat, Source, duration::from_timestamp};

/// Which stored renditions of a source are meant: all of them, unless something narrows that. A source with a version
/// means those of that version.
///
/// ```
/// use rendition_client::StoredRenditions;
///
/// let outdated_avatars = StoredRenditions::of("photos/cat.jpg").spec("avatar").stale();
/// assert_ne!(outdated_avatars, "photos/cat.jpg".into());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRenditions {
    pub(crate) source: v1::Source,
    pub(crate) spec_id: String,
    pub(crate) stale_only: bool,
}

impl StoredRenditions {
    /// All of this source.
    pub fn of(source: impl Into<Source>) -> Self {
        Self { source: source.into().into_proto(), spec_id: String::new(), stale_only: false }
    }

    /// Only those of this named spec; `inline` for those of specs that callers sent.
    pub fn spec(mut self, id: impl Into<String>) -> Self {
        self.spec_id = id.into();
        self
    }

    /// Only those that are out of date.
    pub fn stale(mut self) -> Self {
        self.stale_only = true;
        self
    }
}

impl<S: Into<Source>> From<S> for StoredRenditions {
    fn from(source: S) -> Self {
        Self::of(source)
    }
}

/// A rendition as it lies in its store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRendition(v1::StoredRendition);

impl StoredRendition {
    /// Its key.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The named spec that it was made by; `None` for a spec that a caller sent.
    pub fn spec_id(&self) -> Option<&str> {
        Some(self.0.spec_id.as_str()).filter(|id| !id.is_empty())
    }

    /// The version of the source that it was made from; `None` for an immutable source.
    pub fn source_version(&self) -> Option<&str> {
        Some(self.0.source_version.as_str()).filter(|version| !version.is_empty())
    }

    /// What it is written as; `None` for a format that this client does not know.
    pub fn format(&self) -> Option<OutputFormat> {
        OutputFormat::from_wire(self.0.format).ok().flatten()
    }

    /// Its length in bytes, where the store tells it.
    pub fn size_bytes(&self) -> Option<u64> {
        Some(self.0.size_bytes).filter(|size| *size > 0)
    }

    /// When it was stored, where the store tells it.
    pub fn modified_at(&self) -> Option<SystemTime> {
        from_timestamp(self.0.modified_at)
    }

    /// Whether it is of another version than the source's present one, or of a spec that is configured otherwise by now.
    pub fn is_stale(&self) -> bool {
        self.0.stale
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::StoredRendition {
        self.0
    }
}

impl From<v1::StoredRendition> for StoredRendition {
    fn from(stored: v1::StoredRendition) -> Self {
        Self(stored)
    }
}
