//! A decorator that counts the calls on a store: for the metrics, and for tests that assert how many there were.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    Capabilities, Entry, Found, Object, ObjectStream, Operation, Presigned, ReadOptions, Stat, StorageError,
    Store, Walk, WriteOptions, Written,
};

/// How many calls were made, by operation. Each counts when it begins; retries inside the store don't count.
#[derive(Debug, Default)]
pub struct Counts {
    stat: AtomicU64,
    read: AtomicU64,
    write: AtomicU64,
    delete: AtomicU64,
    list: AtomicU64,
    presign: AtomicU64,
    probe: AtomicU64,
    errors: AtomicU64,
}

impl Counts {
    /// Calls of `stat`.
    pub fn stat(&self) -> u64 {
        self.of(Operation::Stat)
    }

    /// Calls of `read`, `read_range` and `read_stream` together.
    pub fn read(&self) -> u64 {
        self.of(Operation::Read)
    }

    /// Calls of `write`.
    pub fn write(&self) -> u64 {
        self.of(Operation::Write)
    }

    /// Calls of `delete`.
    pub fn delete(&self) -> u64 {
        self.of(Operation::Delete)
    }

    /// Calls of `list` and `walk` together.
    pub fn list(&self) -> u64 {
        self.of(Operation::List)
    }

    /// Calls of `presign_read`, which asks the storage nothing.
    pub fn presign(&self) -> u64 {
        self.of(Operation::Presign)
    }

    /// Calls of `operation`; zero for `Open`, which is none.
    pub fn of(&self, operation: Operation) -> u64 {
        self.counter(operation).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }

    /// Calls that ask the storage something for a user: all but `presign` and `probe`.
    pub fn total(&self) -> u64 {
        self.stat() + self.read() + self.write() + self.delete() + self.list()
    }

    /// Calls that failed, probes included; what is not there is no failure. Chunks of a stream count one each.
    pub fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    fn counter(&self, operation: Operation) -> Option<&AtomicU64> {
        match operation {
            Operation::Open => None,
            Operation::Stat => Some(&self.stat),
            Operation::Read => Some(&self.read),
            Operation::Write => Some(&self.write),
            Operation::Delete => Some(&self.delete),
            Operation::List => Some(&self.list),
            Operation::Presign => Some(&self.presign),
            Operation::Probe => Some(&self.probe),
        }
    }

    fn begin(&self, operation: Operation) {
        if let Some(counter) = self.counter(operation) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn end<T>(&self, result: Result<T, StorageError>) -> Result<T, StorageError> {
        if result.is_err() {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
        result
    }
}

/// A store that counts its calls.
pub struct Counting {
    inner: Arc<dyn Store>,
    counts: Arc<Counts>,
}

impl Counting {
    /// Counts the calls on `inner` from zero.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, counts: Arc::default() }
    }

    /// The counters, live.
    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }
}

#[async_trait]
impl Store for Counting {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError> {
        self.counts.begin(Operation::Stat);
        self.counts.end(self.inner.stat(path).await)
    }

    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError> {
        self.counts.begin(Operation::Read);
        self.counts.end(self.inner.read(path, options).await)
    }

    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError> {
        self.counts.begin(Operation::Read);
        self.counts.end(self.inner.read_range(path, range).await)
    }

    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError> {
        use futures_util::StreamExt;

        self.counts.begin(Operation::Read);
        let counts = self.counts();
        let found = self.counts.end(self.inner.read_stream(path, range).await)?;
        Ok(found.map(|(stat, chunks)| (stat, chunks.map(move |chunk| counts.end(chunk)).boxed())))
    }

    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError> {
        self.counts.begin(Operation::Write);
        self.counts.end(self.inner.write(path, bytes, options).await)
    }

    async fn delete(&self, path: &str) -> Result<(), StorageError> {
        self.counts.begin(Operation::Delete);
        self.counts.end(self.inner.delete(path).await)
    }

    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError> {
        self.counts.begin(Operation::List);
        self.counts.end(self.inner.list(folder).await)
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError> {
        self.counts.begin(Operation::List);
        self.counts.end(self.inner.walk(walk).await)
    }

    async fn presign_read(
        &self,
        path: &str,
        lifetime: Duration,
        download_name: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError> {
        self.counts.begin(Operation::Presign);
        self.counts.end(self.inner.presign_read(path, lifetime, download_name, content_type).await)
    }

    async fn probe(&self) -> Result<(), StorageError> {
        self.counts.begin(Operation::Probe);
        self.counts.end(self.inner.probe().await)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_util::TryStreamExt;

    use super::super::{Faulty, StorageErrorKind, StoreLimits, StoreSettings, open};
    use super::*;

    #[tokio::test]
    async fn every_call_counts_once_where_it_belongs() {
        let memory = open("memory", &StoreSettings::Memory, &StoreLimits::default()).unwrap();
        let store = Counting::new(memory);
        let counts = store.counts();
        store.write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap();
        store.stat("a").await.unwrap();
        store.stat("nothing").await.unwrap();
        store.read("a", &ReadOptions::default()).await.unwrap();
        store.read_range("a", 0..1).await.unwrap();
        let (_, chunks) = store.read_stream("a", None).await.unwrap().unwrap();
        assert_eq!(chunks.try_collect::<Vec<_>>().await.unwrap(), ["x"]);
        store.list("").await.unwrap();
        store.delete("a").await.unwrap();
        store.presign_read("a", Duration::from_secs(1), None, None).await.unwrap();
        store.probe().await.unwrap();
        let seen =
            [counts.write(), counts.stat(), counts.read(), counts.list(), counts.delete(), counts.presign()];
        assert_eq!(seen, [1, 2, 3, 1, 1, 1]);
        assert_eq!((counts.total(), counts.errors()), (8, 0));
        assert_eq!((counts.of(Operation::Probe), counts.of(Operation::Open)), (1, 0));
    }

    #[tokio::test]
    async fn a_failed_call_counts_as_a_call_and_as_an_error() {
        let memory = open("memory", &StoreSettings::Memory, &StoreLimits::default()).unwrap();
        let faulty = Faulty::scripted(memory);
        faulty.fail_next(Operation::Stat, StorageErrorKind::Unavailable);
        let store = Counting::new(Arc::new(faulty));
        store.stat("a").await.unwrap_err();
        store.stat("a").await.unwrap();
        assert_eq!((store.counts().stat(), store.counts().errors()), (2, 1));
    }
}
