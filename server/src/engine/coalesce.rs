//! One piece of work for all who ask for the same thing at the same time.
//!
//! The work runs in a task of its own: a caller that is cancelled takes nobody else's answer with it.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use parking::Mutex;
use tokio::{runtime::Handle, sync::watch};

use super::parking;

type InFlight<K, V> = Arc<Mutex<HashMap<K, watch::Receiver<Option<V>>>>>;

/// Work in progress, by what it is about.
#[derive(Debug)]
pub struct Coalesce<K, V> {
    in_flight: InFlight<K, V>,
    runtime: Handle,
}

impl<K, V> Coalesce<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Nothing in progress; work will run on `runtime`.
    pub fn new(runtime: Handle) -> Self {
        Self { in_flight: Arc::default(), runtime }
    }

    /// Waits for the work that is going on about `key`, or starts it. None: the work panicked.
    pub async fn join<F>(&self, key: K, work: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut answer = {
            let mut in_flight = self.in_flight.lock();
            match in_flight.get(&key) {
                Some(answer) => answer.clone(),
                None => {
                    let (sender, answer) = watch::channel(None);
                    in_flight.insert(key.clone(), answer.clone());
                    let ended = Ended { in_flight: self.in_flight.clone(), key };
                    let work = work();
                    self.runtime.spawn(async move {
                        let value = work.await;
                        drop(ended);
                        sender.send_replace(Some(value));
                    });
                    answer
                }
            }
        };
        answer.wait_for(Option::is_some).await.ok().and_then(|value| value.clone())
    }
}

/// Takes the work off the list when it ends, also by a panic.
struct Ended<K: Eq + Hash, V> {
    in_flight: InFlight<K, V>,
    key: K,
}

impl<K: Eq + Hash, V> Drop for Ended<K, V> {
    fn drop(&mut self) {
        self.in_flight.lock().remove(&self.key);
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
