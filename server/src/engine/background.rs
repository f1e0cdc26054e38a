//! Background jobs: what stands in the durable queue, and the tasks that work it off.

use std::{collections::HashMap, sync::Arc, time::Duration};

use rendition_imaging::Spec;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    Engine, Inner, Shared,
    flight::{Landing, Waiting, landing},
    gate::{Caller, Class, Ticket},
    parking::Mutex,
    passenger::is_purged,
    rank::Rank,
    request::{Mode, Source},
    run::Moves,
    target::Keyed,
    versions::source_deleted,
};
use crate::{
    model::{Error, Label, Reason, SourcePath, SpecId, StoreName, Version, VersionTag},
    queue::{Enqueued, Job, NewJob, QueueError},
};

/// What a job needs to be done after a restart.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    store: String,
    path: String,
    /// The version that the caller sent; the key has the one that was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec_id: Option<String>,
    /// The resolved spec: a job makes what was asked for, also when the configuration has changed.
    spec: Spec,
    key: String,
    force: bool,
}

/// The callers that wait for a job.
#[derive(Debug, Default)]
pub(super) struct JobWaiters(Mutex<HashMap<String, watch::Sender<Option<Landing>>>>);

impl JobWaiters {
    fn wait(&self, id: &str) -> Waiting {
        self.0.lock().entry(id.to_owned()).or_insert_with(|| watch::channel(None).0).subscribe()
    }

    pub(super) fn tell(&self, id: &str, landing: Landing) {
        if let Some(waiters) = self.0.lock().remove(id) {
            waiters.send_replace(Some(landing));
        }
    }

    fn forget_deserted(&self) {
        self.0.lock().retain(|_, waiters| waiters.receiver_count() > 0);
    }
}

/// What the names of jobs begin with that replace what is stored.
pub(super) const FORCED: &str = "force:";

/// The name of a job in the queue. One that replaces what is stored is another job than one that
/// would find it.
fn job_id(keyed: &Keyed, mode: Mode) -> String {
    match mode {
        Mode::Find => keyed.key.as_str().to_owned(),
        Mode::Force => format!("{FORCED}{}", keyed.key),
    }
}

/// How many purges in a row a job is done anew after without a rest.
const PURGES: u32 = 3;

/// How long a job rests whose flight was purged, after so many attempts before: not at all at first, since what it makes is
/// wanted, but one whose source is purged all the time shall not keep a worker from the others.
fn rest_after_purge(attempts: u32) -> Duration {
    match attempts.checked_sub(PURGES) {
        None => Duration::ZERO,
        Some(more) => crate::existence::backoff(more + 1),
    }
}

/// The queue's error in the words of the domain.
pub(super) fn queue_error(error: &QueueError) -> Error {
    match error {
        QueueError::Full { .. } => {
            Error::new(Reason::Overloaded, error.to_string()).retry_after(Duration::from_secs(5))
        }
        QueueError::NoSpace { .. } => {
            Error::new(Reason::StorageFull, error.to_string()).retry_after(Duration::from_secs(30))
        }
        QueueError::Closed => {
            Error::new(Reason::ShuttingDown, "the server is shutting down: ask another one")
                .retry_after(Duration::from_secs(1))
        }
        QueueError::Locked { .. } | QueueError::Broken { .. } => Error::internal(error.to_string()),
    }
}

impl Inner {
    /// Whether a job for a key is queued.
    pub(super) fn is_queued(&self, keyed: &Keyed) -> bool {
        self.queue.is_queued(keyed.key.as_str()) || self.queue.is_queued(&job_id(keyed, Mode::Force))
    }

    /// Whether the very job is queued.
    pub(super) fn is_job_queued(&self, keyed: &Keyed, mode: Mode) -> bool {
        self.queue.is_queued(&job_id(keyed, mode))
    }

    /// Puts jobs into the queue, in one commit; they are on disk when this returns. Gives a waiter's
    /// place for each.
    pub(super) async fn enqueue(&self, jobs: &[(Keyed, Mode)]) -> Result<Vec<(Waiting, Enqueued)>, Error> {
        let waiting: Vec<Waiting> = jobs.iter().map(|(keyed, mode)| self.await_job(keyed, *mode)).collect();
        let now = self.clock.now().into();
        let new = jobs.iter().map(|(keyed, mode)| {
            let payload = serde_json::to_vec(&Payload::new(keyed, *mode));
            let payload =
                payload.map_err(|error| Error::internal(format!("a job cannot be written: {error}")))?;
            Ok(NewJob { key: job_id(keyed, *mode), payload, now })
        });
        let new = new.collect::<Result<Vec<_>, Error>>()?;
        let enqueued = self.queue.enqueue(new).await.map_err(|error| queue_error(&error))?;
        for ((keyed, _), enqueued) in jobs.iter().zip(&enqueued) {
            if *enqueued == Enqueued::Added {
                self.flights.changed(&keyed.key);
            }
        }
        Ok(waiting.into_iter().zip(enqueued).collect())
    }

    /// A place to wait for the job of a key.
    pub(super) fn await_job(&self, keyed: &Keyed, mode: Mode) -> Waiting {
        self.job_waiters.wait(&job_id(keyed, mode))
    }

