//! The cache of source versions: what a store told of a source, for `source_ttl`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;

use super::{Lifetime, Lifetimes, Times};
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
    asked: Asked,
}

/// The place of a question to a store among all questions: an answer never replaces that of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked(u64);

/// For how long it is remembered that a source was saved: longer than any verdict is held.
const SAVES: Duration = Duration::from_secs(15 * 60);
/// How many saves are remembered.
const MOST_SAVES: u64 = 100_000;

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
    /// When sources were said to be saved.
    saves: Cache<Place, Timestamp>,
    asked: AtomicU64,
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
        let saves = Cache::builder().max_capacity(MOST_SAVES).time_to_live(SAVES).build();
        Self { entries, saves, asked: AtomicU64::new(0), lifetimes, clock, enabled }
    }

    /// Takes the place of a question that is about to be asked.
    pub fn ask(&self) -> Asked {
        Asked(self.asked.fetch_add(1, Ordering::Relaxed))
    }

    /// What is known of a source and still believed.
    pub fn get(&self, place: &Place) -> Option<Arc<SourceRecord>> {
        self.get_at(place, self.clock.now())
    }

    /// [`SourceCache::get`] for who knows what time it is.
    pub fn get_at(&self, place: &Place, now: Timestamp) -> Option<Arc<SourceRecord>> {
        self.entries.get(place).filter(|record| record.expires_at > now)
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

    /// Remembers what the store just told, unless a later question was answered before; gives what is known now.
    pub fn put(&self, place: &Place, facts: Option<SourceFacts>, asked: Asked) -> Arc<SourceRecord> {
        let now = self.clock.now();
        let lifetime = if facts.is_some() { self.lifetimes.source } else { self.lifetimes.absent };
        let expires_at = Lifetime::For(lifetime).expiry(now, place);
        let record = Arc::new(SourceRecord { facts, checked_at: now, expires_at, asked });
        if !self.enabled {
            return record;
        }
        let kept = self.entries.entry_by_ref(place).and_upsert_with(|earlier| match earlier {
            Some(earlier) if earlier.value().asked > asked => earlier.into_value(),
            _ => record,
        });
        kept.into_value()
    }

    /// Puts back what an earlier process knew of a source that was there, if nothing is known yet and it is still believed.
    /// It is believed no longer than it would be by the present lifetime.
    pub fn restore(&self, place: &Place, facts: SourceFacts, times: Times) -> bool {
        let Times { checked_at, expires_at } = times;
        let expires_at = expires_at.min(Lifetime::For(self.lifetimes.source).expiry(checked_at, place));
        if expires_at <= self.clock.now() || !self.enabled || self.entries.contains_key(place) {
            return false;
        }
        let record = SourceRecord { facts: Some(facts), checked_at, expires_at, asked: self.ask() };
        self.entries.insert(place.clone(), Arc::new(record));
        true
    }

    /// All sources that are known to be there, while others go on to change it.
    pub fn all(&self, now: Timestamp) -> impl Iterator<Item = (Place, SourceFacts, Times)> {
        self.entries.iter().filter(move |(_, record)| record.expires_at > now).filter_map(
            |(place, record)| {
                let times = Times { checked_at: record.checked_at, expires_at: record.expires_at };
                Some(((*place).clone(), record.facts.clone()?, times))
            },
        )
    }

    /// Remembers that a source was said to be saved.
    pub fn saved(&self, place: &Place) {
        self.saves.insert(place.clone(), self.clock.now());
    }

    /// Whether a source was said to be saved since then.
    pub fn was_saved_since(&self, place: &Place, time: Timestamp) -> bool {
        self.saves.get(place).is_some_and(|saved| saved >= time)
    }

    /// Forgets a source.
    pub fn forget(&self, place: &Place) {
        self.entries.invalidate(place);
    }

    /// Frees what is over the bound.
    pub fn tidy(&self) {
        self.entries.run_pending_tasks();
        self.saves.run_pending_tasks();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cache() -> (SourceCache, Clock, Place) {
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let lifetimes = Lifetimes {
            ready: Lifetime::Forever,
            absent: Duration::from_secs(5),
            source: Duration::from_secs(10),
        };
        let place = (StoreName::new("media").unwrap(), SourcePath::new("cat.jpg").unwrap());
        (SourceCache::new(true, 1 << 20, lifetimes, clock.clone()), clock, place)
    }

    fn version(text: &str) -> Option<SourceFacts> {
        Some(SourceFacts { version: Some(Version::new(text).unwrap()), size: 1 })
    }

    #[test]
    fn an_answer_never_hides_that_of_a_later_question() {
        let (cache, _, place) = cache();
        let (early, late) = (cache.ask(), cache.ask());
        cache.put(&place, version("new"), late);
        let known = cache.put(&place, version("old"), early);
        assert_eq!(known.version().unwrap().as_str(), "new");
        assert_eq!(cache.get(&place).unwrap().version().unwrap().as_str(), "new");
    }

    #[test]
    fn a_save_is_remembered_with_its_time() {
        let (cache, clock, place) = cache();
        let before = clock.now();
        clock.advance(Duration::from_secs(1));
        cache.saved(&place);
        assert!(cache.was_saved_since(&place, before));
        clock.advance(Duration::from_secs(1));
        assert!(!cache.was_saved_since(&place, clock.now()));
    }
}
