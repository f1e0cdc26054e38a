//! The cache of source versions: what a store told of a source, for `source_ttl`.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;

use super::{Lifetime, Lifetimes};
use crate::model::{Clock, SourcePath, StoreName, Timestamp, Version};

/// What a store told of a source that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// The version by the store's own reckoning; none if the store has none.
    pub version: Option<Version>,
    /// Bytes.
    pub size: u64,
}

/// An entry: the facts, or that there is no such source.
#[derive(Clone, Debug)]
pub struct SourceRecord {
    /// The facts; none: not there.
    pub facts: Option<SourceFacts>,
    /// When the store told.
    pub checked_at: Timestamp,
    expires_at: Timestamp,
}

impl SourceRecord {
    /// The version that the store told; none if it tells none or the source is not there.
    pub fn version(&self) -> Option<&Version> {
        self.facts.as_ref()?.version.as_ref()
    }

    /// Whether the entry is at most `age` old.
    pub fn is_younger(&self, age: Option<Duration>, now: Timestamp) -> bool {
        age.is_none_or(|age| !age.is_zero() && now.since(self.checked_at) <= age)
    }
}

type Place = (StoreName, SourcePath);

/// A bounded copy of what the stores told of their sources.
#[derive(Debug)]
pub struct SourceCache {
    entries: Cache<Place, Arc<SourceRecord>>,
    lifetimes: Lifetimes,
    clock: Clock,
    enabled: bool,
}

impl SourceCache {
    /// A cache of about `max_bytes`, or one that is switched off.
    pub fn new(enabled: bool, max_bytes: u64, lifetimes: Lifetimes, clock: Clock) -> Self {
        const BOOKKEEPING: usize = 256;
        let entries = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|place: &Place, _: &Arc<SourceRecord>| {
                u32::try_from(place.1.as_str().len() + BOOKKEEPING).unwrap_or(u32::MAX)
            })
            .build();
        Self { entries, lifetimes, clock, enabled }
    }

    /// What is known of a source and still believed.
    pub fn get(&self, place: &Place) -> Option<Arc<SourceRecord>> {
        self.entries.get(place).filter(|record| record.expires_at > self.clock.now())
    }

    /// Believes for a moment longer what was known of a source whose store does not answer now; none if
    /// nothing is known. The store is left alone meanwhile.
    pub fn believe(&self, place: &Place) -> Option<Arc<SourceRecord>> {
        let known = self.entries.get(place).filter(|record| record.facts.is_some())?;
        let expires_at = Lifetime::For(self.lifetimes.absent).expiry(self.clock.now(), place);
        let record = Arc::new(SourceRecord { expires_at, ..(*known).clone() });
        self.entries.insert(place.clone(), record.clone());
        Some(record)
    }

    /// Remembers what the store just told.
    pub fn put(&self, place: &Place, facts: Option<SourceFacts>) -> Arc<SourceRecord> {
        let now = self.clock.now();
        let lifetime = if facts.is_some() { self.lifetimes.source } else { self.lifetimes.absent };
        let expires_at = Lifetime::For(lifetime).expiry(now, place);
        let record = Arc::new(SourceRecord { facts, checked_at: now, expires_at });
        if self.enabled {
            self.entries.insert(place.clone(), record.clone());
        }
        record
    }

    /// Forgets a source.
    pub fn forget(&self, place: &Place) {
        self.entries.invalidate(place);
    }

    /// Frees what is over the bound.
    pub fn tidy(&self) {
        self.entries.run_pending_tasks();
    }
}