    /// Forgives the crashes of a key; that it cannot be written down costs at most another refusal.
    pub(super) async fn forgive(&self, key: &str) {
        if let Err(error) = self.queue.forgive(key).await {
            tracing::warn!(%key, %error, "the crashes of a key cannot be forgiven");
        }
    }
}

impl Shared {
    /// Works the queue off, one job after another, for ever; each by the registry of `engine` as it is then.
    pub(super) async fn work(self: Arc<Self>, engine: Engine) {
        loop {
            let job = self.queue.next().await;
            let done = engine.now().do_job(&job).await;
            let id = job.key.clone();
            if let Err(error) = &done
                && is_purged(error)
            {
                // A purge takes what is being made, but not what is asked for. Who waits for the job waits on.
                if let Err(error) = self.queue.retry(&id, rest_after_purge(job.attempts)).await {
                    tracing::error!(job = id, %error, "the queue cannot be written");
                }
                continue;
            }
            let settled = match &done {
                Err(error) if !error.reason().is_final() => {
                    let wait =
                        error.wait().unwrap_or_default().max(crate::existence::backoff(job.attempts + 1));
                    tracing::warn!(job = id, attempts = job.attempts + 1, %error, "a background job will be tried again");
                    self.queue.retry(&id, wait).await
                }
                Err(error) => {
                    tracing::warn!(job = id, %error, "a background job failed");
                    self.queue.complete(&id).await
                }
                Ok(_) => self.queue.complete(&id).await,
            };
            if let Err(error) = settled {
                tracing::error!(job = id, %error, "the queue cannot be written");
            }
            if let Ok(landed) = &done {
                self.flights.changed(&landed.key);
            }
            self.job_waiters.tell(&id, done);
            self.job_waiters.forget_deserted();
        }
    }
}

impl Inner {
    async fn do_job(self: &Arc<Self>, job: &Job) -> Landing {
        let payload: Payload = serde_json::from_slice(&job.payload)
            .map_err(|error| Error::internal(format!("the job cannot be read: {error}")))?;
        let mode = if payload.force { Mode::Force } else { Mode::Find };
        let keyed = self.keyed(&payload)?;
        if let Some(held) = self.held_verdict(&keyed, mode).await {
            return Err(held);
        }
        let ticket = Ticket { caller: Caller::Background, class: Class::Background };
        match self.fly_job(keyed.clone(), mode, &ticket).await {
            // It joined the flight of one who sent the version; by itself it follows its source.
            Err(error) if error.reason() == Reason::SourceChanged && !is_purged(&error) => {
                self.fly_job(keyed, mode, &ticket).await
            }
            landing => landing,
        }
    }

    async fn fly_job(self: &Arc<Self>, keyed: Keyed, mode: Mode, ticket: &Ticket) -> Landing {
        let is_deleted = self
            .tag_from_memory(&keyed.target, None)
            .is_err_and(|error| error.reason() == Reason::SourceDeleted);
        if is_deleted || self.is_buried(&keyed) {
            return Err(source_deleted(&keyed.target));
        }
        let mut boarded = self.depart(vec![(keyed, mode)], &Rank::new(ticket), Moves::Once);
        match boarded.first_mut() {
            Some(boarding) => landing(&mut boarding.waiting).await,
            None => Err(Error::internal("the job took no flight")),
        }
    }

    fn keyed(&self, payload: &Payload) -> Result<Keyed, Error> {
        let parts = crate::model::key::KeyParts::parse(&payload.key)
            .ok_or_else(|| Error::internal(format!("the job has no key: {:?}", payload.key)))?;
        let source = Source {
            store: Some(StoreName::new(&payload.store)?),
            path: SourcePath::new(&payload.path)?,
            version: payload.sent.as_deref().map(Version::new).transpose()?,
            dimensions: None,
        };
        let label = match &payload.spec_id {
            Some(id) => Label::Named(SpecId::new(id)?),
            None => Label::Inline,
        };
        let spec = Arc::new(self.specs.resume(&payload.spec, label)?);
        let target = self.target_of(&source, spec, None)?;
        let tag = match parts.version {
            VersionTag::Current => return Err(Error::internal("a job's key has no version")),
            tag => tag,
        };
        Ok(target.keyed(tag))
    }
}

impl Payload {
    fn new(keyed: &Keyed, mode: Mode) -> Self {
        let target = &keyed.target;
        Self {
            store: target.store.name.as_str().to_owned(),
            path: target.path.as_str().to_owned(),
            sent: target.version.as_ref().map(|version| version.as_str().to_owned()),
            spec_id: match &target.spec.label {
                Label::Named(id) => Some(id.as_str().to_owned()),
                Label::Inline => None,
            },
            spec: target.spec.spec.clone(),
            key: keyed.key.as_str().to_owned(),
            force: mode == Mode::Force,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_was_purged_flies_again_at_once_but_not_for_ever() {
        let rests: Vec<u64> = (0..6).map(|attempts| rest_after_purge(attempts).as_secs()).collect();
        assert_eq!(rests, [0, 0, 0, 5, 10, 20]);
    }
}
