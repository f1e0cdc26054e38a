//! What a server knows of a rendition.

use std::time::SystemTime;

use rendition_proto::v1;

use crate::{Failure, ImageInfo, Placeholder, duration::from_timestamp, wire_enum::answer};

answer! {
    /// Whether a rendition exists.
    State {
        /// Nobody has looked.
        Unknown = "unknown",
        /// It does not exist and nobody is making it.
        Absent = "absent",
        /// A durable job will make it.
        Queued = "queued",
        /// It is being made now.
        Generating = "generating",
        /// It is stored, whole.
        Ready = "ready",
        /// Its source is missing or cannot be made into it.
        Failed = "failed",
    }
}

answer! {
    /// What a state rests on.
    Evidence {
        /// Nothing.
        None = "none",
        /// The strategy's assumption.
        Assumed = "assumed",
        /// What the server remembers.
        Cache = "cache",
        /// An answer of the storage, during this call.
        Storage = "storage",
        /// A generation that ended during this call.
        Generated = "generated",
    }
}

/// What is known of a rendition.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendition(v1::Rendition);

impl Rendition {
    /// The key: the object's path in its store. Empty only where the source's version is not known
    /// and the storage may not be asked.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The name of the store that holds it.
    pub fn store(&self) -> &str {
        &self.0.store
    }

    /// Whether it exists.
    pub fn state(&self) -> State {
        State::from_wire(self.0.state)
    }

    /// Whether the state is [`State::Ready`].
    pub fn is_ready(&self) -> bool {
        self.state() == State::Ready
    }

    /// What the state rests on.
    pub fn evidence(&self) -> Evidence {
        Evidence::from_wire(self.0.evidence)
    }

    /// When the storage last answered for it or acknowledged its write.
    pub fn checked_at(&self) -> Option<SystemTime> {
        from_timestamp(self.0.checked_at)
    }

    /// Facts about the stored image, as far as they are known.
    pub fn image(&self) -> Option<ImageInfo<'_>> {
        self.0.image.as_ref().map(ImageInfo)
    }

    /// What can be shown until it has been loaded: in every answer to a call for which it was generated, and where
    /// `include_placeholder` asks for it.
    pub fn placeholder(&self) -> Option<Placeholder<'_>> {
        self.0.placeholder.as_ref().map(Placeholder)
    }

    /// A URL for it; empty if none was asked for.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// When the URL stops working; `None` if it never does.
    pub fn url_expire_time(&self) -> Option<SystemTime> {
        from_timestamp(self.0.url_expire_time)
    }

    /// Why it could not be made, when the state is [`State::Failed`].
    pub fn failure(&self) -> Option<Failure<'_>> {
        self.0.failure.as_ref().map(Failure)
    }

    /// Whether an older rendition stands in for it, which its spec allows: what is told of the image and the URL is of
    /// that one, and the one that was asked for is made in the background.
    pub fn is_stale(&self) -> bool {
        self.0.stale
    }

    /// The key of the older rendition that stands in for it, if one does.
    pub fn served_key(&self) -> Option<&str> {
        Some(self.0.served_key.as_str()).filter(|key| !key.is_empty())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::Rendition {
        self.0
    }
}

impl From<v1::Rendition> for Rendition {
    fn from(rendition: v1::Rendition) -> Self {
        Self(rendition)
    }
}
