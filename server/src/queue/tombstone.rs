//! The mark that a source was deleted: until when it holds, and which version was there.

use std::time::SystemTime;

/// What is remembered of a deleted source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Until when it holds.
    pub until: SystemTime,
    /// The version that the store told at the deletion, if it told one: another one means that the source is back.
    pub version: Option<String>,
}
