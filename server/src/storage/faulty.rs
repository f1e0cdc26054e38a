//! A decorator that fails on purpose, for tests: at random in given shares, repeatable by its seed, or one call at a time
//! as a script says.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;

use super::{
    Capabilities, Entry, Found, Object, ObjectStream, Operation, Presigned, ReadOptions, Stat, StorageError,
    StorageErrorKind, Store, Walk, WriteOptions, Written,
};

/// What befalls one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails, and the store never hears of it.
    Fail(StorageErrorKind),
    /// The store does it, and the caller is told that it failed.
    LoseAnswer(StorageErrorKind),
    /// It reaches the store late.
    Delay(Duration),
}

/// Which share of calls is befallen. The shares are probabilities from 0 to 1; by default nothing happens.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultRates {
    /// The operations concerned.
    pub operations: Vec<Operation>,
    /// Share of calls that fail unheard.
    pub fail: f64,
    /// Share of calls whose answer is lost.
    pub lose_answer: f64,
    /// What those failures are.
    pub kind: StorageErrorKind,
    /// Share of the other calls that come late.
    pub delay: f64,
    /// How late at most.
    pub longest_delay: Duration,
}

impl Default for FaultRates {
    fn default() -> Self {
        Self {
            operations: Vec::new(),
            fail: 0.0,
            lose_answer: 0.0,
            kind: StorageErrorKind::Unavailable,
            delay: 0.0,
            longest_delay: Duration::ZERO,
        }
    }
}

/// A store with faults. What the script says comes before what chance says.
pub struct Faulty {
    inner: Arc<dyn Store>,
    rates: FaultRates,
    state: Mutex<State>,
}

struct State {
    random: StdRng,
    script: HashMap<Operation, VecDeque<Step>>,
}

enum Step {
    Fault(Fault),
    Hold(Held, watch::Sender<bool>, watch::Receiver<bool>),
}

/// What of a call is held.
enum Held {
    Call,
    Answer,
}

/// A call that is held before it reaches the store, or its answer. Dropping this releases it.
pub struct Hold {
    reached: watch::Receiver<bool>,
    released: watch::Sender<bool>,
}

impl Hold {
    /// Waits until the call has come, or its answer.
    pub async fn reached(&mut self) {
        // An error: the store was dropped, and nobody will come.
        let _ = self.reached.wait_for(|reached| *reached).await;
    }

    /// Lets the call go on.
    pub fn release(self) {
        self.released.send_replace(true);
    }
}

impl Faulty {
    /// No faults but those that are scripted.
    pub fn scripted(inner: Arc<dyn Store>) -> Self {
        Self::new(inner, 0, FaultRates::default())
    }

    /// Faults by chance, the same ones for the same seed and order of calls.
    pub fn new(inner: Arc<dyn Store>, seed: u64, rates: FaultRates) -> Self {
        let state = State { random: StdRng::seed_from_u64(seed), script: HashMap::new() };
        Self { inner, rates, state: Mutex::new(state) }
    }

    /// The next call of `operation` that no earlier script speaks of meets this fault.
    pub fn fault_next(&self, operation: Operation, fault: Fault) {
        self.state().script.entry(operation).or_default().push_back(Step::Fault(fault));
    }

    /// The same with a failure that the store never hears of.
    pub fn fail_next(&self, operation: Operation, kind: StorageErrorKind) {
        self.fault_next(operation, Fault::Fail(kind));
    }

    /// The next call of `operation` that no earlier script speaks of is held until it is released.
    pub fn hold_next(&self, operation: Operation) -> Hold {
        self.hold(operation, Held::Call)
    }

    /// The same with the answer: the store has done what was asked.
    pub fn hold_next_answer(&self, operation: Operation) -> Hold {
        self.hold(operation, Held::Answer)
    }

    fn hold(&self, operation: Operation, held: Held) -> Hold {
        let (reach, reached) = watch::channel(false);
        let (released, release) = watch::channel(false);
        self.state().script.entry(operation).or_default().push_back(Step::Hold(held, reach, release));
        Hold { reached, released }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_step(&self, operation: Operation) -> Option<Step> {
        let mut state = self.state();
        let scripted = state.script.get_mut(&operation).and_then(VecDeque::pop_front);
        if scripted.is_some() || !self.rates.operations.contains(&operation) {
            return scripted;
        }
        let chance = |share: f64, random: &mut StdRng| random.random_bool(share.clamp(0.0, 1.0));
        let random = &mut state.random;
        if chance(self.rates.fail, random) {
            Some(Step::Fault(Fault::Fail(self.rates.kind)))
        } else if chance(self.rates.lose_answer, random) {
            Some(Step::Fault(Fault::LoseAnswer(self.rates.kind)))
        } else if chance(self.rates.delay, random) {
            let delay = self.rates.longest_delay.mul_f64(random.random());
            Some(Step::Fault(Fault::Delay(delay)))
        } else {
            None
        }
    }

    async fn call<T>(
        &self,
        operation: Operation,
        path: &str,
        call: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let error = |kind| StorageError::new(kind, "faulty", operation, path, "a fault on purpose");
        match self.next_step(operation) {
            None => call.await,
            Some(Step::Fault(Fault::Fail(kind))) => Err(error(kind)),
            Some(Step::Fault(Fault::LoseAnswer(kind))) => call.await.and(Err(error(kind))),
            Some(Step::Fault(Fault::Delay(delay))) => {
                tokio::time::sleep(delay).await;
                call.await
            }
            Some(Step::Hold(held, reached, mut released)) => {
                let mut call = pin!(call);
                let answer = match held {
                    Held::Call => None,
                    Held::Answer => Some(call.as_mut().await),
                };
                reached.send_replace(true);
                // An error: the hold was dropped, which releases too.
                let _ = released.wait_for(|released| *released).await;
                match answer {
                    Some(answer) => answer,
                    None => call.await,
                }
            }
        }
    }
}

#[async_trait]
impl Store for Faulty {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError> {
        self.call(Operation::Stat, path, self.inner.stat(path)).await
    }

    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError> {
        self.call(Operation::Read, path, self.inner.read(path, options)).await
    }

    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError> {
        self.call(Operation::Read, path, self.inner.read_range(path, range)).await
    }

    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError> {
        self.call(Operation::Read, path, self.inner.read_stream(path, range)).await
    }

    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError> {
        self.call(Operation::Write, path, self.inner.write(path, bytes, options)).await
    }

