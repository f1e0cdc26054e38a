//! One piece of work for all who ask for the same thing at the same time.
//!
//! The work runs in a task of its own: a caller that is cancelled takes nobody else's answer with it.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking::Mutex;
use tokio::{runtime::Handle, sync::watch};

use super::parking;

type Answer<V> = watch::Sender<Option<V>>;
type InFlight<K, V> = Arc<Mutex<HashMap<K, Arc<Answer<V>>>>>;

/// Work in progress, by what it is about.
#[derive(Debug)]
pub struct Coalesce<K, V> {
    in_flight: InFlight<K, V>,
    runtime: Handle,
}

impl<K, V> Coalesce<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Nothing in progress; work will run on `runtime`.
    pub fn new(runtime: Handle) -> Self {
        Self { in_flight: Arc::default(), runtime }
    }

    /// Waits for the work that is going on about `key`, or starts it. Work that nobody waits for any more
    /// is dropped. None: the work panicked.
    pub async fn join<F>(&self, key: K, work: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (mut waiting, started) = self.board(&key);
        if let Some(going) = started {
            // Outside the lock: a runtime that shuts down drops the task at once, and with it what leaves the list.
            self.runtime.spawn(going.run(work()));
        }
        waiting.wait_for(Option::is_some).await.ok().and_then(|value| value.clone())
    }

    /// Puts a caller on the list, and the work too if it is not there.
    fn board(&self, key: &K) -> (watch::Receiver<Option<V>>, Option<Going<K, V>>) {
        let mut in_flight = self.in_flight.lock();
        if let Some(answer) = in_flight.get(key) {
            return (answer.subscribe(), None);
        }
        let (answer, waiting) = watch::channel(None);
        let answer = Arc::new(answer);
        in_flight.insert(key.clone(), answer.clone());
        (waiting, Some(Going { in_flight: self.in_flight.clone(), key: key.clone(), answer }))
    }
}

/// Work that is on the list; it leaves the list when this is dropped, also by a panic.
struct Going<K: Eq + Hash, V> {
    in_flight: InFlight<K, V>,
    key: K,
    answer: Arc<Answer<V>>,
}

impl<K: Eq + Hash + Send + Sync, V: Send + Sync> Going<K, V> {
    async fn run(self, work: impl Future<Output = V> + Send) {
        let value = tokio::select! {
            biased;
            value = work => value,
            () = deserted(&self.in_flight, &self.key, &self.answer) => return,
        };
        let answer = self.answer.clone();
        drop(self);
        answer.send_replace(Some(value));
    }
}

/// Ends when nobody waits and nobody can join any more.
async fn deserted<K: Eq + Hash, V>(in_flight: &InFlight<K, V>, key: &K, answer: &Arc<Answer<V>>) {
    loop {
        answer.closed().await;
        if leave(in_flight, key, answer, |answer| answer.receiver_count() == 0) {
            return;
        }
    }
}

/// Takes work off the list if it may go; a later work of the same key stays.
fn leave<K: Eq + Hash, V>(
    in_flight: &InFlight<K, V>,
    key: &K,
    answer: &Arc<Answer<V>>,
    may_go: impl FnOnce(&Answer<V>) -> bool,
) -> bool {
    let mut in_flight = in_flight.lock();
    let gone = may_go(answer);
    if gone && in_flight.get(key).is_some_and(|other| Arc::ptr_eq(other, answer)) {
        in_flight.remove(key);
    }
    gone
}

impl<K: Eq + Hash, V> Drop for Going<K, V> {
    fn drop(&mut self) {
        leave(&self.in_flight, &self.key, &self.answer, |_| true);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn work_is_done_once_for_all_who_ask_together_and_anew_afterwards() {
        let coalesce = Arc::new(Coalesce::new(Handle::current()));
        let runs = Arc::new(AtomicU32::new(0));
        let ask = || {
            let (coalesce, runs) = (coalesce.clone(), runs.clone());
            async move {
                coalesce
                    .join("key", || async move {
                        tokio::task::yield_now().await;
                        runs.fetch_add(1, Ordering::SeqCst)
                    })
                    .await
            }
        };
        let answers = futures_util::future::join_all((0..50).map(|_| ask())).await;
        assert!(answers.iter().all(|answer| *answer == Some(0)));
        assert_eq!(ask().await, Some(1));
    }

    #[tokio::test]
    async fn work_that_all_askers_left_is_dropped_and_may_be_started_anew() {
        let coalesce = Coalesce::<_, u32>::new(Handle::current());
        let (held, dropped) = tokio::sync::oneshot::channel::<()>();
        let mut only = Box::pin(coalesce.join(1, || async move {
            let _held = held;
            std::future::pending().await
        }));
        assert!(futures_util::poll!(&mut only).is_pending());
        drop(only);
        assert!(dropped.await.is_err(), "the work was dropped");
        assert_eq!(coalesce.join(1, || async { 9 }).await, Some(9));
    }

    #[test]
    fn a_runtime_that_has_ended_blocks_nobody() -> std::io::Result<()> {
        let ended = tokio::runtime::Builder::new_current_thread().build()?;
        let coalesce = Coalesce::<_, u32>::new(ended.handle().clone());
        drop(ended);
        let alive = tokio::runtime::Builder::new_current_thread().build()?;
        for _ in 0..2 {
            assert_eq!(alive.block_on(coalesce.join(1, || async { 7 })), None);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_cancelled_asker_cancels_nobody_and_a_panic_blocks_no_key() {
        let coalesce = Arc::new(Coalesce::<_, u32>::new(Handle::current()));
        let (release, released) = tokio::sync::oneshot::channel::<()>();
        let mut first = Box::pin(coalesce.join(1, || async move {
            let _ = released.await;
            7
        }));
        assert!(futures_util::poll!(&mut first).is_pending());
        let second = coalesce.join(1, || async { 8 });
        drop(first);
        assert!(release.send(()).is_ok());
        assert_eq!(second.await, Some(7));

        assert_eq!(coalesce.join(2, || async { panic!("broken") }).await, None);
        assert_eq!(coalesce.join(2, || async { 9 }).await, Some(9));
    }
}
