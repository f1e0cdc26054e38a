//! The queue itself: what callers see, over the index in memory, the database and the journal.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::claim::Claim;
use super::disk::{Disk, io_error};
use super::index::{Index, Left, Reserved};
use super::journal::Journal;
use super::load::{begin_session, load, load_tombstones, read_job};
use super::tombstones::Tombstones;
use super::writer::{self, Change, Request};
use super::{Enqueued, Job, NewJob, QueueError, Tombstone};

/// How many jobs a queue holds unless it is told otherwise.
const MAX_JOBS: usize = 1_000_000;

/// How long a job rests that can't be read from the disk.
const UNREADABLE_DELAY: Duration = Duration::from_secs(1);

/// A durable queue of background jobs and the journal of generations, in one folder that one process uses at a time.
///
/// Dropping it without [`Queue::close`] is what a crash is to it: what was in flight counts as unfinished.
pub struct Queue {
    shared: Arc<Shared>,
    journal: Mutex<Journal>,
    requests: Mutex<Option<Sender<Request>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    max_jobs: usize,
}

/// What the callers share with the writer.
pub(super) struct Shared {
    pub(super) disk: Disk,
    index: Mutex<Index>,
    crashes: Mutex<HashMap<String, u32>>,
    pub(super) tombstones: Tombstones,
    /// Woken after every transaction.
    pub(super) changed: Notify,
    pub(super) transactions: AtomicU64,
}

// A holder's panic leaves these whole: each change under a lock is finished by infallible code.
impl Shared {
    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn crashes(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.crashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("path", &self.shared.disk.path()).field("len", &self.len()).finish()
    }
}

impl Queue {
    /// Opens the queue in the folder `path`, which is created if it is missing; it may hold a million jobs. Blocks while
    /// it reads them.
    ///
    /// # Errors
    /// `Locked` if another process has it open; else what the file system or the database says.
    pub fn open(path: &Path) -> Result<Arc<Self>, QueueError> {
        Self::open_bounded(path, MAX_JOBS)
    }

    /// The same with a bound of its own on the number of jobs.
    pub fn open_bounded(path: &Path, max_jobs: usize) -> Result<Arc<Self>, QueueError> {
        std::fs::create_dir_all(path).map_err(|error| io_error(path, error))?;
        let disk = Disk::open(&path.join("queue.redb"))?;
        // The database's lock guards the journal too, so it is looked at only now.
        let (journal, crashes) = begin_session(&disk, &path.join("running"))?;
        let index = Mutex::new(load(&disk)?);
        let tombstones = load_tombstones(&disk)?;
        let shared = Arc::new(Shared {
            disk,
            index,
            crashes: Mutex::new(crashes),
            tombstones,
            changed: Notify::new(),
            transactions: AtomicU64::new(0),
        });
        let (sender, receiver) = channel();
        let writers = Arc::clone(&shared);
        let writer = std::thread::Builder::new()
            .name("queue-writer".to_owned())
            .spawn(move || writer::run(&receiver, &writers))
            .map_err(|error| io_error(path, error))?;
        Ok(Arc::new(Self {
            shared,
            journal: Mutex::new(journal),
            requests: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
            max_jobs,
        }))
    }

    /// Queues the jobs whose keys are not queued, all or none. They are on disk when this returns, and one answer stands
    /// for each, in order. Dropping the future does not undo it.
    ///
    /// # Errors
    /// `Full` if there is no room for all of them.
    pub async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<Vec<Enqueued>, QueueError> {
        let mut changes = Vec::with_capacity(jobs.len());
        let mut answers = Vec::with_capacity(jobs.len());
        let done = {
            let mut index = self.shared.index();
            let new: HashSet<&str> =
                jobs.iter().map(|job| job.key.as_str()).filter(|key| index.sequence(key).is_none()).collect();
            if index.len() + new.len() > self.max_jobs {
                return Err(QueueError::Full { max: self.max_jobs });
            }
            for job in jobs {
                let (change, answer) = match index.reserve(&job.key) {
                    Reserved::New(place) => (Change::Add(place, job), Enqueued::Added),
                    Reserved::Taken(place) => (Change::Await(place), Enqueued::AlreadyQueued),
                };
                changes.push(change);
                answers.push(answer);
            }
            // Under the index's lock, so that who finds a place taken sends after the one who took it.
            self.send(changes, &mut index)?
        };
        answer(done).await?;
        Ok(answers)
    }

