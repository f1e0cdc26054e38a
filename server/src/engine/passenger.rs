//! One rendition of a run, and what can become of it: stored, failed, or given up because nobody waits.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use rendition_imaging::Encoded;

use super::{
    Inner,
    epochs::Epoch,
    fetch::Observed,
    flight::{Flight, Landed, Landing, lost},
    probe::stored,
    request::Mode,
    stores::storage_error,
    target::Keyed,
    urls::VERSIONED,
    versions::{source_deleted, source_not_found},
};
use crate::{
    existence::{Known, Verdict},
    model::{Error, Evidence, ImageInfo, Reason, RenditionKey},
    storage::{WriteMode, WriteOptions, Written},
};

/// When it is worth trying again after a race in the storage was lost.
const SOON: Duration = Duration::from_secs(1);

/// One rendition of a run.
///
/// Dropping it before it has landed lands it with an error: whatever cancels or breaks a run, its waiters
/// are told and its key is free.
pub(super) struct Passenger {
    /// The engine.
    pub inner: Arc<Inner>,
    /// What it is.
    pub keyed: Keyed,
    /// Who waits for it.
    pub flight: Arc<Flight>,
    /// Whether it replaces what is stored.
    pub mode: Mode,
    /// The source's epoch in which it set off.
    pub epoch: Epoch,
}

impl Drop for Passenger {
    fn drop(&mut self) {
        if !self.flight.has_landed() {
            self.inner.flights.land(&self.flight, Err(lost()));
        }
    }
}

/// Waits for something that a flight stands in line for, unless all who wait for the flights go away
/// first; then the flights are over.
pub(super) async fn unless_deserted<T>(
    inner: &Inner,
    aboard: &[Passenger],
    wanted: impl Future<Output = T>,
) -> Option<T> {
    let deserted = async {
        loop {
            join_all(aboard.iter().map(|passenger| passenger.flight.deserted())).await;
            // One may have been joined again while the others were left; then none is given up.
            if inner.flights.abandon(aboard.iter().map(|passenger| &passenger.flight)) {
                return;
            }
        }
    };
    tokio::select! {
        biased;
        got = wanted => Some(got),
        () = deserted => None,
    }
}

impl Inner {
    /// Writes a rendition, then remembers it.
    pub(super) async fn store(self: &Arc<Self>, passenger: &Passenger, encoded: Encoded) -> Landing {
        let (keyed, key) = (&passenger.keyed, &passenger.keyed.key);
        self.check_wanted(passenger)?;
        if self.queue.crashes(key.as_str()) > 0 {
            self.forgive(key.as_str()).await;
        }
        let Encoded { bytes, format, size, frames, is_damaged, placeholder } = encoded;
        let mode = match passenger.mode {
            Mode::Find => WriteMode::CreateOnly,
            Mode::Force => WriteMode::Overwrite,
        };
        let options = WriteOptions {
            media_type: Some(format.media_type()),
            cache_control: Some(VERSIONED.to_owned()),
            mode,
        };
        let written = self.stores.rendition().store.write(key.as_str(), bytes.into(), &options).await;
        match written.map_err(|error| storage_error(&error))? {
            Written::Created(stat) => {
                let image = ImageInfo {
                    width: size.width,
                    height: size.height,
                    frames,
                    is_damaged,
                    ..stored(keyed, &stat)
                };
                let record = self.renditions.written(key, image, placeholder);
                // A purge that began before this line does not know of what was written; one that begins later finds it.
                if let Err(unwanted) = self.check_wanted(passenger) {
                    self.remove(key).await?;
                    return Err(unwanted);
                }
                Ok(Landed { key: key.clone(), record, evidence: Evidence::Generated })
            }
            // Somebody else was first; the answer tells of what is stored, not of what we made.
            Written::AlreadyThere => {
                let record = match self.probe_one(keyed).await? {
                    record if matches!(record.known, Known::Ready(_)) => record,
                    // That answer may have been asked for before the other's write; this one is not.
                    _ => self.probe_anew(keyed).await?,
                };
                if !matches!(record.known, Known::Ready(_)) {
                    let message = "the rendition was deleted just as it was found: try again";
                    return Err(Error::new(Reason::StorageUnavailable, message).retry_after(SOON));
                }
                Ok(Landed { key: key.clone(), record, evidence: Evidence::Storage })
            }
        }
    }

    /// Refuses a rendition whose source was purged since it set off, or is deleted: a tombstone holds on after a restart, when
    /// no epoch is remembered.
    fn check_wanted(&self, passenger: &Passenger) -> Result<(), Error> {
        let target = &passenger.keyed.target;
        if self.is_buried(&passenger.keyed) {
            return Err(source_deleted(target));
        }
        if self.epochs.now(|| target.place()) != passenger.epoch { Err(purged()) } else { Ok(()) }
    }

    /// Removes a stored rendition: from the cache, from the store, and from the cache again, since a reader may have found
    /// it in between.
    pub(super) async fn remove(&self, key: &RenditionKey) -> Result<(), Error> {
        self.renditions.forget(key);
        let deleted = self.stores.rendition().store.delete(key.as_str()).await;
        self.renditions.forget(key);
        self.flights.changed(key);
        deleted.map_err(|error| storage_error(&error))
    }

    /// Ends a flight with an error; a verdict on the bytes that were read is held.
    pub(super) fn fail(&self, passenger: &Passenger, error: &Error, read: Option<&Observed>) {
        let mut error = error.clone();
        if error.reason().is_verdict() {
            let (key, now) = (&passenger.keyed.key, self.clock.now());
            let earlier = self.renditions.get(key).map_or(0, |record| match &record.known {
                Known::Failed(verdict) => verdict.failure.attempts,
                Known::Ready(_) | Known::Absent => 0,
            });
            // Without bytes of its own the verdict is on what the store last told.
            let observed = match read {
                Some(Observed(version)) => version.clone(),
                None => self
                    .sources
                    .get(&passenger.keyed.target.place())
                    .and_then(|known| known.version().cloned()),
            };
            let verdict = Verdict::new(error, observed, earlier, now);
            error = verdict.error(now);
            self.renditions.failed(key, verdict);
        }
        if error.reason() == Reason::SourceNotFound {
            error = source_not_found(&passenger.keyed.target);
        }
        self.flights.land(&passenger.flight, Err(error));
    }
}

/// The error for a rendition that was purged while it was made.
fn purged() -> Error {
    Error::new(
        Reason::SourceChanged,
        "the rendition was purged while it was made: ask again if it is still wanted",
    )
    .with("cause", PURGED)
    .retry_after(Duration::ZERO)
}

/// What tells a purge from a source that was replaced.
const PURGED: &str = "purged";

/// Whether a flight ended because its rendition was purged, not because its source has another version.
pub(super) fn is_purged(error: &Error) -> bool {
    error.metadata().iter().any(|(name, value)| *name == "cause" && value == PURGED)
}
