//! The cache of existence of one rendition store.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use moka::{ops::compute::Op, sync::Cache};
use rendition_imaging::Placeholder;

use super::{Forgotten, Lifetimes, Verdict};
use crate::model::{Clock, ImageInfo, RenditionKey, Timestamp};

/// What is remembered of a key.
#[derive(Clone, Debug)]
pub enum Known {
    /// It is stored.
    Ready(ImageInfo),
    /// It is not.
    Absent,
    /// It cannot be made.
    Failed(Verdict),
}

/// An entry: what is known, since when, until when.
#[derive(Clone, Debug)]
pub struct Record {
    /// What is known.
    pub known: Known,
    /// When the storage answered, the write was acknowledged or the verdict fell.
    pub checked_at: Timestamp,
    /// From when on it is no longer believed.
    pub expires_at: Timestamp,
    /// What can be shown before the image is there, if it was made. Shared, so that it costs those nothing who do not ask.
    pub placeholder: Option<Arc<Placeholder>>,
}

impl Record {
    /// Whether the entry is at most `age` old.
    pub fn is_younger(&self, age: Option<Duration>, now: Timestamp) -> bool {
        age.is_none_or(|age| !age.is_zero() && now.since(self.checked_at) <= age)
    }
}

/// A bounded copy of what the storage said of its renditions; switched off, it remembers verdicts
/// only, so that a source that cannot be decoded is still not decoded at every call.
#[derive(Debug)]
pub struct RenditionCache {
    entries: Cache<RenditionKey, Arc<Record>>,
    lifetimes: Lifetimes,
    clock: Clock,
    enabled: bool,
    /// Where it is noted what is forgotten, if the cache outlives the process.
    forgotten: OnceLock<Arc<Forgotten>>,
}

