//! Fetching sources: once for all flights that need the same bytes at the same time, within a bound on
//! the bytes that are held together.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use bytes::Bytes;

use super::{
    Inner,
    epochs::Epoch,
    gate::{Class, Permit, Refused},
    parking::Mutex,
    rank::Rank,
    request::Mode,
    settings::VersionPolicy,
    stores::storage_error,
    target::Keyed,
    versions::{Place, is_stores_own, source_not_found},
};
use crate::{
    model::{Error, Reason, Version, VersionTag},
    storage::{ReadOptions, StorageErrorKind},
};

/// The version that the store told of some bytes, where it tells one.
#[derive(Clone, Debug)]
pub struct Observed(pub Option<Version>);

/// A source's bytes, held as long as a flight needs them; then their room is given back.
#[derive(Debug)]
pub struct Fetched {
    /// The bytes.
    pub bytes: Bytes,
    /// What the store told of exactly these bytes.
    pub observed: Observed,
    _room: Room,
}

/// A place for a source's bytes; given back when this is dropped.
#[derive(Debug)]
struct Room {
    _bytes: Permit,
    _near: Option<Permit>,
}

/// What came of a fetch.
#[derive(Clone)]
pub enum Fetch {
    /// The bytes of the version in the key.
    Got(Arc<Fetched>),
    /// The source has another version by now.
    Moved(Version),
}

/// One version of one source in one of its epochs: under versions that say nothing of the bytes, those from before a
/// purge may be of another image.
pub type Batch = (Place, VersionTag, Epoch);

/// A fetch that flights of one class share.
pub type Fetching = (Batch, Class);

/// Fetched sources that some flight still holds.
#[derive(Debug, Default)]
pub struct Held(Mutex<HashMap<Batch, Weak<Fetched>>>);

impl Held {
    fn get(&self, batch: &Batch) -> Option<Arc<Fetched>> {
        self.0.lock().get(batch)?.upgrade()
    }

    fn put(&self, batch: Batch, fetched: &Arc<Fetched>) {
        let mut held = self.0.lock();
        held.retain(|_, fetched| fetched.strong_count() > 0);
        held.insert(batch, Arc::downgrade(fetched));
    }
}

impl Inner {
    /// Gets the bytes of the version in a key.
    ///
    /// Bytes of another version are never given for it: where the version is the store's own, the read is
    /// conditional on it. A forced flight reads anew: under a version that is not the store's own, bytes
    /// fetched before it may be the very ones that it is to repair. SOURCE_NOT_FOUND, SOURCE_CHANGED,
    /// SOURCE_LIMIT_EXCEEDED, OVERLOADED, or the storage's error.
    pub(super) async fn fetch(
        self: &Arc<Self>,
        keyed: &Keyed,
        mode: Mode,
        rank: &Rank,
    ) -> Result<Fetch, Error> {
        if mode == Mode::Force {
            return self.read_source(keyed, rank).await;
        }
        let place = keyed.target.place();
        let epoch = self.epochs.now(|| place.clone());
        let batch = (place, keyed.tag.clone(), epoch);
        if let Some(fetched) = self.held.get(&batch) {
            return Ok(Fetch::Got(fetched));
        }
        let (inner, keyed, rank) = (self.clone(), keyed.clone(), rank.clone());
        let name = batch.clone();
        // Who waits does not wait in the background's line, and reads once more instead.
        let fetched = self.fetches.join((batch, rank.class()), || async move {
            let fetch = inner.read_source(&keyed, &rank).await?;
            if let Fetch::Got(fetched) = &fetch {
                inner.held.put(name, fetched);
            }
            Ok(fetch)
        });
        fetched.await.unwrap_or_else(|| Err(Error::internal("the fetch of the source panicked")))
    }

