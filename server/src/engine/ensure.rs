//! `EnsureGenerated`: the strategies at work. The batch is the primitive; a single call that is answered from memory
//! goes without its bookkeeping.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};

use super::{
    Inner,
    depart::Boarding,
    flight::{Landed, Waiting, landing},
    older::{Revalidation, Stock},
    rank::Rank,
    recall::Recall,
    request::{Call, Ensure, Ensured, Mode, Placeholders},
    run::Moves,
    target::{Keyed, Target},
    unanswered,
};
use crate::{
    existence::Known,
    model::{Error, Evidence, Outcome, Reason, State, strategy::OnMissing},
    queue::Enqueued,
};

type Answer = Result<Ensured, Error>;

/// How far an item has come.
enum Step {
    /// Answered.
    Done(Answer),
    /// The version of its source must be asked for, or a verdict be looked into.
    Ask(Target),
    /// Its key is known, and nothing else.
    Missing(Keyed),
}

impl Inner {
    /// Answers each of several requests, in their order.
    pub(super) async fn ensure(self: &Arc<Self>, call: &Call, items: &[Ensure]) -> Vec<Answer> {
        let mut steps = Vec::with_capacity(items.len());
        for item in items {
            steps.push(self.step(item).await);
        }
        self.answer_all(call, items, steps).await
    }

    /// Answers a single request. A cached one, which is what a call mostly is, is answered without the
    /// bookkeeping of a batch.
    pub(super) async fn ensure_one(self: &Arc<Self>, call: &Call, item: &Ensure) -> Answer {
        match self.step(item).await {
            Step::Done(answer) if item.placeholders == Placeholders::OfGenerated => answer,
            step => {
                // Boxed, so that a cached call does not carry its state along.
                let answers = Box::pin(self.answer_all(call, std::slice::from_ref(item), vec![step])).await;
                answers.into_iter().next().unwrap_or_else(unanswered)
            }
        }
    }

    /// As far as one gets without asking a store about the source.
    async fn step(&self, item: &Ensure) -> Step {
        match self.first_step(item) {
            Ok(First::Ready(keyed, record)) => {
                Step::Done(self.found(&keyed, &record, Evidence::Cache, item).await)
            }
            Ok(First::Other(step)) => step,
            Err(error) => Step::Done(Err(error)),
        }
    }

    /// Takes all items to their answers.
    async fn answer_all(
        self: &Arc<Self>,
        call: &Call,
        items: &[Ensure],
        mut steps: Vec<Step>,
    ) -> Vec<Answer> {
        let until: Vec<Instant> = items.iter().map(|item| self.wait_until(call, item.max_wait)).collect();
        if steps.iter().any(|step| !matches!(step, Step::Done(_))) {
            self.ask_stores(items, &mut steps).await;
            self.take_stock(items, &mut steps).await;
            self.make(call, items, &mut steps).await;
        }
        let answers = items.iter().zip(steps).zip(until).map(|((item, step), until)| async move {
            let Step::Done(answer) = step else { return unanswered() };
            match item.placeholders {
                Placeholders::OfStored => self.with_placeholder(call, item, answer?, until).await,
                Placeholders::OfGenerated => answer,
            }
        });
        join_all(answers).await
    }

    /// The answer with the placeholder of what is stored. If that turns out to be gone, it is made anew.
    async fn with_placeholder(
        self: &Arc<Self>,
        call: &Call,
        item: &Ensure,
        ensured: Ensured,
        until: Instant,
    ) -> Answer {
        let Ensured { view, outcome } = ensured;
        let state = view.state;
        let view = self.pictured(call, &item.rendition, view, until).await?;
        if view.state == state {
            return Ok(Ensured { view, outcome });
        }
        let max_wait = item.max_wait.map(|_| until.saturating_duration_since(Instant::now()));
        let item = Ensure { placeholders: Placeholders::OfGenerated, max_wait, ..item.clone() };
        Box::pin(self.ensure_one(call, &item)).await
    }

