//! Prewarming: the renditions of many sources, made ahead in the background.
//!
//! Sources come in the order of their paths, so many at a time. Each takes one run for all its renditions, and so one fetch.
//! A mark says up to which path everything is finished; a call that is resumed begins behind it.

use std::{collections::VecDeque, pin::pin, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use rendition_imaging::Format;
use tokio::time::{Instant, sleep_until};

use super::{
    Engine, Inner,
    gate::{Class, Ticket},
    low_water::LowWater,
    progress::{Teller, Told},
    request::Call,
    resume::Resume,
    settings::VersionPolicy,
    sources_below::SourcesBelow,
    specs::{Registered, ResolvedSpec},
    warm::{Warm, Warmed},
};
use crate::model::{Digest, Error, Label, Reason, Scope, SourcePath, SpecId, StoreName};

/// Sources at a time for each processor, where the caller does not say.
const PER_PROCESSOR: usize = 4;
/// The most sources at a time.
const MOST_AT_A_TIME: usize = 256;
/// How many failures are told together.
const FAILURES: usize = 200;
/// Over how many messages the pace is taken.
const PACE_OVER: usize = 30;

/// What is made of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    /// What is not stored.
    Missing,
    /// What is not stored in any version.
    NeverMade,
    /// All, over what is stored.
    Again,
}

/// Whether work is done or only told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Execution {
    /// It is done.
    Real,
    /// It is told what would be done.
    DryRun,
}

/// What to prewarm.
#[derive(Clone, Debug)]
pub struct Prewarm {
    /// The store of the sources; none: the default.
    pub store: Option<StoreName>,
    /// Which sources.
    pub scope: Scope,
    /// By which specs; none: those that are meant for each source.
    pub specs: Vec<SpecId>,
    /// The formats to make of an `auto` output; none: all.
    pub accept: Vec<Format>,
    /// What is made.
    pub make: Make,
    /// Whether it is made.
    pub execution: Execution,
    /// Sources at a time; none: as suits the processors.
    pub concurrency: Option<usize>,
    /// Where another call stood; empty: from the start.
    pub resume_token: String,
}

/// A rendition that could not be made.
#[derive(Clone, Debug)]
pub struct WarmFailure {
    /// The path of its source.
    pub path: SourcePath,
    /// The spec.
    pub spec: Label,
    /// Why not.
    pub error: Error,
}

/// How far a prewarm is.
#[derive(Clone, Debug, Default)]
pub struct Prewarmed {
    /// Renditions made.
    pub done: u64,
    /// Renditions that were there.
    pub skipped: u64,
    /// Renditions that could not be made.
    pub failed: u64,
    /// Sources finished.
    pub sources_done: u64,
    /// Sources of the call, once they are counted.
    pub sources_total: Option<u64>,
    /// What failed since it was told last.
    pub failures: Vec<WarmFailure>,
    /// Renditions a second.
    pub rate: f64,
    /// How long it will take, if that is known.
    pub time_left: Option<Duration>,
    /// Goes on from here; empty at the end.
    pub resume_token: String,
}

impl Inner {
    /// Prewarms, and tells how far it is. SPEC_NOT_FOUND, STORE_NOT_FOUND, INVALID_ARGUMENT.
    pub(super) fn prewarm(
        self: &Arc<Self>,
        engine: Engine,
        call: &Call,
        request: Prewarm,
    ) -> Result<Told<Prewarmed>, Error> {
        let store = self.stores.source(request.store.as_ref());
        let store = store.map_err(|error| error.field("store"))?.clone();
        if store.version_policy == VersionPolicy::Explicit {
            let message = format!(
                "store {} has version_policy explicit, so nobody but its callers knows the versions: use BatchEnsureGenerated",
                store.name
            );
            return Err(Error::new(Reason::InvalidArgument, message).field("store"));
        }
        let specs = self.specs_of(&request.specs)?;
        // What is made is a part of the call: by specs that have changed since, its beginning would have to be made anew.
        let making = making(&specs, &request.specs);
        let resume = Resume::new(&format!(
            "prewarm {} {:?} {:?} {:?} {:?} {:?} {making}",
            store.name, request.scope, request.specs, request.accept, request.make, request.execution
        ));
        let begin: String = resume.place(&request.resume_token)?.unwrap_or_default();
        let concurrency = request.concurrency.unwrap_or(self.limits.cpu_workers * PER_PROCESSOR);
        let warm = Warm {
            inner: self.clone(),
            store,
            ticket: Ticket { caller: call.ticket.caller.clone(), class: Class::Background },
            make: request.make,
            execution: request.execution,
        };
        let course = Course {
            engine,
            warm: Arc::new(warm),
            specs,
            making,
            named: request.specs,
            scope: request.scope,
            accept: request.accept,
            concurrency: concurrency.clamp(1, MOST_AT_A_TIME),
            resume,
        };
        Ok(self.told(|teller| course.run(begin, teller)))
    }

    /// The named specs of these ids; without any, all of them. SPEC_NOT_FOUND.
    fn specs_of(&self, ids: &[SpecId]) -> Result<Vec<Arc<Registered>>, Error> {
        if ids.is_empty() {
            return Ok(self.specs.after(None).cloned().collect());
        }
        let named = ids.iter().enumerate().map(|(index, id)| {
            self.specs.get(id).cloned().map_err(|error| error.field(format!("spec_ids[{index}]")))
        });
        named.collect()
    }
}