    async fn read_source(self: &Arc<Self>, keyed: &Keyed, rank: &Rank) -> Result<Fetch, Error> {
        let target = &keyed.target;
        let place = target.place();
        // The size is needed to make room, and the version to tell whether the key's is the store's own.
        let mut known = match self.sources.get(&place) {
            Some(record) if record.facts.is_some() => record,
            _ => self.look_at_source(target).await?,
        };
        let version = match &keyed.tag {
            VersionTag::Of(version) => Some(version),
            VersionTag::Immutable | VersionTag::Current => None,
        };
        if version.is_some_and(|version| known.version() != Some(version)) {
            // What is remembered may be older than what the caller knows.
            known = self.look_at_source(target).await?;
        }
        let Some(facts) = &known.facts else { return Err(source_not_found(target)) };
        let expected = match (version, &facts.version) {
            (Some(version), Some(now)) if version == now => Some(version),
            // Where callers must send versions, those are theirs, whatever they look like.
            (Some(version), Some(now))
                if target.store.version_policy != VersionPolicy::Explicit && is_stores_own(version, now) =>
            {
                return Ok(Fetch::Moved(now.clone()));
            }
            // The version is the caller's own, of which the store knows nothing.
            _ => None,
        };
        self.check_size(facts.size)?;
        let room = self.room(keyed, facts.size, rank).await.map_err(overloaded)?;
        let options = ReadOptions {
            if_version: expected.map(|version| version.as_str().to_owned()),
            max_bytes: Some(self.limits.max_source_bytes),
        };
        let conditional = options.if_version.is_some();
        let asked = self.sources.ask();
        match target.store.store.read(target.path.as_str(), &options).await {
            Ok(Some(object)) => {
                let observed = Observed(object.stat.version.as_deref().map(Version::observed));
                Ok(Fetch::Got(Arc::new(Fetched { bytes: object.bytes, observed, _room: room })))
            }
            Ok(None) => {
                self.sources.put(&place, None, asked);
                Err(source_not_found(target))
            }
            Err(error) if error.kind() == StorageErrorKind::VersionMismatch && conditional => {
                self.moved(keyed).await
            }
            Err(error) => Err(storage_error(&error)),
        }
    }

    /// Waits for room for a source of so many bytes. What is near is read when it is needed, and not held before.
    async fn room(&self, keyed: &Keyed, size: u64, rank: &Rank) -> Result<Room, Refused> {
        let near = match keyed.target.store.store.capabilities().near {
            true => Some(rank.enter(&self.near, 0).await?),
            false => None,
        };
        Ok(Room { _bytes: rank.enter(&self.fetching, size).await?, _near: near })
    }

    /// The source is no longer of the version in the key: tells of which it is.
    async fn moved(self: &Arc<Self>, keyed: &Keyed) -> Result<Fetch, Error> {
        let target = &keyed.target;
        let record = self.look_at_source(target).await?;
        match record.version() {
            Some(version) => Ok(Fetch::Moved(version.clone())),
            None => Err(source_not_found(target)),
        }
    }

    pub(super) fn check_size(&self, size: u64) -> Result<(), Error> {
        let maximum = self.limits.max_source_bytes;
        if size <= maximum {
            return Ok(());
        }
        Err(Error::new(
            Reason::SourceLimitExceeded,
            format!("the source has {size} bytes, limits.max_source_bytes allows {maximum}"),
        )
        .with("limit", "max_source_bytes")
        .with("value", size.to_string())
        .with("maximum", maximum.to_string()))
    }
}

/// The error for a version that the source no longer has.
pub(super) fn source_changed() -> Error {
    Error::new(
        Reason::SourceChanged,
        "the source no longer has the version that was sent: ask again without it, or with the present one",
    )
    .field("rendition.source.version")
}

/// The error for a gate that is closed.
pub(super) fn overloaded(refused: Refused) -> Error {
    match refused {
        Refused::QueueFull { longest } => Error::new(
            Reason::Overloaded,
            format!("{longest} generations wait already (limits.queue_length): try again later"),
        )
        .retry_after(std::time::Duration::from_secs(1)),
        Refused::TooLarge { units } => Error::new(
            Reason::SourceLimitExceeded,
            format!("the work needs more memory than the server gives to all of it together, {units} bytes (limits.memory)"),
        )
        .with("limit", "memory")
        .with("maximum", units.to_string()),
    }
}