    /// As far as one gets without asking a store.
    fn first_step(&self, item: &Ensure) -> Result<First, Error> {
        self.check_url_options(&item.url)?;
        let target = self.target(&item.rendition)?;
        Self::check_format(&item.url, &target)?;
        let assume = self.on_missing(item, &target) == OnMissing::Assume;
        // An assumption is not made better by the age of what it rests on.
        let max_age = if assume { None } else { item.max_age };
        let keyed = match self.tag_from_memory(&target, max_age)? {
            Some(tag) => target.keyed(tag),
            None if assume => return Ok(First::Other(Step::Done(Ok(self.assumed(&target, item))))),
            None => return Ok(First::Other(Step::Ask(target))),
        };
        if item.mode == Mode::Force {
            return Ok(First::Other(Step::Missing(keyed)));
        }
        Ok(match self.recall(&keyed, max_age) {
            Recall::Ready(record) => First::Ready(keyed, record),
            Recall::Held(verdict) => return Err(verdict.error(self.clock.now())),
            Recall::Doubtful(verdict) if assume => return Err(verdict.error(self.clock.now())),
            Recall::Doubtful(_) => First::Other(Step::Ask(keyed.target)),
            Recall::Absent(_) | Recall::Nothing if assume => {
                let view = self.unready(&keyed, State::Unknown, Evidence::Assumed, &item.url);
                First::Other(Step::Done(Ok(Ensured { view, outcome: Outcome::Assumed })))
            }
            Recall::Absent(_) | Recall::Nothing => First::Other(Step::Missing(keyed)),
        })
    }

    /// What is done about an item that is missing. Force asks for work, whatever is assumed.
    pub(super) fn on_missing(&self, item: &Ensure, target: &Target) -> OnMissing {
        let strategy = item.strategy.or(target.strategy).unwrap_or(self.strategy);
        match (item.mode, strategy.switches().on_missing) {
            (Mode::Force, OnMissing::Assume) => OnMissing::Generate,
            (_, on_missing) => on_missing,
        }
    }

    /// Settles the keys of those whose source must be asked about, all at the same time.
    async fn ask_stores(self: &Arc<Self>, items: &[Ensure], steps: &mut [Step]) {
        let asked = items.iter().zip(steps).map(|(item, step)| async move {
            let Step::Ask(target) = step else { return };
            *step = match self.ask_store(item, target.clone()).await {
                Ok(step) => step,
                Err(error) => Step::Done(Err(error)),
            };
        });
        join_all(asked).await;
    }

    async fn ask_store(self: &Arc<Self>, item: &Ensure, target: Target) -> Result<Step, Error> {
        let mut keyed = self.key(target, item.max_age).await?;
        if let (Mode::Find, Recall::Doubtful(verdict)) = (item.mode, self.recall(&keyed, item.max_age)) {
            if let Some(verdict) = self.still_holds(&keyed, verdict).await? {
                return Err(verdict.error(self.clock.now()));
            }
            // The source changed: so may its version have, and with it the key.
            keyed = self.key(keyed.target, None).await?;
        }
        if item.mode == Mode::Force {
            return Ok(Step::Missing(keyed));
        }
        match self.recall(&keyed, item.max_age) {
            Recall::Ready(record) => Ok(Step::Done(self.found(&keyed, &record, Evidence::Cache, item).await)),
            Recall::Held(verdict) | Recall::Doubtful(verdict) => Err(verdict.error(self.clock.now())),
            Recall::Absent(_) | Recall::Nothing => Ok(Step::Missing(keyed)),
        }
    }

    /// Answers what is missing with older renditions, where the spec allows it and the caller does not rule it out.
    async fn take_stock(self: &Arc<Self>, items: &[Ensure], steps: &mut [Step]) {
        let tolerant = items.iter().zip(steps).filter_map(|(item, step)| match step {
            Step::Missing(keyed)
                if item.mode == Mode::Find
                    && item.max_age.is_none_or(|age| !age.is_zero())
                    && self.tolerates_older(keyed) =>
            {
                let keyed = keyed.clone();
                Some((item, keyed, step))
            }
            _ => None,
        });
        let tolerant: Vec<_> = tolerant.collect();
        // Together, so that many of one source are looked at by one listing. The answers are remembered.
        let unknown =
            tolerant.iter().filter(|(_, keyed, _)| matches!(self.recall(keyed, None), Recall::Nothing));
        let unknown: Vec<Keyed> = unknown.map(|(_, keyed, _)| keyed.clone()).collect();
        if unknown.len() > 1 {
            self.probe(&unknown).await;
        }
        join_all(tolerant.into_iter().map(|(item, keyed, step)| async move {
            let pace = match self.on_missing(item, &keyed.target) {
                OnMissing::Queue => Revalidation::Asked,
                OnMissing::Generate | OnMissing::Assume => Revalidation::Limited,
            };
            let answer = match self.stock(&keyed, pace).await {
                Stock::Wanted(record) => self.found(&keyed, &record, Evidence::Storage, item).await,
                Stock::Older(older) => {
                    let view = self.stale(&keyed, &older, &item.url).await;
                    view.map(|view| Ensured { view, outcome: Outcome::Found })
                }
                Stock::Nothing => return,
            };
            *step = Step::Done(answer);
        }))
        .await;
    }