    /// Whether a job of this key is on disk. Asks memory alone.
    pub fn is_queued(&self, key: &str) -> bool {
        self.shared.index().is_queued(key)
    }

    /// The number of jobs, claimed ones included.
    pub fn len(&self) -> usize {
        self.shared.index().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many transactions were begun since the queue was opened: what the callers' requests came to on disk.
    pub fn transactions(&self) -> u64 {
        self.shared.transactions.load(Ordering::Relaxed)
    }

    /// Waits for a job and claims it: nobody else is given it until it is retried, or the queue is opened anew. Oldest
    /// first; jobs that rest after a retry are passed over until their time. Dropping the future gives the job back.
    /// On a closed queue this waits for ever.
    pub async fn next(&self) -> Job {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let (claimed, earliest) = {
                let mut index = self.shared.index();
                (index.claim(Instant::now()), index.earliest())
            };
            if let Some(place) = claimed {
                if let Some(job) = self.load_claimed(place).await {
                    return job;
                }
                continue;
            }
            match earliest {
                Some(earliest) => drop(tokio::time::timeout_at(earliest, changed).await),
                None => changed.await,
            }
        }
    }

    async fn load_claimed(&self, place: u64) -> Option<Job> {
        let claim = Claim::new(&self.shared, place);
        let shared = Arc::clone(&self.shared);
        let read = tokio::task::spawn_blocking(move || read_job(&shared.disk, place)).await;
        match read {
            Ok(Ok(Some(job))) => {
                claim.give();
                Some(job)
            }
            // Not on disk: completed by its key while it was being claimed.
            Ok(Ok(None)) => {
                claim.give();
                self.shared.index().drop_claimed(place);
                None
            }
            Ok(Err(QueueError::Closed)) | Err(_) => {
                claim.give();
                std::future::pending().await
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "can't read a queued job");
                claim.give();
                self.shared.index().delay(place, Instant::now() + UNREADABLE_DELAY);
                None
            }
        }
    }

    /// Removes the key's job; it is off the disk when this returns. If it was enqueued again since it was claimed, it stays
    /// and can be claimed once more. An unknown key is fine.
    ///
    /// # Errors
    /// What the disk says; the job is then given back after some seconds.
    pub async fn complete(&self, key: &str) -> Result<(), QueueError> {
        self.change(key, |index, place| match index.leave(place) {
            Left::Gone => Change::Remove(place),
            Left::Stays => Change::Await(place),
        })
        .await
    }

    /// Gives the key's job back, with one more attempt to its name, to be claimed again after the wait. An unknown key is
    /// fine.
    ///
    /// # Errors
    /// What the disk says; the job is given back all the same, after some seconds at least, but the attempt is not counted.
    pub async fn retry(&self, key: &str, after: Duration) -> Result<(), QueueError> {
        self.change(key, |_, place| Change::Delay(place, after)).await
    }

    async fn change(
        &self,
        key: &str,
        change: impl FnOnce(&mut Index, u64) -> Change,
    ) -> Result<(), QueueError> {
        let done = {
            let mut index = self.shared.index();
            let Some(place) = index.sequence(key) else { return Ok(()) };
            let change = change(&mut index, place);
            self.send(vec![change], &mut index)?
        };
        answer(done).await
    }

    /// Notes that the generation of these keys begins. Survives the death of this process from the moment it returns, not
    /// a power cut; costs one write to the page cache, so it is done right here.
    pub fn begin(&self, keys: &[String]) -> Result<(), QueueError> {
        self.journal().begin(keys).map_err(|error| io_error(self.shared.disk.path(), error))
    }

    /// Notes that the generation of these keys ended, however it ended.
    pub fn end(&self, keys: &[String]) {
        if let Err(error) = self.journal().end(keys) {
            tracing::warn!(%error, "can't note the end of generations; a crash now would be held against them");
        }
    }

    /// In how many unclean exits this key was found unfinished since it was last forgiven.
    pub fn crashes(&self, key: &str) -> u32 {
        self.shared.crashes().get(key).copied().unwrap_or(0)
    }

    /// Forgets the key's crashes. Asks memory alone where there are none.
    pub async fn forgive(&self, key: &str) -> Result<(), QueueError> {
        if self.crashes(key) == 0 {
            return Ok(());
        }
        let done = {
            let mut index = self.shared.index();
            self.send(vec![Change::Forgive(key.to_owned())], &mut index)?
        };
        answer(done).await
    }

    /// Removes the jobs whose keys lie in one of these folders (have nothing but a name after it and a slash) and that no
    /// worker has in hand, and answers which ones those were; they are off the disk when this returns. Takes the time of
    /// those jobs, however many others there are.
    ///
    /// # Errors
    /// What the disk says; the jobs are then given back after some seconds.
    pub async fn drop_jobs(&self, folders: &[&str]) -> Result<Vec<String>, QueueError> {
        let (done, dropped) = {
            let mut index = self.shared.index();
            let waiting: Vec<_> = folders.iter().flat_map(|folder| index.waiting(folder)).collect();
            if waiting.is_empty() {
                return Ok(Vec::new());
            }
            let mut changes = Vec::with_capacity(waiting.len());
            let mut dropped = Vec::with_capacity(waiting.len());
            for (key, place) in waiting {
                if index.leave(place) == Left::Gone {
                    changes.push(Change::Remove(place));
                    dropped.push(key);
                }
            }
            (self.send(changes, &mut index)?, dropped)
        };
        answer(done).await?;
        Ok(dropped)
    }

    /// Marks a source as deleted; on disk when this returns.
    pub async fn bury(&self, source: &str, tombstone: Tombstone) -> Result<(), QueueError> {
        let done = {
            let mut index = self.shared.index();
            self.send(vec![Change::Bury(source.to_owned(), tombstone)], &mut index)?
        };
        answer(done).await
    }

    /// Takes the mark of a source away. Asks memory alone where there is none.
    pub async fn exhume(&self, source: &str) -> Result<(), QueueError> {
        if !self.shared.tombstones.contains(source) {
            return Ok(());
        }
        let done = {
            let mut index = self.shared.index();
            self.send(vec![Change::Exhume(source.to_owned())], &mut index)?
        };
        answer(done).await
    }

    /// Whether any source is marked as deleted. Takes no lock.
    pub fn has_tombstones(&self) -> bool {
        !self.shared.tombstones.is_empty()
    }

    /// The mark of the source `{store}/{path}`, if it holds at `now`. Takes no lock as long as there are none at all.
    pub fn tombstone(&self, store: &str, path: &str, now: SystemTime) -> Option<Tombstone> {
        self.shared.tombstones.get(store, path, now)
    }

    /// Removes the marks that hold no more at `now`; writes nothing where there are none such.
    pub async fn prune_tombstones(&self, now: SystemTime) -> Result<(), QueueError> {
        let sources = self.shared.tombstones.expired(now);
        if sources.is_empty() {
            return Ok(());
        }
        let done = {
            let mut index = self.shared.index();
            self.send(vec![Change::Prune(sources, now)], &mut index)?
        };
        answer(done).await
    }

    /// Writes what is under way, forgives what still runs, and closes the files: another process may open the queue when
    /// this returns. Every later call answers `Closed`.
    pub async fn close(&self) {
        if let Some(writer) = self.stop() {
            // Joining takes as long as the last transaction does. A panic of the writer has been reported by itself.
            let _ = tokio::task::spawn_blocking(move || writer.join()).await;
            if let Err(error) = self.journal().close() {
                tracing::warn!(%error, "can't clear the journal; what still ran counts as crashed");
            }
            self.shared.disk.close();
        }
    }

    #[cfg(test)]
    pub(super) fn disk(&self) -> &Disk {
        &self.shared.disk
    }

    fn stop(&self) -> Option<JoinHandle<()>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(
        &self,
        changes: Vec<Change>,
        index: &mut Index,
    ) -> Result<oneshot::Receiver<Result<(), QueueError>>, QueueError> {
        let (done, receiver) = oneshot::channel();
        let request = Request { changes, done };
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent = match &*requests {
            Some(sender) => sender.send(request).err().map(|error| error.0),
            None => Some(request),
        };
        let Some(unsent) = unsent else { return Ok(receiver) };
        for change in unsent.changes {
            if let Change::Add(place, _) = change {
                index.abandon(place, Instant::now());
            }
        }
        Err(QueueError::Closed)
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        if let Some(writer) = self.stop() {
            // The file's lock must be free when the queue is gone.
            let _ = writer.join();
        }
    }
}

async fn answer(done: oneshot::Receiver<Result<(), QueueError>>) -> Result<(), QueueError> {
    done.await.unwrap_or(Err(QueueError::Closed))
}
