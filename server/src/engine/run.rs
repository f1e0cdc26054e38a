//! A run: the generation of one or many renditions of one source version, in a task of its own, so that
//! no caller who goes away takes it along.
//!
//! The order is the design's: ask the storage, fetch, look at the header, plan, be admitted, decode and
//! encode on the workers, write, tell. Each flight of the run lands exactly once.

use std::sync::Arc;

use futures_util::future::join_all;
use rendition_imaging::Plan;

use super::{
    Inner,
    fetch::{Fetch, Fetched, source_changed},
    flight::{Landed, Landing, lost},
    gate::Ticket,
    part::Part,
    passenger::{Passenger, unless_deserted},
    request::Mode,
    target::Keyed,
    verdict,
};
use crate::{
    existence::Known,
    model::{Error, Evidence, Reason, Version, VersionTag},
};

/// How often a key may be found unfinished after an unclean exit before it is given up.
const CRASHES: u32 = 2;

/// Whether a run may follow its source to a newer version, which it may once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    /// It may.
    Once,
    /// It has.
    Done,
}

/// A run before its take-off. Dropping it lands whoever is still aboard with an error.
pub(super) struct Run {
    /// The engine.
    pub inner: Arc<Inner>,
    /// The renditions, all of one source version.
    pub aboard: Vec<Passenger>,
    /// With what it stands in line.
    pub ticket: Ticket,
    /// Whether it may still follow its source.
    pub moves: Moves,
}

impl Drop for Run {
    fn drop(&mut self) {
        for passenger in &self.aboard {
            self.inner.flights.land(&passenger.flight, Err(lost()));
        }
    }
}

impl Run {
    /// Flies, but frees the waiters after `limits.generation_timeout`.
    pub(super) async fn fly(mut self) {
        let limit = self.inner.limits.generation_timeout;
        if tokio::time::timeout(limit, self.fly_to_the_end()).await.is_err() {
            let message =
                format!("the generation took longer than {} s (limits.generation_timeout)", limit.as_secs());
            self.land_all(&Error::new(Reason::GenerationTimeout, message).retry_after(limit));
        }
    }

    async fn fly_to_the_end(&mut self) {
        self.find_stored().await;
        self.refuse_crashers().await;
        let Some(first) = self.aboard.first() else { return };
        let inner = self.inner.clone();
        let forced = self.aboard.iter().any(|passenger| passenger.mode == Mode::Force);
        let mode = if forced { Mode::Force } else { Mode::Find };
        let fetch = inner.fetch(&first.keyed, mode, &self.ticket);
        let Some(fetched) = unless_deserted(&inner, &self.aboard, fetch).await else {
            return self.aboard.clear();
        };
        match fetched {
            Ok(Fetch::Got(fetched)) => self.generate(&fetched).await,
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
                    let error = Error::new(
                        Reason::SourceUndecodable,
                        "the server crashed twice while it made this rendition: replace the source, or use force",
                    )
                    .with("cause", "crashed");
                    self.fail(&passenger, &error, None);
                    continue;
                }
                Mode::Find => {}
            }
            self.aboard.push(passenger);
        }
    }

    /// Flies on to the source's newer version, once; the waiters get what lands there.
    async fn follow(&mut self, version: Version) {
        let sent = self.aboard.iter().any(|passenger| passenger.keyed.target.version.is_some());
        if sent || self.moves == Moves::Done {
            return self.fail_all(&source_changed(), None);
        }
        let tag = VersionTag::Of(version);
        let moved = self
            .aboard
            .iter()
            .map(|passenger| (passenger.keyed.target.clone().keyed(tag.clone()), passenger.mode));
        let mut waiting = self.inner.depart(moved.collect(), &self.ticket, Moves::Done);
        let landings = join_all(waiting.iter_mut().map(|boarding| boarding.landing())).await;
        for (passenger, landing) in std::mem::take(&mut self.aboard).into_iter().zip(landings) {
            self.land(&passenger, landing);
        }
    }

    /// Makes everything that is aboard from the fetched bytes.
    async fn generate(&mut self, fetched: &Arc<Fetched>) {
        let limits = self.inner.limits.imaging;
        let header = match rendition_imaging::inspect(&fetched.bytes) {
            Ok(header) => header,
            Err(error) => return self.fail_all(&verdict::of(&error), Some(fetched)),
        };
        let mut decodes: Vec<Vec<(Passenger, Plan)>> = Vec::new();
        for passenger in std::mem::take(&mut self.aboard) {
            let spec = &passenger.keyed.target.spec.spec;
            match Plan::new(&header, fetched.bytes.len() as u64, spec, &limits) {
                Ok(plan) => match decodes.iter_mut().find(|group| group[0].1.decode() == plan.decode()) {
                    Some(group) => group.push((passenger, plan)),
                    None => decodes.push(vec![(passenger, plan)]),
                },
                Err(error) => self.fail(&passenger, &verdict::of(&error), Some(fetched)),
            }
        }
        let parts: Vec<Part> = decodes
            .into_iter()
            .map(|group| {
                let (aboard, plans) = group.into_iter().unzip();
                Part {
                    inner: self.inner.clone(),
                    aboard,
                    plans,
                    header: header.clone(),
                    fetched: fetched.clone(),
                }
            })
            .collect();
        join_all(parts.into_iter().map(|part| part.fly(&self.ticket))).await;
    }

    fn fail_all(&mut self, error: &Error, fetched: Option<&Fetched>) {
        for passenger in std::mem::take(&mut self.aboard) {
            self.fail(&passenger, error, fetched);
        }
    }

    fn fail(&self, passenger: &Passenger, error: &Error, fetched: Option<&Fetched>) {
        self.inner.fail(passenger, error, fetched);
    }

    fn land(&self, passenger: &Passenger, landing: Landing) {
        self.inner.flights.land(&passenger.flight, landing);
    }

    fn land_all(&mut self, error: &Error) {
        for passenger in std::mem::take(&mut self.aboard) {
            self.land(&passenger, Err(error.clone()));
        }
    }
}
