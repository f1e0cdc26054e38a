//! A run: the generation of one or many renditions of one source version, in a task of its own, so that
//! no caller who goes away takes it along.
//!
//! The order is the design's: ask the storage, fetch, look at the header, plan, be admitted, decode and
//! encode on the workers, write, tell. Each flight of the run lands exactly once.

use std::{pin::pin, sync::Arc};

use futures_util::future::join_all;

use super::{
    Inner,
    fetch::{Fetch, Fetched, Observed, source_changed},
    flight::{Flight, Landed, Landing},
    part::Part,
    passenger::{Passenger, unless_deserted},
    plan,
    rank::Rank,
    request::Mode,
    target::Keyed,
};
use crate::{
    existence::Known,
    model::{Error, Evidence, Reason, Version, VersionTag},
};

/// How often a key may be found unfinished after an unclean exit before it is given up.
pub(super) const CRASHES: u32 = 2;

/// Whether a run may follow its source to a newer version, which it may once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    /// It may.
    Once,
    /// It has.
    Done,
}

/// A run before its take-off.
pub(super) struct Run {
    /// The engine.
    pub inner: Arc<Inner>,
    /// The renditions, all of one source version.
    pub aboard: Vec<Passenger>,
    /// With what it stands in line.
    pub rank: Rank,
    /// Whether it may still follow its source.
    pub moves: Moves,
}

impl Run {
    /// Flies, but frees the waiters after `limits.generation_timeout`.
    pub(super) async fn fly(self) {
        let inner = self.inner.clone();
        let limit = inner.limits.generation_timeout;
        let flights: Vec<Arc<Flight>> =
            self.aboard.iter().map(|passenger| passenger.flight.clone()).collect();
        let mut flown = pin!(self.fly_to_the_end());
        if tokio::time::timeout(limit, flown.as_mut()).await.is_err() {
            let message =
                format!("the generation took longer than {} s (limits.generation_timeout)", limit.as_secs());
            let error = Error::new(Reason::GenerationTimeout, message).retry_after(limit);
            for flight in flights.iter().filter(|flight| !flight.has_landed()) {
                inner.flights.land(flight, Err(error.clone()));
            }
        }
    }

    async fn fly_to_the_end(mut self) {
        self.find_stored().await;
        self.refuse_crashers().await;
        let Some(first) = self.aboard.first() else { return };
        let inner = self.inner.clone();
        let forced = self.aboard.iter().any(|passenger| passenger.mode == Mode::Force);
        let mode = if forced { Mode::Force } else { Mode::Find };
        let fetch = inner.fetch(&first.keyed, mode, &self.rank);
        let Some(fetched) = unless_deserted(&inner, &self.aboard, fetch).await else {
            return self.aboard.clear();
        };
        match fetched {
            Ok(Fetch::Got(fetched)) => self.generate(fetched).await,
            Ok(Fetch::Moved(version)) => self.follow(version).await,
            Err(error) => self.fail_all(&error, None),
        }
    }

    /// Lands what is stored already: another server may have made it, whatever the cache says.
    async fn find_stored(&mut self) {
        let (find, force): (Vec<_>, Vec<_>) = self.aboard.drain(..).partition(|one| one.mode == Mode::Find);
        self.aboard = force;
        // They come back aboard before anything is awaited, or a cancelled run would not land them.
        let keys: Vec<Keyed> = find.iter().map(|passenger| passenger.keyed.clone()).collect();
        let from = self.aboard.len();
        self.aboard.extend(find);
        let answers = self.inner.probe(&keys).await;
        for (passenger, answer) in self.aboard.split_off(from).into_iter().zip(answers) {
            match answer {
                Ok(record) if matches!(record.known, Known::Ready(_)) => {
                    let key = passenger.keyed.key.clone();
                    self.land(&passenger, Ok(Landed { key, record, evidence: Evidence::Storage }));
                }
                Ok(_) => self.aboard.push(passenger),
                Err(error) => self.land(&passenger, Err(error)),
            }
        }
    }

    /// Gives up keys that were in flight at two crashes: the third decode could be the third crash.
    async fn refuse_crashers(&mut self) {
        for passenger in std::mem::take(&mut self.aboard) {
            let key = passenger.keyed.key.as_str();
            match passenger.mode {
                Mode::Force => self.inner.forgive(key).await,
                Mode::Find if self.inner.queue.crashes(key) >= CRASHES => {
                    self.fail(&passenger, &crashed(), None);
                    continue;
                }
                Mode::Find => {}
            }
            self.aboard.push(passenger);
        }
    }

    /// Flies on to the source's newer version, once; the waiters get what lands there. Who sent the
    /// version is told that it is gone.
    async fn follow(&mut self, version: Version) {
        let (sent, moving): (Vec<_>, Vec<_>) = std::mem::take(&mut self.aboard)
            .into_iter()
            .partition(|one| one.keyed.target.version.is_some() || self.moves == Moves::Done);
        for passenger in &sent {
            self.fail(passenger, &source_changed(), None);
        }
        let tag = VersionTag::Of(version);
        let moved =
            moving.iter().map(|one| (one.keyed.target.clone().keyed(tag.clone()), one.mode)).collect();
        let mut boardings = self.inner.depart(moved, &self.rank, Moves::Done);
        let landings = boardings.iter_mut().zip(&moving).map(|(boarding, passenger)| async {
            let landing = boarding.landing().await;
            self.land(passenger, landing);
        });
        join_all(landings).await;
    }

    /// Makes everything that is aboard from the fetched bytes, which are let go of as soon as the last decode is done.
    async fn generate(&mut self, fetched: Arc<Fetched>) {
        let specs: Vec<_> = self.aboard.iter().map(|one| one.keyed.target.spec.clone()).collect();
        let (header, plans) = match plan::all(&fetched.bytes, &specs, &self.inner.limits.imaging) {
            Ok(planned) => planned,
            Err(error) => return self.fail_all(&error, Some(&fetched.observed)),
        };
        if let Some(first) = self.aboard.first() {
            self.inner.images.measured(&first.keyed.target.place(), &first.keyed.tag, header.size);
        }
        let mut planned = Vec::with_capacity(plans.len());
        for (passenger, plan) in std::mem::take(&mut self.aboard).into_iter().zip(plans) {
            match plan.and_then(|plan| self.inner.fits(plan)) {
                Ok(plan) => planned.push((passenger, plan)),
                Err(error) => self.fail(&passenger, &error, Some(&fetched.observed)),
            }
        }
        let part = |share| Part {
            inner: self.inner.clone(),
            share,
            header: header.clone(),
            fetched: fetched.clone(),
        };
        let parts: Vec<Part> = plan::parts(planned, self.inner.limits.memory).into_iter().map(part).collect();
        drop(fetched);
        join_all(parts.into_iter().map(|part| part.fly(&self.rank))).await;
    }

    fn fail_all(&mut self, error: &Error, read: Option<&Observed>) {
        for passenger in std::mem::take(&mut self.aboard) {
            self.fail(&passenger, error, read);
        }
    }

    fn fail(&self, passenger: &Passenger, error: &Error, read: Option<&Observed>) {
        self.inner.fail(passenger, error, read);
    }

    fn land(&self, passenger: &Passenger, landing: Landing) {
        self.inner.flights.land(&passenger.flight, landing);
    }
}

/// The error for a key at which the process died too often.
pub(super) fn crashed() -> Error {
    let message = "the server crashed twice while it made this rendition: replace the source, or use force";
    Error::new(Reason::SourceUndecodable, message).with("cause", "crashed")
}
