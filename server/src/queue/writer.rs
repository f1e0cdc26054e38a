//! The one thread that writes the database. It takes all requests that have come in while it wrote the last ones and
//! commits them in one transaction: one sync of the disk for as many callers as there are.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime};

use redb::{ReadableTable, WriteTransaction};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::disk::{CRASHES, JOBS, Outcome, TOMBSTONES, boxed};
use super::index::Left;
use super::queue::Shared;
use super::{NewJob, QueueError, Tombstone};

/// Requests in one transaction at most, so that the first of them does not wait for all.
const BATCH: usize = 1024;

/// How long a job rests whose completion or retry could not be written: until then the disk may have recovered.
const SETBACK: Duration = Duration::from_secs(5);

pub(super) enum Change {
    /// Write the job at the place reserved for it.
    Add(u64, NewJob),
    /// Wait until the job at this place, reserved by another call, is on disk.
    Await(u64),
    /// Remove the job.
    Remove(u64),
    /// Give the job back, to be claimed after the wait.
    Delay(u64, Duration),
    /// Forget the key's crashes.
    Forgive(String),
    /// Mark the source as deleted.
    Bury(String, Tombstone),
    /// Take the mark away.
    Exhume(String),
    /// Take the marks of those of these sources away that hold no more: one may have been deleted again since.
    Prune(Vec<String>, SystemTime),
}

/// What one call wants done in one transaction.
pub(super) struct Request {
    pub(super) changes: Vec<Change>,
    pub(super) done: oneshot::Sender<Result<(), QueueError>>,
}

/// Runs until all senders are gone.
pub(super) fn run(requests: &Receiver<Request>, shared: &Shared) {
    // Places whose write failed, for those who wait for one of them.
    let mut failed = HashMap::new();
    loop {
        let first = match requests.try_recv() {
            Ok(first) => first,
            Err(_) => {
                // A failed place is taken out of the index before the next look at the channel, and a wait is sent under
                // the index's lock: so all waits for it have been answered when the channel is empty.
                failed.clear();
                let Ok(first) = requests.recv() else { return };
                first
            }
        };
        let batch: Vec<Request> = std::iter::once(first)
            .chain(std::iter::from_fn(|| requests.try_recv().ok()))
            .take(BATCH)
            .collect();
        let result = commit(shared, &batch, SystemTime::now());
        for Request { changes, done } in batch {
            let answer = apply(shared, changes, &result, &mut failed);
            // A caller that went away does not need the answer.
            let _ = done.send(answer);
        }
        shared.changed.notify_waiters();
    }
}

fn commit(shared: &Shared, batch: &[Request], now: SystemTime) -> Result<(), QueueError> {
    let changes = || batch.iter().flat_map(|request| &request.changes);
    if changes().all(|change| matches!(change, Change::Await(_))) {
        return Ok(());
    }
    shared.transactions.fetch_add(1, Ordering::Relaxed);
    shared.disk.write(|transaction| changes().try_for_each(|change| write(transaction, change, now)))
}

fn write(transaction: &WriteTransaction, change: &Change, now: SystemTime) -> Outcome<()> {
    match change {
        Change::Await(_) => {}
        Change::Add(sequence, NewJob { key, payload, now }) => {
            let mut jobs = transaction.open_table(JOBS).map_err(boxed)?;
            let job = (key.as_str(), 0, milliseconds(*now), 0, payload.as_slice());
            jobs.insert(sequence, job).map_err(boxed)?;
        }
        Change::Remove(sequence) => {
            let mut jobs = transaction.open_table(JOBS).map_err(boxed)?;
            jobs.remove(sequence).map_err(boxed)?;
        }
        Change::Delay(sequence, after) => {
            let mut jobs = transaction.open_table(JOBS).map_err(boxed)?;
            let found = jobs.get(sequence).map_err(boxed)?.map(|job| {
                let (key, attempts, queued_at, _, payload) = job.value();
                (key.to_owned(), attempts, queued_at, payload.to_owned())
            });
            if let Some((key, attempts, queued_at, payload)) = found {
                let not_before = milliseconds(now + *after);
                let job =
                    (key.as_str(), attempts.saturating_add(1), queued_at, not_before, payload.as_slice());
                jobs.insert(sequence, job).map_err(boxed)?;
            }
        }
        Change::Forgive(key) => {
            let mut crashes = transaction.open_table(CRASHES).map_err(boxed)?;
            crashes.remove(key.as_str()).map_err(boxed)?;
        }
        Change::Bury(source, Tombstone { until, version }) => {
            let mut tombstones = transaction.open_table(TOMBSTONES).map_err(boxed)?;
            let tombstone = (milliseconds(*until), version.as_deref().unwrap_or_default());
            tombstones.insert(source.as_str(), tombstone).map_err(boxed)?;
        }
        Change::Exhume(source) => {
            let mut tombstones = transaction.open_table(TOMBSTONES).map_err(boxed)?;
            tombstones.remove(source.as_str()).map_err(boxed)?;
        }
        Change::Prune(sources, now) => {
            let mut tombstones = transaction.open_table(TOMBSTONES).map_err(boxed)?;
            let now = milliseconds(*now);
            for source in sources {
                let until = tombstones.get(source.as_str()).map_err(boxed)?.map(|found| found.value().0);
                if until.is_some_and(|until| until <= now) {
                    tombstones.remove(source.as_str()).map_err(boxed)?;
                }
            }
        }
    }
    Ok(())
}

/// Brings what is in memory after what is on disk, and answers what the caller is to hear.
fn apply(
    shared: &Shared,
    changes: Vec<Change>,
    result: &Result<(), QueueError>,
    failed: &mut HashMap<u64, QueueError>,
) -> Result<(), QueueError> {
    let mut answer = result.clone();
    let mut index = shared.index();
    for change in changes {
        match (change, result) {
            (Change::Add(place, _), Ok(())) => index.settle(place),
            (Change::Add(place, _), Err(error)) => {
                if index.abandon(place, Instant::now() + SETBACK) == Left::Gone {
                    failed.insert(place, error.clone());
                }
            }
            (Change::Await(place), _) => {
                if let Some(error) = failed.get(&place) {
                    answer = Err(error.clone());
                }
            }
            (Change::Remove(place), Ok(())) => index.left(place),
            (Change::Remove(place), Err(_)) => index.return_left(place, Instant::now() + SETBACK),
            (Change::Delay(place, after), Ok(())) => index.delay(place, Instant::now() + after),
            // Its worker has let go of it: kept as claimed, nobody would ever take it up.
            (Change::Delay(place, after), Err(_)) => {
                index.delay(place, Instant::now() + after.max(SETBACK));
            }
            (Change::Forgive(key), Ok(())) => drop(shared.crashes().remove(&key)),
            (Change::Bury(source, tombstone), Ok(())) => shared.tombstones.insert(&source, tombstone),
            (Change::Exhume(source), Ok(())) => shared.tombstones.remove(&source),
            (Change::Prune(sources, now), Ok(())) => shared.tombstones.prune(&sources, now),
            (Change::Forgive(_) | Change::Bury(..) | Change::Exhume(_) | Change::Prune(..), Err(_)) => {}
        }
    }
    answer
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
