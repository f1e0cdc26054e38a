//! Collecting garbage: stored renditions that no existing source and no configured spec accounts for.
//!
//! Two passes over the store, a page at a time, so that memory is bounded however much there is. The first one removes
//! nothing: it counts, and stops where what would go looks like a mistake. The second one decides anew about each, because
//! time has passed, and removes no larger part than the first one was allowed to find.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use serde::{Deserialize, Serialize};

use super::{
    Engine, Inner,
    judge::{Garbage, Judge, Verdict},
    pace::Pace,
    prewarm::Execution,
    progress::{Teller, Told},
    resume::Resume,
    stores::storage_error,
};
use crate::{
    model::{Error, Reason, RenditionKey, StoreName, Timestamp},
    storage::Walk,
};

/// How many objects are looked at together.
const PAGE: usize = 4000;
/// How many are told together.
const TOLD: usize = 500;
/// How many are removed at a time.
const AT_A_TIME: usize = 16;
/// How long a rendition is spared, where the caller does not say.
const GRACE: Duration = Duration::from_secs(24 * 3600);
/// The largest part that may go, where the caller does not say.
const SHARE: f64 = 0.2;
/// How many are removed a second, where the caller does not say.
const PER_SECOND: u32 = 100;

/// What to collect, and what keeps a mistake from becoming a loss.
#[derive(Clone, Debug)]
pub struct Collect {
    /// Renditions of sources in this store; none: of all.
    pub store: Option<StoreName>,
    /// Whether renditions of versions that are no longer present count as garbage.
    pub stale_versions: bool,
    /// From which age on renditions of specs that callers sent do; none: never.
    pub inline_age: Option<Duration>,
    /// What is younger is spared; none: 24 h.
    pub grace: Option<Duration>,
    /// The largest part of all that may go, from 0 to 1; none: a fifth.
    pub max_share: Option<f64>,
    /// Whether it goes on where a source store shows no source.
    pub allow_empty_store: bool,
    /// Whether it goes on where a source store errs, and keeps what that cannot tell about.
    pub keep_unchecked: bool,
    /// Whether anything is removed.
    pub execution: Execution,
    /// How many are removed a second, 0: as many as the store takes; none: 100.
    pub removals_per_second: Option<u32>,
    /// Where another call stood; empty: from the start.
    pub resume_token: String,
}

/// What a collection is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// It counts.
    #[default]
    Counting,
    /// It removes.
    Removing,
    /// It is at its end.
    Done,
}

/// What was counted and done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedCounts {
    /// What it is at.
    pub phase: Phase,
    /// Renditions looked at in the counting.
    pub seen: u64,
    /// Those of them that are garbage.
    pub garbage: u64,
    /// Their bytes.
    pub garbage_bytes: u64,
    /// Garbage that is too young.
    pub spared: u64,
    /// Renditions whose sources could not be asked about.
    pub unchecked: u64,
    /// Objects that are no renditions.
    pub foreign: u64,
    /// Renditions removed.
    pub removed: u64,
    /// Renditions that could not be removed.
    pub failed: u64,
}

/// How far a collection is.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The counts.
    pub counts: CollectedCounts,
    /// What was removed, or would be, since it was told last.
    pub collected: Vec<CollectedRendition>,
    /// Goes on from here; empty at the end.
    pub resume_token: String,
}

/// A rendition that was removed, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectedRendition {
    /// Its key.
    pub key: RenditionKey,
    /// Why.
    pub reason: Garbage,
    /// Bytes; 0 where the store does not tell.
    pub size: u64,
    /// When it was stored.
    pub modified: Timestamp,
}

/// Where a collection stands: the key up to which its pass is finished, and what it has counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Place {
    after: String,
    counts: CollectedCounts,
}

