//! What is found on disk: a single job, all jobs when the queue is opened, and what the last session left unfinished.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use redb::{ReadableTable, TableDefinition};
use tokio::time::Instant;

use super::disk::{CRASHES, Disk, JOBS, TOMBSTONES, boxed, io_error};
use super::index::Index;
use super::journal::Journal;
use super::tombstones::Tombstones;
use super::writer::milliseconds;
use super::{Job, QueueError, Tombstone};

/// Single numbers by name.
const NUMBERS: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");

/// The session whose leftovers were counted last.
const COUNTED_SESSION: &str = "counted session";

/// The job at this place, if it is there.
pub(super) fn read_job(disk: &Disk, place: u64) -> Result<Option<Job>, QueueError> {
    disk.read(|transaction| {
        let jobs = transaction.open_table(JOBS).map_err(boxed)?;
        let job = jobs.get(place).map_err(boxed)?;
        Ok(job.map(|job| {
            let (key, attempts, queued_at, _, payload) = job.value();
            let enqueued_at = SystemTime::UNIX_EPOCH + Duration::from_millis(queued_at);
            Job { key: key.to_owned(), payload: payload.to_owned(), attempts, enqueued_at }
        }))
    })
}

/// All jobs in order.
pub(super) fn load(disk: &Disk) -> Result<Index, QueueError> {
    let (now, wall) = (Instant::now(), milliseconds(SystemTime::now()));
    disk.read(|transaction| {
        let mut index = Index::default();
        let jobs = transaction.open_table(JOBS).map_err(boxed)?;
        for job in jobs.iter().map_err(boxed)? {
            let (place, job) = job.map_err(boxed)?;
            let (key, _, _, not_before, _) = job.value();
            let rest = not_before.checked_sub(wall).filter(|rest| *rest > 0).map(Duration::from_millis);
            index.restore(place.value(), key, rest.and_then(|rest| now.checked_add(rest)));
        }
        Ok(index)
    })
}

/// All tombstones that hold still; the others are removed.
pub(super) fn load_tombstones(disk: &Disk) -> Result<Tombstones, QueueError> {
    let now = milliseconds(SystemTime::now());
    disk.write(|transaction| {
        let mut tombstones = transaction.open_table(TOMBSTONES).map_err(boxed)?;
        tombstones.retain(|_, (until, _)| until > now).map_err(boxed)
    })?;
    disk.read(|transaction| {
        let tombstones = transaction.open_table(TOMBSTONES).map_err(boxed)?;
        let all = Tombstones::default();
        for tombstone in tombstones.iter().map_err(boxed)? {
            let (source, tombstone) = tombstone.map_err(boxed)?;
            let (until, version) = tombstone.value();
            let until = SystemTime::UNIX_EPOCH + Duration::from_millis(until);
            let version = (!version.is_empty()).then(|| version.to_owned());
            all.insert(source.value(), Tombstone { until, version });
        }
        Ok(all)
    })
}

/// Counts what the last session left unfinished, once, and begins the next one.
pub(super) fn begin_session(disk: &Disk, path: &Path) -> Result<(Journal, HashMap<String, u32>), QueueError> {
    let failed = |error| io_error(path, error);
    let leftover = Journal::leftover(path).map_err(failed)?;
    disk.write(|transaction| {
        transaction.open_table(JOBS).map_err(boxed)?;
        let mut crashes = transaction.open_table(CRASHES).map_err(boxed)?;
        let mut numbers = transaction.open_table(NUMBERS).map_err(boxed)?;
        let counted = numbers.get(COUNTED_SESSION).map_err(boxed)?.map_or(0, |number| number.value());
        if leftover.session <= counted {
            return Ok(());
        }
        for key in &leftover.keys {
            let count = crashes.get(key.as_str()).map_err(boxed)?.map_or(0, |count| count.value());
            crashes.insert(key.as_str(), count.saturating_add(1)).map_err(boxed)?;
        }
        numbers.insert(COUNTED_SESSION, leftover.session).map_err(boxed)?;
        Ok(())
    })?;
    let (session, crashes) = disk.read(|transaction| {
        let numbers = transaction.open_table(NUMBERS).map_err(boxed)?;
        let counted = numbers.get(COUNTED_SESSION).map_err(boxed)?.map_or(0, |number| number.value());
        let mut crashes = HashMap::new();
        for crash in transaction.open_table(CRASHES).map_err(boxed)?.iter().map_err(boxed)? {
            let (key, count) = crash.map_err(boxed)?;
            crashes.insert(key.value().to_owned(), count.value());
        }
        Ok((counted + 1, crashes))
    })?;
    if !leftover.keys.is_empty() {
        tracing::warn!(keys = leftover.keys.len(), "the last run ended with generations unfinished");
    }
    Ok((Journal::begin_session(path, session).map_err(failed)?, crashes))
}
