//! A decorator for stores behind a network: no more calls at a time than the store bears ([`Pace`]), and another attempt where
//! one failed for a reason that passes, as long as the limits and the [`RetryBudget`] allow.
//!
//! Each attempt is a whole call that queues for a place of its own: none is kept while the next attempt is waited for. An
//! attempt never goes on where another broke off, which could piece a body together from two versions.
//!
//! Streams have places to themselves, because they last as long as their reader likes: slow readers must not keep others from
//! being served. Probes of health and the making of URLs take no place.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use rand::RngExt;

use super::pace::{Pace, Place, Went};
use super::retry_budget::RetryBudget;
use super::{
    Capabilities, Entry, Found, Object, ObjectStream, Operation, Presigned, ReadOptions, Stat, StorageError,
    StorageErrorKind, Store, StoreLimits, Walk, WriteOptions, Written,
};

/// A store with a pace.
pub(super) struct Paced {
    name: String,
    inner: Arc<dyn Store>,
    limits: StoreLimits,
    calls: Arc<Pace>,
    streams: Arc<Pace>,
    budget: RetryBudget,
}

impl Paced {
    /// The store `inner`, of this name in the configuration, within these limits.
    pub(super) fn new(name: &str, inner: Arc<dyn Store>, limits: &StoreLimits) -> Self {
        let pace = || Pace::new(limits.least_concurrency, limits.concurrency);
        Self {
            name: name.to_owned(),
            inner,
            limits: *limits,
            calls: pace(),
            streams: pace(),
            budget: RetryBudget::new(limits.retry_percent),
        }
    }

    /// Calls until it succeeds, fails for good, or no further attempt is allowed.
    async fn call<T, F: Future<Output = Result<T, StorageError>>>(
        &self,
        operation: Operation,
        path: &str,
        attempt: impl Fn() -> F,
    ) -> Result<T, StorageError> {
        self.attempts(&self.calls, operation, path, attempt).await.map(|(found, _)| found)
    }

    /// The same, with the place that the last attempt had.
    async fn attempts<T, F: Future<Output = Result<T, StorageError>>>(
        &self,
        pace: &Arc<Pace>,
        operation: Operation,
        path: &str,
        attempt: impl Fn() -> F,
    ) -> Result<(T, Place), StorageError> {
        self.budget.deposit();
        let mut delay = self.limits.first_retry_delay;
        for left in (0..=self.limits.retries).rev() {
            let place = self.place(pace, operation, path).await?;
            let result = attempt().await;
            self.tell(&place, &result);
            let error = match result {
                Ok(found) => return Ok((found, place)),
                Err(error) => error,
            };
            drop(place);
            if left == 0 || !passes(error.kind()) {
                return Err(error);
            }
            if !self.budget.withdraw() {
                tracing::debug!(store = self.name, %error, "no retry: too many calls fail");
                return Err(error);
            }
            tracing::debug!(store = self.name, %error, "trying again");
            let asked = error.retry_after().unwrap_or_default().min(self.limits.timeout);
            tokio::time::sleep(jittered(delay).max(asked)).await;
            delay = (delay * 2).min(self.limits.timeout);
        }
        Err(self.no_place(operation, path))
    }

    /// A place in the line of `pace`, within the time that a call may take.
    async fn place(&self, pace: &Arc<Pace>, operation: Operation, path: &str) -> Result<Place, StorageError> {
        let placed =
            tokio::time::timeout(self.limits.io_timeout.max(self.limits.timeout), pace.place()).await;
        placed.map_err(|_| self.no_place(operation, path))
    }

    fn no_place(&self, operation: Operation, path: &str) -> StorageError {
        let message = "too many calls wait for the store, and it is slow or asks for fewer";
        StorageError::new(StorageErrorKind::Unavailable, &self.name, operation, path, message)
    }

    fn tell<T>(&self, place: &Place, result: &Result<T, StorageError>) {
        let went = match result {
            Err(error) if passes(error.kind()) => Went::TooMuch,
            _ => Went::Well,
        };
        let Some((before, after)) = place.went(went) else { return };
        if after < before {
            tracing::info!(store = self.name, before, after, "the store is asked less at a time");
        } else if after == self.limits.concurrency {
            tracing::info!(store = self.name, concurrency = after, "the store bears all calls again");
        }
    }
}

/// Whether a failure passes by itself, and is a sign that the store has too much to do.
fn passes(kind: StorageErrorKind) -> bool {
    use StorageErrorKind as Kind;
    match kind {
        Kind::Throttled | Kind::Unavailable => true,
        Kind::NotPermitted
        | Kind::VersionMismatch
        | Kind::TooLarge { .. }
        | Kind::Full
        | Kind::Invalid
        | Kind::Unexpected => false,
    }
}

/// Up to twice the delay.
fn jittered(delay: Duration) -> Duration {
    delay + delay.mul_f64(rand::rng().random())
}

#[async_trait]
impl Store for Paced {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError> {
        self.call(Operation::Stat, path, || self.inner.stat(path)).await
    }

    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError> {
        self.call(Operation::Read, path, || self.inner.read(path, options)).await
    }

    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError> {
        self.call(Operation::Read, path, || self.inner.read_range(path, range.clone())).await
    }

    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError> {
        let open = || self.inner.read_stream(path, range.clone());
        let (found, place) = self.attempts(&self.streams, Operation::Read, path, open).await?;
        Ok(found.map(|(stat, chunks)| {
            let held = chunks.map(move |chunk| {
                let _place = &place;
                chunk
            });
            (stat, held.boxed())
        }))
    }

    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError> {
        self.call(Operation::Write, path, || self.inner.write(path, bytes.clone(), options)).await
    }

    async fn delete(&self, path: &str) -> Result<(), StorageError> {
        self.call(Operation::Delete, path, || self.inner.delete(path)).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError> {
        self.call(Operation::List, folder, || self.inner.list(folder)).await
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError> {
        self.call(Operation::List, walk.folder, || self.inner.walk(walk)).await
    }

    async fn presign_read(
        &self,
        path: &str,
        lifetime: Duration,
        download_name: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError> {
        self.inner.presign_read(path, lifetime, download_name, content_type).await
    }

    async fn probe(&self) -> Result<(), StorageError> {
        self.inner.probe().await
    }
}

#[cfg(test)]
mod tests;