    /// Generates or queues what is missing.
    async fn make(self: &Arc<Self>, call: &Call, items: &[Ensure], steps: &mut [Step]) {
        let (mut generate, mut queue) = (Vec::new(), Vec::new());
        for (index, (item, step)) in items.iter().zip(&*steps).enumerate() {
            let Step::Missing(keyed) = step else { continue };
            match self.on_missing(item, &keyed.target) {
                OnMissing::Queue => queue.push((index, keyed.clone())),
                OnMissing::Generate | OnMissing::Assume => generate.push((index, keyed.clone())),
            }
        }
        let wanted = generate.iter().map(|(index, keyed)| (keyed.clone(), items[*index].mode)).collect();
        let boardings = match self.check_crowd(call.ticket.class) {
            Ok(()) => self.depart(wanted, &Rank::new(&call.ticket), Moves::Once),
            Err(error) => {
                for (index, _) in generate.drain(..) {
                    steps[index] = Step::Done(Err(error.clone()));
                }
                Vec::new()
            }
        };
        let waits = generate.into_iter().zip(boardings).map(|((index, _), boarding)| async move {
            (index, self.await_flight(call, &items[index], boarding).await)
        });
        let (flown, queued) = tokio::join!(join_all(waits), self.queue_up(call, items, queue));
        for (index, answer) in flown.into_iter().chain(queued) {
            steps[index] = Step::Done(answer);
        }
    }

    async fn await_flight(self: &Arc<Self>, call: &Call, item: &Ensure, mut boarding: Boarding) -> Answer {
        let until = self.wait_until(call, item.max_wait);
        let mut landing = timeout_at(until, boarding.landing()).await;
        if let Ok(Err(error)) = &landing
            && error.reason() == Reason::SourceChanged
            && boarding.keyed.target.version.is_none()
        {
            // The one whose flight this was had sent the version; this caller wants whichever there is now.
            let keyed = self.key(boarding.keyed.target, Some(Duration::ZERO)).await?;
            boarding = self.depart_one(keyed, item.mode, &call.ticket)?;
            landing = timeout_at(until, boarding.landing()).await;
        }
        match landing {
            Ok(landing) => self.landed(item, &boarding.keyed, landing?, boarding.outcome).await,
            Err(_) => {
                self.keep_flying(boarding.waiting);
                let view = self.unready(&boarding.keyed, State::Generating, Evidence::Cache, &item.url);
                Ok(Ensured { view, outcome: Outcome::Pending })
            }
        }
    }

    /// The answer for a landing; `flown` is what the call did if the rendition was generated.
    async fn landed(&self, item: &Ensure, keyed: &Keyed, landed: Landed, flown: Outcome) -> Answer {
        let keyed = keyed.clone().at(landed.key);
        let view = self.ready(&keyed, &landed.record, landed.evidence, &item.url).await?;
        let outcome = if landed.evidence == Evidence::Generated { flown } else { Outcome::Found };
        Ok(Ensured { view, outcome })
    }