impl RenditionCache {
    /// A cache of about `max_bytes`, or one that is switched off.
    pub fn new(enabled: bool, max_bytes: u64, lifetimes: Lifetimes, clock: Clock) -> Self {
        let entries = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|key: &RenditionKey, record: &Arc<Record>| {
                u32::try_from(key.as_str().len() + weight(record)).unwrap_or(u32::MAX)
            })
            .build();
        Self { entries, lifetimes, clock, enabled, forgotten: OnceLock::new() }
    }

    /// Notes from now on what is forgotten.
    pub fn note_forgotten(&self, forgotten: Arc<Forgotten>) {
        // One file for the life of the process: a second one would miss what was forgotten before.
        let _ = self.forgotten.set(forgotten);
    }

    /// What is known of a key and still believed.
    pub fn get(&self, key: &RenditionKey) -> Option<Arc<Record>> {
        self.get_at(key, self.clock.now())
    }

    /// [`RenditionCache::get`] for who knows what time it is: a look at the clock costs as much as one into the cache.
    pub fn get_at(&self, key: &RenditionKey, now: Timestamp) -> Option<Arc<Record>> {
        let record = self.entries.get(key)?;
        if record.expires_at > now {
            return Some(record);
        }
        // A verdict outlives its hold, so that the next one knows how many came before it.
        matches!(record.known, Known::Failed(_)).then_some(record)
    }

    /// Remembers that a rendition is stored, as the storage tells. If that is the object that was known already, what was
    /// known beyond it stays.
    pub fn ready(&self, key: &RenditionKey, image: ImageInfo) -> Arc<Record> {
        let same = self.entries.get(key).and_then(|record| match &record.known {
            Known::Ready(known) if is_same(known, &image) => {
                Some((known.clone(), record.placeholder.clone()))
            }
            _ => None,
        });
        let (image, placeholder) = same.unwrap_or((image, None));
        self.stored(key, image, placeholder)
    }

    /// Remembers a rendition that was written just now.
    pub fn written(&self, key: &RenditionKey, image: ImageInfo, placeholder: Placeholder) -> Arc<Record> {
        self.stored(key, image, Some(Arc::new(placeholder)))
    }

    fn stored(
        &self,
        key: &RenditionKey,
        image: ImageInfo,
        placeholder: Option<Arc<Placeholder>>,
    ) -> Arc<Record> {
        let now = self.clock.now();
        let expires_at = self.lifetimes.ready.expiry(now, key);
        self.put(key, Record { known: Known::Ready(image), checked_at: now, expires_at, placeholder })
    }

    /// Adds facts about a stored image to what is known of it, without making the evidence younger; nothing if another object
    /// is known by now, or none.
    pub fn describe(&self, key: &RenditionKey, image: ImageInfo) {
        self.amend(key, &image.etag.clone(), image.size_bytes, |record| record.known = Known::Ready(image));
    }

    /// Adds the placeholder of the stored image of this entity tag and size, without making the evidence younger; nothing if
    /// another object is known by now, or none.
    pub fn picture(&self, key: &RenditionKey, etag: &str, size: u64, placeholder: &Arc<Placeholder>) {
        self.amend(key, etag, size, |record| record.placeholder = Some(placeholder.clone()));
    }

    /// Changes the record of an object in one step, so that one that is forgotten meanwhile stays so.
    fn amend(&self, key: &RenditionKey, etag: &str, size: u64, change: impl FnOnce(&mut Record)) {
        self.entries.entry_by_ref(key).and_compute_with(|entry| {
            let Some(entry) = entry else { return Op::Nop };
            let mut record = Record::clone(entry.value());
            match &record.known {
                Known::Ready(known) if may_be(known, etag, size) => change(&mut record),
                _ => return Op::Nop,
            }
            Op::Put(Arc::new(record))
        });
    }

    /// Remembers that a rendition was not stored when the storage was asked, at `asked`. What was learnt
    /// since then is younger and stays; so does a verdict, whose count goes on however often it is found
    /// that there is nothing.
    pub fn absent(&self, key: &RenditionKey, asked: Timestamp) -> Arc<Record> {
        let expires_at = super::Lifetime::For(self.lifetimes.absent).expiry(asked, key);
        match self.entries.get(key) {
            Some(record) if matches!(record.known, Known::Failed(_)) => {
                Arc::new(Record { known: Known::Absent, checked_at: asked, expires_at, placeholder: None })
            }
            Some(record) if matches!(record.known, Known::Ready(_)) && record.checked_at > asked => record,
            earlier => {
                let known = Known::Absent;
                let absent =
                    self.put(key, Record { known, checked_at: asked, expires_at, placeholder: None });
                if earlier.is_some_and(|record| matches!(record.known, Known::Ready(_))) {
                    self.note(key);
                }
                absent
            }
        }
    }

    /// Remembers why a rendition cannot be made.
    pub fn failed(&self, key: &RenditionKey, verdict: Verdict) -> Arc<Record> {
        let now = self.clock.now();
        let expires_at = verdict.failure.retry_at;
        let known = Known::Failed(verdict);
        let record = Arc::new(Record { known, checked_at: now, expires_at, placeholder: None });
        self.entries.insert(key.clone(), record.clone());
        record
    }

    /// Forgets a key.
    pub fn forget(&self, key: &RenditionKey) {
        self.entries.invalidate(key);
        self.note(key);
    }

    /// Puts back what an earlier process knew, if nothing is known yet and it is still believed. It is believed no longer
    /// than it would be by the present lifetimes.
    pub fn restore(&self, key: &RenditionKey, mut record: Record) -> bool {
        record.expires_at = record.expires_at.min(self.lifetimes.ready.expiry(record.checked_at, key));
        if record.expires_at <= self.clock.now() || !self.enabled || self.entries.contains_key(key) {
            return false;
        }
        self.entries.insert(key.clone(), Arc::new(record));
        true
    }

    /// All that is remembered, while others go on to change it.
    pub fn all(&self) -> impl Iterator<Item = (Arc<RenditionKey>, Arc<Record>)> {
        self.entries.iter()
    }

    fn note(&self, key: &RenditionKey) {
        if let Some(forgotten) = self.forgotten.get() {
            forgotten.key(key);
        }
    }

    /// Frees what is over the bound; nothing runs by itself, so this is called now and then.
    pub fn tidy(&self) {
        self.entries.run_pending_tasks();
    }

    fn put(&self, key: &RenditionKey, record: Record) -> Arc<Record> {
        let record = Arc::new(record);
        if self.enabled {
            self.entries.insert(key.clone(), record.clone());
        } else {
            self.entries.invalidate(key);
        }
        record
    }
}

