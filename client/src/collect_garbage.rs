//! Removing what no source and no spec accounts for: what counts as that, and how far it is.

use std::time::{Duration, SystemTime};

use rendition_proto::v1;

use crate::{
    duration::{from_timestamp, to_proto},
    wire_enum::answer,
};

/// What counts as garbage, and the brakes that keep a mistake from becoming a loss. The default removes renditions of
/// sources that are gone and of specs that are configured otherwise, if they are older than a day, and stops where that is
/// more than a fifth of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CollectGarbage(v1::CollectGarbageRequest);

impl CollectGarbage {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only renditions of sources in this store.
    pub fn store(mut self, name: impl Into<String>) -> Self {
        self.0.store = name.into();
        self
    }

    /// Also renditions of versions that their sources no longer have.
    pub fn stale_versions(mut self) -> Self {
        self.0.stale_versions = true;
        self
    }

    /// Also renditions of specs that callers sent: those older than this, and those of sources that are gone.
    pub fn inline_age(mut self, age: Duration) -> Self {
        self.0.inline_age = Some(to_proto(age));
        self
    }

    /// Spares what was stored within this time; it must be longer than the server's `limits.generation_timeout`.
    pub fn grace_period(mut self, time: Duration) -> Self {
        self.0.grace_period = Some(to_proto(time));
        self
    }

    /// The largest part that may go, from 0 to 1.
    pub fn max_share(mut self, share: f64) -> Self {
        self.0.max_share = Some(share);
        self
    }

    /// Goes on where the source store shows no source at all.
    pub fn allow_empty_store(mut self) -> Self {
        self.0.allow_empty_store = true;
        self
    }

    /// Goes on where a source store errs, and keeps what that cannot tell about.
    pub fn keep_unchecked(mut self) -> Self {
        self.0.keep_unchecked = true;
        self
    }

    /// Removes nothing, and tells what would go.
    pub fn dry_run(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    /// At most this many removals a second; 0: as many as the store takes.
    pub fn removals_per_second(mut self, many: u32) -> Self {
        self.0.removals_per_second = Some(many);
        self
    }

    /// Goes on where a call with the same fields stood; see [`Collected::resume_token`].
    pub fn resume(mut self, token: impl Into<String>) -> Self {
        self.0.resume_token = token.into();
        self
    }

    pub(crate) fn into_proto(self) -> v1::CollectGarbageRequest {
        self.0
    }
}

answer! {
    /// What a collection is at.
    CollectionPhase {
        /// It looks at all and counts.
        Counting = "counting",
        /// It removes.
        Removing = "removing",
        /// It is at its end.
        Done = "done",
    }
}

answer! {
    /// Why a rendition is garbage.
    GarbageReason {
        /// Its source is gone.
        SourceGone = "source_gone",
        /// No spec of its id is configured.
        SpecGone = "spec_gone",
        /// The spec of its id is configured otherwise by now.
        SpecChanged = "spec_changed",
        /// Its source has another version by now.
        VersionGone = "version_gone",
        /// A caller sent its spec, longer ago than the age given.
        InlineAged = "inline_aged",
        /// Its source's store is not configured, or holds no sources.
        StoreGone = "store_gone",
    }
}

/// How far a collection is.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected(v1::CollectGarbageResponse);

impl Collected {
    /// What it is at.
    pub fn phase(&self) -> CollectionPhase {
        CollectionPhase::from_wire(self.0.phase)
    }

    /// Renditions that were looked at in the counting.
    pub fn seen(&self) -> u64 {
        self.0.seen
    }

    /// Those of them that are garbage.
    pub fn garbage(&self) -> u64 {
        self.0.garbage
    }

    /// Their bytes, where the store tells them.
    pub fn garbage_bytes(&self) -> u64 {
        self.0.garbage_bytes
    }

    /// Garbage that is too young to go.
    pub fn spared(&self) -> u64 {
        self.0.spared
    }

    /// Renditions about whose sources a store could not tell.
    pub fn unchecked(&self) -> u64 {
        self.0.unchecked
    }

    /// Objects that are no renditions.
    pub fn foreign(&self) -> u64 {
        self.0.foreign
    }

    /// Renditions that were removed.
    pub fn removed(&self) -> u64 {
        self.0.removed
    }

    /// Renditions that could not be removed.
    pub fn failed(&self) -> u64 {
        self.0.failed
    }

    /// What was removed since the item before, or would be in a dry run.
    pub fn collected(&self) -> Vec<CollectedRendition> {
        self.0.collected.iter().cloned().map(CollectedRendition).collect()
    }

    /// Goes on from here; `None` at the end.
    pub fn resume_token(&self) -> Option<&str> {
        Some(self.0.resume_token.as_str()).filter(|token| !token.is_empty())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::CollectGarbageResponse {
        self.0
    }
}

impl From<v1::CollectGarbageResponse> for Collected {
    fn from(message: v1::CollectGarbageResponse) -> Self {
        Self(message)
    }
}

/// A rendition that was removed, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectedRendition(v1::CollectedRendition);

impl CollectedRendition {
    /// Its key.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Why it is garbage.
    pub fn reason(&self) -> GarbageReason {
        GarbageReason::from_wire(self.0.reason)
    }

    /// Its length in bytes, where the store tells it.
    pub fn size_bytes(&self) -> Option<u64> {
        Some(self.0.size_bytes).filter(|size| *size > 0)
    }

    /// When it was stored.
    pub fn modified_at(&self) -> Option<SystemTime> {
        from_timestamp(self.0.modified_at)
    }
}
