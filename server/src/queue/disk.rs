//! The database file: what is in it, and how it is read and written.
//!
//! A transaction is on the disk when `write` returns. After an error of the file system the database accepts nothing
//! more until it is opened anew, so that is done here: a disk that was full for a while costs the calls of that while.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use redb::{Database, DatabaseError, ReadTransaction, ReadableDatabase, TableDefinition, WriteTransaction};

use super::QueueError;

/// Sequence number to job: key, attempts, queued at, not before (both in milliseconds since 1970), payload. The sequence
/// is the order of queueing.
pub(super) const JOBS: TableDefinition<'_, u64, (&str, u32, u64, u64, &[u8])> = TableDefinition::new("jobs");

/// Source to the tombstone: until when it holds (milliseconds since 1970), and the version that was there, or nothing.
pub(super) const TOMBSTONES: TableDefinition<'_, &str, (u64, &str)> = TableDefinition::new("tombstones");

/// Spec and format to the digest that it has, and when that was first seen (milliseconds since 1970).
pub(super) const SIGHTINGS: TableDefinition<'_, &str, (&str, u64)> = TableDefinition::new("sightings");

/// Key to the number of unclean exits that found it unfinished.
pub(super) const CRASHES: TableDefinition<'_, &str, u32> = TableDefinition::new("crashes");

/// The database's own cache in bytes; jobs are small, and the kernel caches too.
const CACHE: usize = 16 << 20;

pub(super) type Outcome<T> = Result<T, Box<redb::Error>>;

/// Boxes what the database says: its error type is large.
pub(super) fn boxed<E: Into<redb::Error>>(error: E) -> Box<redb::Error> {
    Box::new(error.into())
}

pub(super) struct Disk {
    path: PathBuf,
    database: RwLock<Handle>,
}

enum Handle {
    Open(Database),
    /// An error of the file system made it useless.
    Failed,
    Closed,
}

impl Disk {
    pub(super) fn open(path: &Path) -> Result<Self, QueueError> {
        let database = RwLock::new(Handle::Open(open(path)?));
        Ok(Self { path: path.to_owned(), database })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&ReadTransaction) -> Outcome<T>) -> Result<T, QueueError> {
        let mut guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
        // A writer may fail between the opening and the look at it, but not for ever.
        while matches!(*guard, Handle::Failed) {
            drop(guard);
            self.reopen_if_failed()?;
            guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
        }
        let Handle::Open(database) = &*guard else { return Err(QueueError::Closed) };
        let result = database.begin_read().map_err(boxed).and_then(|transaction| work(&transaction));
        result.map_err(|error| self.error(*error))
    }

    pub(super) fn write(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Outcome<()>,
    ) -> Result<(), QueueError> {
        self.reopen_if_failed()?;
        let result = {
            let guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
            let Handle::Open(database) = &*guard else { return Err(QueueError::Closed) };
            database.begin_write().map_err(boxed).and_then(|transaction| {
                work(&transaction)?;
                transaction.commit().map_err(boxed)
            })
        };
        result.map_err(|error| {
            *self.database.write().unwrap_or_else(PoisonError::into_inner) = Handle::Failed;
            self.error(*error)
        })
    }

    fn reopen_if_failed(&self) -> Result<(), QueueError> {
        let mut guard = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*guard, Handle::Failed) {
            *guard = Handle::Open(open(&self.path)?);
        }
        Ok(())
    }

    /// Closes the file and gives its lock back.
    pub(super) fn close(&self) {
        *self.database.write().unwrap_or_else(PoisonError::into_inner) = Handle::Closed;
    }

    fn error(&self, error: redb::Error) -> QueueError {
        broken(&self.path, error)
    }
}

fn open(path: &Path) -> Result<Database, QueueError> {
    Database::builder().set_cache_size(CACHE).create(path).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            QueueError::Locked { path: path.to_owned() }
        }
        other => broken(path, other.into()),
    })
}

fn broken(path: &Path, error: redb::Error) -> QueueError {
    match error {
        redb::Error::Io(error) => io_error(path, error),
        other => QueueError::Broken { path: path.to_owned(), source: Arc::new(other) },
    }
}

/// An error of the file system on one of the queue's files.
pub(super) fn io_error(path: &Path, error: std::io::Error) -> QueueError {
    use std::io::ErrorKind;

    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => QueueError::NoSpace { path: path.to_owned() },
        _ => QueueError::Broken { path: path.to_owned(), source: Arc::new(error) },
    }
}