/// Whether both tell of one object. An entity tag is of one object and no other.
fn is_same(known: &ImageInfo, told: &ImageInfo) -> bool {
    !told.etag.is_empty() && known.etag == told.etag && known.size_bytes == told.size_bytes
}

/// Whether what is known may be of the object with this entity tag and size: a listing tells no tag, and perhaps no size.
fn may_be(known: &ImageInfo, etag: &str, size: u64) -> bool {
    (known.etag.is_empty() || *known.etag == *etag) && (known.size_bytes == 0 || known.size_bytes == size)
}

/// The bytes that an entry takes, about: the cache's own bookkeeping, and what hangs on the record.
fn weight(record: &Record) -> usize {
    const BOOKKEEPING: usize = 160;
    let placeholder = record.placeholder.as_ref();
    BOOKKEEPING
        + size_of::<Record>()
        + placeholder.map_or(0, |placeholder| size_of::<Placeholder>() + placeholder.thumbhash.len())
        + match &record.known {
            Known::Ready(image) => image.etag.len(),
            Known::Absent => 0,
            Known::Failed(verdict) => 256 + verdict.failure.error.message().len(),
        }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        existence::Lifetime,
        model::{Digest, Error, Label, Reason, SourcePath, StoreName, VersionTag},
    };

    fn key(path: &str) -> RenditionKey {
        RenditionKey::new(
            &StoreName::new("media").unwrap(),
            &SourcePath::new(path).unwrap(),
            &Label::Inline,
            &VersionTag::Immutable,
            &Digest::parse("0123456789abcdef0123456789abcdef").unwrap(),
            rendition_imaging::Format::Webp,
        )
    }

    fn cache(enabled: bool, max_bytes: u64) -> (RenditionCache, Clock) {
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let lifetimes = Lifetimes {
            ready: Lifetime::For(Duration::from_secs(100)),
            absent: Duration::from_secs(5),
            source: Duration::from_secs(10),
        };
        (RenditionCache::new(enabled, max_bytes, lifetimes, clock.clone()), clock)
    }

    #[test]
    fn a_positive_entry_after_a_negative_one_lives_its_own_time() {
        let (cache, clock) = cache(true, 1 << 20);
        cache.absent(&key("a"), clock.now());
        clock.advance(Duration::from_secs(4));
        cache.ready(&key("a"), ImageInfo::default());
        clock.advance(Duration::from_secs(80));
        assert!(matches!(cache.get(&key("a")).unwrap().known, Known::Ready(_)));
        clock.advance(Duration::from_secs(21));
        assert!(cache.get(&key("a")).is_none());
    }

    #[test]
    fn what_is_known_beyond_the_storage_s_facts_stays_as_long_as_the_object_does() {
        let (cache, _clock) = cache(true, 1 << 20);
        let told = ImageInfo { etag: "1".into(), size_bytes: 9, ..ImageInfo::default() };
        let made = ImageInfo { width: 7, height: 5, is_damaged: true, ..told.clone() };
        let placeholder = Placeholder { thumbhash: vec![1, 2, 3], dominant_color: [4, 5, 6] };
        cache.written(&key("a"), made.clone(), placeholder.clone());
        let again = cache.ready(&key("a"), told.clone());
        assert!(matches!(&again.known, Known::Ready(image) if *image == made));
        assert_eq!(again.placeholder.as_deref(), Some(&placeholder));
        let other = cache.ready(&key("a"), ImageInfo { etag: "2".into(), ..told });
        assert!(matches!(&other.known, Known::Ready(image) if image.width == 0 && !image.is_damaged));
        assert!(other.placeholder.is_none());
        let placeholder = Arc::new(placeholder);
        cache.picture(&key("a"), "1", 9, &placeholder);
        assert!(cache.get(&key("a")).unwrap().placeholder.is_none(), "it is that of the object before");
        cache.picture(&key("a"), "2", 9, &placeholder);
        assert_eq!(cache.get(&key("a")).unwrap().placeholder.as_ref(), Some(&placeholder));
        cache.forget(&key("a"));
        cache.picture(&key("a"), "2", 9, &placeholder);
        assert!(cache.get(&key("a")).is_none(), "what is forgotten does not come back so");
    }

    #[test]
    fn absence_is_believed_for_absent_ttl_only() {
        let (cache, clock) = cache(true, 1 << 20);
        cache.absent(&key("a"), clock.now());
        assert!(matches!(cache.get(&key("a")).unwrap().known, Known::Absent));
        clock.advance(Duration::from_secs(5));
        assert!(cache.get(&key("a")).is_none());
    }

    #[test]
    fn switched_off_it_remembers_verdicts_only() {
        let (cache, clock) = cache(false, 1 << 20);
        cache.ready(&key("a"), ImageInfo::default());
        assert!(cache.get(&key("a")).is_none());
        let error = Error::new(Reason::SourceUndecodable, "broken");
        cache.failed(&key("a"), Verdict::new(error, None, 0, clock.now()));
        assert!(matches!(cache.get(&key("a")).unwrap().known, Known::Failed(_)));
    }

    #[test]
    fn a_verdict_is_not_forgotten_because_there_is_nothing() {
        for enabled in [true, false] {
            let (cache, clock) = cache(enabled, 1 << 20);
            let error = Error::new(Reason::SourceUndecodable, "broken");
            cache.failed(&key("a"), Verdict::new(error, None, 1, clock.now()));
            clock.advance(Duration::from_secs(60));
            cache.absent(&key("a"), clock.now());
            let Known::Failed(verdict) = &cache.get(&key("a")).unwrap().known else { panic!() };
            assert_eq!(verdict.failure.attempts, 2);
        }
    }

    #[test]
    fn a_late_answer_of_absence_hides_nothing_that_was_written_since() {
        let (cache, clock) = cache(true, 1 << 20);
        let asked = clock.now();
        clock.advance(Duration::from_millis(1));
        cache.ready(&key("a"), ImageInfo::default());
        let answer = cache.absent(&key("a"), asked);
        assert!(matches!(answer.known, Known::Ready(_)));
        assert!(matches!(cache.get(&key("a")).unwrap().known, Known::Ready(_)));
    }

    #[test]
    fn memory_is_bounded_by_weight() {
        let (cache, _clock) = cache(true, 64 << 10);
        for number in 0..5_000 {
            cache.ready(&key(&format!("photos/{number}.jpg")), ImageInfo::default());
        }
        cache.tidy();
        let held =
            (0..5_000).filter(|number| cache.get(&key(&format!("photos/{number}.jpg"))).is_some()).count();
        assert!((20..400).contains(&held), "{held} entries in 64 KiB");
    }

    #[test]
    fn evidence_is_young_enough_or_not() {
        let (cache, clock) = cache(true, 1 << 20);
        let record = cache.ready(&key("a"), ImageInfo::default());
        clock.advance(Duration::from_secs(10));
        assert!(record.is_younger(None, clock.now()));
        assert!(record.is_younger(Some(Duration::from_secs(10)), clock.now()));
        assert!(!record.is_younger(Some(Duration::from_secs(9)), clock.now()));
        assert!(!record.is_younger(Some(Duration::ZERO), record.checked_at));
    }
}
