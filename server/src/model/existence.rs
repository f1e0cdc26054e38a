//! What is known of a rendition: a state, the evidence for it, and facts about the stored image.

use std::sync::Arc;

use super::{error::Error, time::Timestamp};

/// Whether a rendition exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody has looked.
    Unknown,
    /// It does not exist and nobody is making it.
    Absent,
    /// A durable job will make it.
    Queued,
    /// It is being made.
    Generating,
    /// It is stored, whole.
    Ready,
    /// It cannot be made.
    Failed,
}

impl State {
    /// Whether nothing more will happen unless somebody asks or the source changes.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Ready | Self::Failed)
    }
}

/// What a state rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// Nothing.
    None,
    /// The strategy's assumption.
    Assumed,
    /// What this server remembers.
    Cache,
    /// An answer of the storage.
    Storage,
    /// A generation that ended.
    Generated,
}

/// What a call did about a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was there.
    Found,
    /// The call generated it.
    Generated,
    /// It was in the making; the call waited.
    Coalesced,
    /// It stands in the queue.
    Queued,
    /// It was assumed to be there.
    Assumed,
    /// It is in the making; the wait was over first.
    Pending,
}

/// Facts about a stored image, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ImageInfo {
    /// The media type.
    pub media_type: &'static str,
    /// Pixels; 0 if not known.
    pub width: u32,
    /// Pixels; 0 if not known.
    pub height: u32,
    /// Bytes of the stored object; 0 if not known.
    pub size_bytes: u64,
    /// The stored object's version, which the media endpoint sends as entity tag; empty if not known.
    pub etag: Arc<str>,
    /// Frames; 0 if not known.
    pub frames: u32,
    /// Whether pixels were missing in the source; false if not known.
    pub is_damaged: bool,
}

/// Why a rendition cannot be made, and when the next attempt is allowed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The typed error.
    pub error: Error,
    /// When the next attempt is allowed.
    pub retry_at: Timestamp,
    /// How many attempts have failed.
    pub attempts: u32,
}
