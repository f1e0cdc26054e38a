//! A run: the generation of one or many renditions of one source version, in a task of its own, so that
//! no caller who goes away takes it along.
//!
//! The order is the design's: ask the storage, fetch, look at the header, plan, be admitted, decode and
//! encode on the workers, write, tell. Each flight of the run lands exactly once.

use std::sync::Arc;

use futures_util::future::join_all;
use rendition_imaging::{Encoded, Header, Plan};

use super::{
    Inner,
    fetch::{Fetch, Fetched, source_changed},
    flight::{Flight, Landed, Landing, lost},
    gate::Ticket,
    probe::stored,
    request::Mode,
    stores::storage_error,
    target::Keyed,
    versions::source_not_found,
    workers::Panicked,
};
use crate::{
    existence::{Known, Verdict},
    model::{Error, Evidence, ImageInfo, Reason, Version, VersionTag},
    storage::{WriteMode, WriteOptions, Written},
};

/// How often a key may be found unfinished after an unclean exit before it is given up.
const CRASHES: u32 = 2;

/// One rendition of a run.
pub(super) struct Passenger {
    /// What it is.
    pub keyed: Keyed,
    /// Who waits for it.
    pub flight: Arc<Flight>,
    /// Whether it replaces what is stored.
    pub mode: Mode,
}

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
        let fetch = inner.fetch(&first.keyed, &self.ticket);
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
            Err(error) => return self.fail_all(&super::verdict::of(&error), Some(fetched)),
        };
        let mut decodes: Vec<Vec<(Passenger, Plan)>> = Vec::new();
        for passenger in std::mem::take(&mut self.aboard) {
            let spec = &passenger.keyed.target.spec.spec;
            match Plan::new(&header, fetched.bytes.len() as u64, spec, &limits) {
                Ok(plan) => match decodes.iter_mut().find(|group| group[0].1.decode() == plan.decode()) {
                    Some(group) => group.push((passenger, plan)),
                    None => decodes.push(vec![(passenger, plan)]),
                },
                Err(error) => self.fail(&passenger, &super::verdict::of(&error), Some(fetched)),
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

/// The part of a run that shares one decode.
struct Part {
    inner: Arc<Inner>,
    aboard: Vec<Passenger>,
    plans: Vec<Plan>,
    header: Header,
    fetched: Arc<Fetched>,
}

impl Drop for Part {
    fn drop(&mut self) {
        let error = Error::new(
            Reason::GenerationTimeout,
            "the generation took longer than limits.generation_timeout",
        )
        .retry_after(self.inner.limits.generation_timeout);
        for passenger in &self.aboard {
            self.inner.flights.land(&passenger.flight, Err(error.clone()));
        }
    }
}

impl Part {
    async fn fly(mut self, ticket: &Ticket) {
        let inner = self.inner.clone();
        let memory = self.plans.iter().map(Plan::memory_bytes).max().unwrap_or(0);
        let admission = inner.generation.enter(ticket, memory);
        let Some(admitted) = unless_deserted(&inner, &self.aboard, admission).await else {
            return self.aboard.clear();
        };
        let permit = match admitted {
            Ok(permit) => permit,
            Err(refused) => return self.fail_all(&super::fetch::overloaded(refused)),
        };
        let keys: Vec<String> = self.aboard.iter().map(|one| one.keyed.key.as_str().to_owned()).collect();
        if let Err(error) = inner.queue.begin(&keys).await {
            return self.fail_all(&super::background::queue_error(&error));
        }
        let work = Work {
            plans: std::mem::take(&mut self.plans),
            header: self.header.clone(),
            fetched: self.fetched.clone(),
            before_decode: inner.before_decode.clone(),
        };
        // A task of its own: permit and journal go by when the thread is done, not by who still waits.
        let worked = inner.clone();
        let made = inner.runtime.spawn(async move {
            let made = worked.workers.run(move || work.run()).await;
            drop(permit);
            worked.queue.end(&keys).await;
            made
        });
        let made = made.await.unwrap_or_else(|_| Err(Panicked { message: "its task was stopped".into() }));
        match made {
            Ok(encoded) => self.store(encoded).await,
            Err(panicked) => {
                let key = self.aboard.first().map(|passenger| passenger.keyed.key.as_str());
                tracing::error!(key, panic = panicked.message, "a codec panicked");
                let message = format!("the decoder panicked: {}", panicked.message);
                self.fail_all(&Error::new(Reason::SourceUndecodable, message).with("cause", "panicked"));
            }
        }
    }

    async fn store(&mut self, encoded: Vec<Result<Encoded, rendition_imaging::ImageError>>) {
        let (inner, fetched) = (&self.inner, &self.fetched);
        let writes = self.aboard.iter().zip(encoded).map(|(passenger, encoded)| async move {
            match encoded {
                Ok(encoded) => {
                    let landing = inner.store(passenger, encoded).await;
                    inner.flights.land(&passenger.flight, landing);
                }
                Err(error) => inner.fail(passenger, &super::verdict::of(&error), Some(fetched)),
            }
        });
        join_all(writes).await;
        self.aboard.clear();
    }

    fn fail_all(&mut self, error: &Error) {
        for passenger in std::mem::take(&mut self.aboard) {
            self.inner.fail(&passenger, error, Some(&self.fetched));
        }
    }
}

/// What a worker does.
struct Work {
    plans: Vec<Plan>,
    header: Header,
    fetched: Arc<Fetched>,
    before_decode: Option<super::BeforeDecode>,
}

impl Work {
    fn run(self) -> Vec<Result<Encoded, rendition_imaging::ImageError>> {
        let Some(first) = self.plans.first() else { return Vec::new() };
        if let Some(hook) = &self.before_decode {
            hook(&self.fetched.bytes);
        }
        match rendition_imaging::decode(&self.fetched.bytes, &self.header, first.decode()) {
            Ok(plane) => self.plans.iter().map(|plan| rendition_imaging::render(&plane, plan)).collect(),
            Err(error) => self.plans.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

/// Waits for something that a flight stands in line for, unless all who wait for the flights go away
/// first; then the flights are over.
async fn unless_deserted<T>(
    inner: &Inner,
    aboard: &[Passenger],
    wanted: impl Future<Output = T>,
) -> Option<T> {
    let deserted = async {
        loop {
            join_all(aboard.iter().map(|passenger| passenger.flight.deserted())).await;
            // One may have been joined again while the others were left; then none is given up.
            if aboard.iter().all(|passenger| inner.flights.abandon(&passenger.flight)) {
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
    async fn store(self: &Arc<Self>, passenger: &Passenger, encoded: Encoded) -> Landing {
        let (keyed, key) = (&passenger.keyed, &passenger.keyed.key);
        let size = encoded.size;
        let mode = match passenger.mode {
            Mode::Find => WriteMode::CreateOnly,
            Mode::Force => WriteMode::Overwrite,
        };
        let options =
            WriteOptions { media_type: Some(encoded.format.media_type()), cache_control: None, mode };
        let written = self.stores.rendition().store.write(key.as_str(), encoded.bytes.into(), &options).await;
        match written.map_err(|error| storage_error(&error))? {
            Written::Created(stat) => {
                let image = ImageInfo {
                    width: size.width,
                    height: size.height,
                    frames: encoded.frames,
                    ..stored(keyed, &stat)
                };
                let record = self.renditions.ready(key, image);
                Ok(Landed { key: key.clone(), record, evidence: Evidence::Generated })
            }
            // Somebody else was first; the answer tells of what is stored, not of what we made.
            Written::AlreadyThere => {
                let record = self.probe_one(keyed).await?;
                Ok(Landed { key: key.clone(), record, evidence: Evidence::Storage })
            }
        }
    }

    /// Ends a flight with an error; a verdict on the bytes is held.
    fn fail(&self, passenger: &Passenger, error: &Error, fetched: Option<&Fetched>) {
        let mut error = error.clone();
        if error.reason().is_verdict() {
            let (key, now) = (&passenger.keyed.key, self.clock.now());
            let earlier = self.renditions.get(key).map_or(0, |record| match &record.known {
                Known::Failed(verdict) => verdict.failure.attempts,
                Known::Ready(_) | Known::Absent => 0,
            });
            let observed = fetched.and_then(|fetched| fetched.observed.clone());
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