impl Inner {
    /// Collects garbage, and tells how far it is. INVALID_ARGUMENT, STORE_NOT_FOUND; then COLLECTION_UNSAFE, or the
    /// storage's error.
    pub(super) fn collect(
        self: &Arc<Self>,
        engine: Engine,
        request: Collect,
    ) -> Result<Told<Collected>, Error> {
        if let Some(store) = &request.store {
            self.stores.source(Some(store)).map_err(|error| error.field("store"))?;
        }
        let grace = request.grace.unwrap_or(GRACE);
        let shortest = self.limits.generation_timeout;
        if grace <= shortest {
            let message = format!(
                "the grace period of {grace:?} is not longer than limits.generation_timeout, {shortest:?}: what is being made now would not be spared"
            );
            return Err(Error::new(Reason::InvalidArgument, message).field("grace_period"));
        }
        let share = request.max_share.unwrap_or(SHARE);
        if !(0.0..=1.0).contains(&share) {
            let message = format!("{share} is no share: it lies from 0 to 1");
            return Err(Error::new(Reason::InvalidArgument, message).field("max_share"));
        }
        let resume = Resume::new(&format!(
            "collect {:?} {} {:?} {grace:?} {:?}",
            request.store, request.stale_versions, request.inline_age, request.execution
        ));
        let place = resume.place(&request.resume_token)?.unwrap_or_default();
        let course = Course {
            judge: Judge::new(self.clone(), &request, grace),
            inner: self.clone(),
            engine,
            folder: request.store.map(|store| store.as_str().to_owned()).unwrap_or_default(),
            share,
            execution: request.execution,
            pace: Pace::per_second(request.removals_per_second.unwrap_or(PER_SECOND)),
            resume,
            place,
            collected: Vec::new(),
        };
        Ok(self.told(|teller| course.run(teller)))
    }
}

/// A collection on its way.
struct Course {
    inner: Arc<Inner>,
    engine: Engine,
    judge: Judge,
    folder: String,
    share: f64,
    execution: Execution,
    pace: Pace,
    resume: Resume,
    place: Place,
    collected: Vec<CollectedRendition>,
}

impl Course {
    async fn run(mut self, mut teller: Teller<Collected>) -> Result<(), Error> {
        self.tell(&mut teller).await;
        if self.place.counts.phase == Phase::Counting {
            while let Some((last, judged)) = self.page().await? {
                self.count(judged);
                self.place.after = last;
                self.tell_if_due(&mut teller).await;
            }
            // A dry run tells what it found before it tells that this is too much.
            self.tell(&mut teller).await;
            self.check_share(self.place.counts.garbage)?;
            if self.execution == Execution::Real {
                self.place.after.clear();
                self.place.counts.phase = Phase::Removing;
            }
        }
        if self.place.counts.phase == Phase::Removing {
            while let Some((last, judged)) = self.page().await? {
                self.remove(judged, &mut teller).await?;
                self.place.after = last;
            }
        }
        self.place.counts.phase = Phase::Done;
        let counts = self.place.counts;
        let collected = std::mem::take(&mut self.collected);
        teller.tell(Collected { counts, collected, resume_token: String::new() }).await;
        Ok(())
    }

    /// The last key of the next page, and the verdicts on all of it; none: there is no further one.
    async fn page(&mut self) -> Result<Option<(String, Vec<Verdict>)>, Error> {
        let walk = Walk { folder: &self.folder, after: &self.place.after, most: PAGE };
        let found = self.inner.stores.rendition().store.walk(walk).await;
        let found = found.map_err(|error| storage_error(&error))?;
        let Some(last) = found.last().map(|last| last.path.clone()) else { return Ok(None) };
        // A collection takes hours, in which specs may be loaded again.
        self.judge.renew(self.engine.now());
        Ok(Some((last, self.judge.judge(found).await?)))
    }

    fn count(&mut self, judged: Vec<Verdict>) {
        let counts = &mut self.place.counts;
        for verdict in judged {
            counts.seen += u64::from(!matches!(verdict, Verdict::Foreign));
            match verdict {
                Verdict::Kept => {}
                Verdict::Spared => counts.spared += 1,
                Verdict::Unchecked => counts.unchecked += 1,
                Verdict::Foreign => counts.foreign += 1,
                Verdict::Garbage(rendition) => {
                    counts.garbage += 1;
                    counts.garbage_bytes += rendition.size;
                    if self.execution == Execution::DryRun {
                        self.collected.push(rendition);
                    }
                }
            }
        }
    }