    async fn delete(&self, path: &str) -> Result<(), StorageError> {
        self.call(Operation::Delete, path, self.inner.delete(path)).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError> {
        self.call(Operation::List, folder, self.inner.list(folder)).await
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError> {
        self.call(Operation::List, walk.folder, self.inner.walk(walk)).await
    }

    async fn presign_read(
        &self,
        path: &str,
        lifetime: Duration,
        download_name: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError> {
        let call = self.inner.presign_read(path, lifetime, download_name, content_type);
        self.call(Operation::Presign, path, call).await
    }

    async fn probe(&self) -> Result<(), StorageError> {
        self.call(Operation::Probe, "", self.inner.probe()).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::{StoreLimits, StoreSettings, open};
    use super::*;

    fn memory() -> Arc<dyn Store> {
        open("memory", &StoreSettings::Memory, &StoreLimits::default()).unwrap()
    }

    async fn write(store: &Faulty, path: &str) -> Result<Written, StorageErrorKind> {
        let written = store.write(path, Bytes::from("x"), &WriteOptions::default()).await;
        written.map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn a_scripted_fault_befalls_the_next_call_of_its_operation_and_no_other() {
        let store = Faulty::scripted(memory());
        store.fail_next(Operation::Write, StorageErrorKind::Full);
        store.fault_next(Operation::Write, Fault::LoseAnswer(StorageErrorKind::Unavailable));
        assert_eq!(store.stat("a").await.unwrap(), None);
        assert_eq!(write(&store, "a").await, Err(StorageErrorKind::Full));
        assert_eq!(store.stat("a").await.unwrap(), None);
        assert_eq!(write(&store, "a").await, Err(StorageErrorKind::Unavailable));
        assert!(store.stat("a").await.unwrap().is_some());
        assert_eq!(write(&store, "a").await, Ok(Written::AlreadyThere));
    }

    #[tokio::test]
    async fn a_held_call_waits_for_its_release_and_reaches_the_store_afterwards() {
        let inner = memory();
        let store = Arc::new(Faulty::scripted(Arc::clone(&inner)));
        let mut hold = store.hold_next(Operation::Write);
        let writer = tokio::spawn({
            let store = Arc::clone(&store);
            async move { write(&store, "a").await }
        });
        hold.reached().await;
        assert_eq!(inner.stat("a").await.unwrap(), None);
        assert!(!writer.is_finished());
        hold.release();
        assert!(matches!(writer.await.unwrap(), Ok(Written::Created(_))));
    }

    #[tokio::test]
    async fn a_held_answer_tells_what_was_so_before_its_release() {
        let inner = memory();
        let store = Arc::new(Faulty::scripted(Arc::clone(&inner)));
        write(&store, "a").await.unwrap();
        let mut hold = store.hold_next_answer(Operation::Stat);
        let asked = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.stat("a").await }
        });
        hold.reached().await;
        inner.delete("a").await.unwrap();
        assert!(!asked.is_finished());
        hold.release();
        assert!(asked.await.unwrap().unwrap().is_some());
    }

    #[tokio::test]
    async fn the_same_seed_brings_the_same_faults_in_the_share_asked_for() {
        let run = async |seed| {
            let rates = FaultRates { operations: vec![Operation::Stat], fail: 0.3, ..FaultRates::default() };
            let store = Faulty::new(memory(), seed, rates);
            let mut failed = Vec::new();
            for _ in 0..1000 {
                failed.push(store.stat("a").await.is_err());
                store.list("").await.unwrap();
            }
            failed
        };
        let first = run(7).await;
        assert_eq!(first, run(7).await);
        assert_ne!(first, run(8).await);
        let share = first.iter().filter(|failed| **failed).count();
        assert!((250..350).contains(&share), "{share} of 1000 failed");
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_call_is_late_and_still_done() {
        let store = Faulty::scripted(memory());
        store.fault_next(Operation::Write, Fault::Delay(Duration::from_secs(30)));
        let before = tokio::time::Instant::now();
        assert!(matches!(write(&store, "a").await, Ok(Written::Created(_))));
        assert_eq!(before.elapsed().as_secs(), 30);
    }
}