    /// Queues those that are neither stored nor queued nor being made.
    async fn queue_up(
        self: &Arc<Self>,
        call: &Call,
        items: &[Ensure],
        wanted: Vec<(usize, Keyed)>,
    ) -> Vec<(usize, Answer)> {
        let mut answers = Vec::with_capacity(wanted.len());
        let (unsure, mut missing): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(index, keyed)| {
            items[*index].mode == Mode::Find
                && !self.is_job_queued(keyed, Mode::Find)
                && !self.flights.is_flying(&keyed.key)
        });
        let keys: Vec<Keyed> = unsure.iter().map(|(_, keyed)| keyed.clone()).collect();
        let probed = if keys.is_empty() { Vec::new() } else { self.probe(&keys).await };
        for ((index, keyed), answer) in unsure.into_iter().zip(probed) {
            match answer {
                Ok(record) if matches!(record.known, Known::Ready(_)) => {
                    answers
                        .push((index, self.found(&keyed, &record, Evidence::Storage, &items[index]).await));
                }
                Ok(_) => missing.push((index, keyed)),
                Err(error) => answers.push((index, Err(error))),
            }
        }
        let jobs: Vec<_> = missing.iter().map(|(index, keyed)| (keyed.clone(), items[*index].mode)).collect();
        match if jobs.is_empty() { Ok(Vec::new()) } else { self.enqueue(&jobs).await } {
            Ok(waiting) => {
                let waits = missing.into_iter().zip(waiting).map(
                    |((index, keyed), (waiting, enqueued))| async move {
                        let flown = match enqueued {
                            Enqueued::Added => Outcome::Generated,
                            Enqueued::AlreadyQueued => Outcome::Coalesced,
                        };
                        (index, self.await_queued(call, &items[index], &keyed, waiting, flown).await)
                    },
                );
                answers.extend(join_all(waits).await);
            }
            Err(error) => answers.extend(missing.into_iter().map(|(index, _)| (index, Err(error.clone())))),
        }
        answers
    }

    async fn await_queued(
        self: &Arc<Self>,
        call: &Call,
        item: &Ensure,
        keyed: &Keyed,
        mut waiting: Waiting,
        flown: Outcome,
    ) -> Answer {
        let max_wait = item.max_wait.unwrap_or(Duration::ZERO);
        let outcome = if max_wait.is_zero() { Outcome::Queued } else { Outcome::Pending };
        if !max_wait.is_zero() {
            let until = self.wait_until(call, Some(max_wait));
            let mut changes = self.flights.changes();
            loop {
                // The job may stand far behind while a caller who waits has the same key made.
                let landing = tokio::select! {
                    landing = landing(&mut waiting) => landing,
                    _ = changes.recv() => match (item.mode, self.recall(keyed, None)) {
                        (Mode::Find, Recall::Ready(record)) => {
                            Ok(Landed { key: keyed.key.clone(), record, evidence: Evidence::Generated })
                        }
                        _ => continue,
                    },
                    () = tokio::time::sleep_until(until) => break,
                };
                match landing {
                    Ok(landed) => return self.landed(item, keyed, landed, flown).await,
                    // The job is still queued and will be tried again.
                    Err(error) if !error.reason().is_final() && self.is_job_queued(keyed, item.mode) => {
                        waiting = self.await_job(keyed, item.mode);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        let state = if self.flights.is_flying(&keyed.key) { State::Generating } else { State::Queued };
        let view = self.unready(keyed, state, Evidence::Cache, &item.url);
        Ok(Ensured { view, outcome })
    }

    async fn found(
        &self,
        keyed: &Keyed,
        record: &Arc<crate::existence::Record>,
        evidence: Evidence,
        item: &Ensure,
    ) -> Answer {
        let view = self.ready(keyed, record, evidence, &item.url).await?;
        Ok(Ensured { view, outcome: Outcome::Found })
    }

    fn assumed(&self, target: &Target, item: &Ensure) -> Ensured {
        let view = self.versionless(target, State::Unknown, Evidence::Assumed, &item.url);
        Ensured { view, outcome: Outcome::Assumed }
    }

    /// When a wait ends: after `max_wait`, never later than `limits.max_wait`, and for callers that said
    /// how long they wait, early enough that the answer still reaches them before their deadline.
    pub(super) fn wait_until(&self, call: &Call, max_wait: Option<Duration>) -> Instant {
        let now = Instant::now();
        let longest = now + self.limits.max_wait;
        let Some(max_wait) = max_wait else { return longest };
        let wanted = now.checked_add(max_wait).unwrap_or(longest);
        let deadline = call.deadline.map_or(longest, |deadline| {
            let left = deadline.saturating_duration_since(now);
            deadline - (left / 10).clamp(MARGIN.start, MARGIN.end).min(left)
        });
        longest.min(wanted).min(deadline)
    }
}

/// How long before a caller's deadline a waiting answer is sent: a tenth of the time, within these.
const MARGIN: std::ops::Range<Duration> = Duration::from_millis(10)..Duration::from_millis(200);

/// What the memory gives for an item.
enum First {
    /// It is stored.
    Ready(Keyed, Arc<crate::existence::Record>),
    /// Another step.
    Other(Step),
}