    /// Stops where a larger part than is allowed would go.
    fn check_share(&self, going: u64) -> Result<(), Error> {
        let CollectedCounts { seen, .. } = self.place.counts;
        if going as f64 <= self.share * seen as f64 {
            return Ok(());
        }
        let message = format!(
            "{going} of {seen} renditions would go, more than {:.0} %: if the configuration and the stores are right, raise max_share",
            self.share * 100.0
        );
        Err(Error::new(Reason::CollectionUnsafe, message)
            .field("max_share")
            .with("cause", "SHARE_TOO_LARGE")
            .with("garbage", going.to_string())
            .with("seen", seen.to_string()))
    }

    /// Removes what of a page is garbage, if it still is at its turn.
    async fn remove(&mut self, judged: Vec<Verdict>, teller: &mut Teller<Collected>) -> Result<(), Error> {
        let mut removing = FuturesUnordered::new();
        let garbage = judged.into_iter().filter_map(|verdict| match verdict {
            Verdict::Garbage(rendition) => Some(rendition),
            _ => None,
        });
        for rendition in garbage {
            self.check_share(self.place.counts.removed + removing.len() as u64 + 1)?;
            self.pace.turn().await;
            let (inner, grace) = (self.inner.clone(), self.judge.grace());
            // A task of its own: who stops the collection does not stop a removal half-way.
            removing.push(self.inner.runtime.spawn(async move {
                let removed = inner.remove_garbage(&rendition, grace).await;
                (rendition, removed)
            }));
            if removing.len() >= AT_A_TIME
                && let Some(removed) = removing.next().await
            {
                self.removed(removed);
            }
            self.tell_if_due(teller).await;
        }
        while let Some(removed) = removing.next().await {
            self.removed(removed);
        }
        Ok(())
    }

    fn removed(
        &mut self,
        removed: Result<(CollectedRendition, Result<bool, Error>), tokio::task::JoinError>,
    ) {
        let counts = &mut self.place.counts;
        match removed {
            Ok((rendition, Ok(true))) => {
                counts.removed += 1;
                self.collected.push(rendition);
            }
            Ok((_, Ok(false))) => {}
            Ok((rendition, Err(error))) => {
                counts.failed += 1;
                tracing::warn!(key = %rendition.key, %error, "garbage cannot be removed");
            }
            Err(error) => {
                counts.failed += 1;
                tracing::error!(%error, "the removal of garbage ended without a result");
            }
        }
    }

    async fn tell_if_due(&mut self, teller: &mut Teller<Collected>) {
        if teller.is_due() || self.collected.len() >= TOLD {
            self.tell(teller).await;
        }
    }

    async fn tell(&mut self, teller: &mut Teller<Collected>) {
        let collected = std::mem::take(&mut self.collected);
        let resume_token = self.resume.token(&self.place);
        teller.tell(Collected { counts: self.place.counts, collected, resume_token }).await;
    }
}

impl Inner {
    /// Removes a rendition that was found to be garbage, unless it is being made, or was made anew, in the meantime; whether
    /// it did.
    async fn remove_garbage(&self, rendition: &CollectedRendition, grace: Duration) -> Result<bool, Error> {
        let key = &rendition.key;
        let stat = self.stores.rendition().store.stat(key.as_str()).await;
        let Some(stat) = stat.map_err(|error| storage_error(&error))? else { return Ok(false) };
        let is_old = |modified: Timestamp| self.clock.now().since(modified) >= grace;
        if !stat.modified.map(Timestamp::from).is_some_and(is_old) || self.flights.is_flying(key) {
            return Ok(false);
        }
        self.remove(key).await.map(|()| true)
    }
}