/// What some specs make, and of what where the caller named none of them.
fn making(specs: &[Arc<Registered>], named: &[SpecId]) -> String {
    let one = |spec: &Arc<Registered>| {
        let digests: Vec<Digest> = spec.resolutions().iter().map(|spec| spec.digest).collect();
        let sources = named.is_empty().then_some(&spec.named.sources);
        format!("{} {digests:?} {sources:?}", spec.named.id)
    };
    specs.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// How many sources there are; none if they cannot be counted.
async fn count(mut sources: SourcesBelow) -> Option<u64> {
    let mut count = 0;
    while sources.next().await.ok()?.is_some() {
        count += 1;
    }
    Some(count)
}

/// A prewarm on its way.
struct Course {
    engine: Engine,
    warm: Arc<Warm>,
    specs: Vec<Arc<Registered>>,
    /// What they make of what.
    making: String,
    /// The specs that the caller named; none: each says for itself which sources it is meant for.
    named: Vec<SpecId>,
    scope: Scope,
    accept: Vec<Format>,
    concurrency: usize,
    resume: Resume,
}

impl Course {
    async fn run(mut self, begin: String, mut teller: Teller<Prewarmed>) -> Result<(), Error> {
        let mut tally = Tally::default();
        let mut water = LowWater::at(begin.clone());
        let mut sources = self.sources(begin.clone());
        let mut is_listed = false;
        let mut working = FuturesUnordered::new();
        let mut counting = pin!(count(self.sources(begin)));
        let mut counted = false;
        teller.tell(tally.told(self.resume.token(&water.mark()))).await;
        loop {
            while !is_listed && working.len() < self.concurrency && water.has_room() {
                self.follow()?;
                let Some(path) = sources.next().await? else {
                    is_listed = true;
                    break;
                };
                let number = water.begin(path.as_str());
                let (warm, specs) = (self.warm.clone(), self.wanted(&path));
                working.push(async move { (number, warm.source(path, specs).await) });
            }
            if is_listed && working.is_empty() {
                break;
            }
            tokio::select! {
                Some((number, warmed)) = working.next() => {
                    water.finish(number);
                    tally.add(warmed);
                }
                total = &mut counting, if !counted => {
                    counted = true;
                    tally.total = total;
                }
                () = sleep_until(teller.due()) => {}
            }
            if teller.is_due() || tally.failures.len() >= FAILURES {
                teller.tell(tally.told(self.resume.token(&water.mark()))).await;
            }
        }
        tally.total = Some(tally.sources);
        teller.tell(tally.told(String::new())).await;
        Ok(())
    }

    fn sources(&self, after: String) -> SourcesBelow {
        SourcesBelow::new(self.warm.store.store.clone(), self.scope.clone(), after)
    }

    /// Goes by the specs of the moment, if they still make what the call began with. SPEC_NOT_FOUND if they do not: the
    /// sources that are done have the renditions of before.
    fn follow(&mut self) -> Result<(), Error> {
        let inner = self.engine.now();
        if Arc::ptr_eq(&inner, &self.warm.inner) {
            return Ok(());
        }
        let specs = inner.specs_of(&self.named)?;
        if making(&specs, &self.named) != self.making {
            let message = "the server's specs were exchanged, and make other renditions than those of this prewarm: \
                           start it again, without a resume token";
            return Err(Error::new(Reason::SpecNotFound, message));
        }
        self.specs = specs;
        self.warm = Arc::new(Warm { inner, ..(*self.warm).clone() });
        Ok(())
    }

    /// What is to be made of a source.
    fn wanted(&self, path: &SourcePath) -> Vec<Arc<ResolvedSpec>> {
        let meant = |spec: &&Arc<Registered>| {
            !self.named.is_empty() || spec.named.sources.iter().any(|glob| glob.matches(path.as_str()))
        };
        let formats = self.specs.iter().filter(meant).flat_map(|spec| {
            let all = spec.resolutions();
            // A spec with one format is written in it, whatever can be shown.
            let chosen = |resolved: &&Arc<ResolvedSpec>| {
                all.len() == 1
                    || (resolved.format.is_written()
                        && (self.accept.is_empty() || self.accept.contains(&resolved.format)))
            };
            all.iter().filter(chosen).cloned().collect::<Vec<_>>()
        });
        formats.collect()
    }
}

/// What was done so far.
#[derive(Default)]
struct Tally {
    done: u64,
    skipped: u64,
    failed: u64,
    sources: u64,
    total: Option<u64>,
    failures: Vec<WarmFailure>,
    /// Renditions and sources finished at earlier messages.
    history: VecDeque<(Instant, u64, u64)>,
}

impl Tally {
    fn add(&mut self, warmed: Warmed) {
        self.done += warmed.done;
        self.skipped += warmed.skipped;
        self.failed += warmed.failures.len() as u64;
        self.sources += 1;
        self.failures.extend(warmed.failures);
    }

    /// The message for now.
    fn told(&mut self, resume_token: String) -> Prewarmed {
        let now = Instant::now();
        let renditions = self.done + self.skipped + self.failed;
        let (rate, sources_rate) = match self.history.front() {
            Some((since, earlier, earlier_sources)) => {
                let seconds = now.duration_since(*since).as_secs_f64().max(1e-3);
                ((renditions - earlier) as f64 / seconds, (self.sources - earlier_sources) as f64 / seconds)
            }
            None => (0.0, 0.0),
        };
        self.history.push_back((now, renditions, self.sources));
        if self.history.len() > PACE_OVER {
            self.history.pop_front();
        }
        let left = self.total.map(|total| total.saturating_sub(self.sources) as f64 / sources_rate);
        Prewarmed {
            done: self.done,
            skipped: self.skipped,
            failed: self.failed,
            sources_done: self.sources,
            sources_total: self.total,
            failures: std::mem::take(&mut self.failures),
            rate,
            time_left: left.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            resume_token,
        }
    }
}
