//! How many calls a store bears at a time, learnt from how it answers: additive increase, multiplicative decrease, as TCP does
//! it (Chiu and Jain, 1989).
//!
//! A store that is asked for too much says so (429, 503 `SlowDown`) or falls silent. Then the number of calls in progress is
//! halved, once for all that were in progress together; as long as it answers, the number grows by one in the time that all of
//! them take. Who finds no place waits in line.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is left of the limit after a sign of too much.
const CUT: f64 = 0.5;

/// How a call went, for the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// The store answered, whatever it said.
    Well,
    /// It asked for less, or did not answer.
    TooMuch,
}

/// The places of one store.
#[derive(Debug)]
pub(super) struct Pace {
    places: Arc<Semaphore>,
    state: Mutex<State>,
    least: usize,
    most: usize,
}

#[derive(Debug)]
struct State {
    limit: f64,
    /// Places that there are: free ones, and those in use that will be given back.
    there: usize,
    /// Places in use that will not be given back.
    owed: usize,
    in_use: usize,
    /// The number of the next call.
    next: u64,
    /// Calls before this one began under a limit that has been cut since.
    cut_at: u64,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pace: Arc<Pace>,
    permit: Option<OwnedSemaphorePermit>,
    number: u64,
}

impl Pace {
    /// At most `most` places, at the beginning as ever, and never fewer than `least`.
    pub(super) fn new(least: usize, most: usize) -> Arc<Self> {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let limit = most as f64;
        let state = State { limit, there: most, owed: 0, in_use: 0, next: 0, cut_at: 0 };
        let (places, state) = (Arc::new(Semaphore::new(most)), Mutex::new(state));
        Arc::new(Self { places, state, least: least.clamp(1, most), most })
    }

    /// Waits for a place.
    pub(super) async fn place(self: &Arc<Self>) -> Place {
        // An error: the semaphore was closed, which nobody does.
        let permit = self.places.clone().acquire_owned().await.ok();
        let mut state = self.state();
        state.in_use += 1;
        state.next += 1;
        Place { pace: self.clone(), permit, number: state.next - 1 }
    }

    /// How many places there are at present.
    #[cfg(test)]
    pub(super) fn limit(&self) -> usize {
        self.state().there
    }

    fn went(&self, number: u64, went: Went) -> Option<(usize, usize)> {
        let mut state = self.state();
        let before = state.there;
        match went {
            // It tells nothing of a limit that is not reached.
            Went::Well if state.in_use * 2 < state.there => return None,
            Went::Well => state.limit = (state.limit + 1.0 / state.limit).min(self.most as f64),
            Went::TooMuch if number < state.cut_at => return None,
            Went::TooMuch => {
                state.limit = (state.limit * CUT).max(self.least as f64);
                state.cut_at = state.next;
            }
        }
        self.resize(&mut state);
        (state.there != before).then_some((before, state.there))
    }

    fn resize(&self, state: &mut State) {
        // Never above `most`, which is a usize.
        let wanted = state.limit as usize;
        if wanted > state.there {
            let more = wanted - state.there;
            let kept = more.min(state.owed);
            state.owed -= kept;
            self.places.add_permits(more - kept);
        } else {
            let fewer = state.there - wanted;
            state.owed += fewer - self.places.forget_permits(fewer);
        }
        state.there = wanted;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Tells how the call went. Gives the numbers of places before and after, if that changed.
    pub(super) fn went(&self, went: Went) -> Option<(usize, usize)> {
        self.pace.went(self.number, went)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        state.in_use -= 1;
        if state.owed > 0
            && let Some(permit) = self.permit.take()
        {
            state.owed -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join_all};

    use super::*;

    async fn places(pace: &Arc<Pace>, count: usize) -> Vec<Place> {
        join_all((0..count).map(|_| pace.place())).await
    }

    #[tokio::test]
    async fn failures_of_calls_that_were_in_progress_together_halve_the_limit_once() {
        let pace = Pace::new(1, 16);
        let together = places(&pace, 16).await;
        for place in &together {
            place.went(Went::TooMuch);
        }
        assert_eq!(pace.limit(), 8);
        drop(together);
        let later = places(&pace, 8).await;
        assert!(pace.place().now_or_never().is_none(), "there are eight and no more");
        later[0].went(Went::TooMuch);
        assert_eq!(pace.limit(), 4);
        drop(later);
        let left = places(&pace, 4).await;
        assert!(pace.place().now_or_never().is_none());
        drop(left);
    }

    #[tokio::test]
    async fn it_never_falls_below_the_least_and_never_rises_above_the_most() {
        let pace = Pace::new(3, 10);
        for _ in 0..10 {
            pace.place().await.went(Went::TooMuch);
        }
        assert_eq!(pace.limit(), 3);
        for _ in 0..1000 {
            let held = places(&pace, pace.limit()).await;
            held[0].went(Went::Well);
        }
        assert_eq!(pace.limit(), 10);
        assert_eq!(places(&pace, 10).await.len(), 10);
    }

    #[tokio::test]
    async fn it_rises_by_about_one_in_the_time_of_a_whole_round() {
        let pace = Pace::new(1, 16);
        pace.place().await.went(Went::TooMuch);
        for rounds in 1..=4 {
            for _ in 0..pace.limit() {
                let held = places(&pace, pace.limit()).await;
                held[0].went(Went::Well);
            }
            // The last step of a round of 1/n each falls a little short of one.
            assert!((8 + rounds - 1..=8 + rounds).contains(&pace.limit()), "{} after {rounds}", pace.limit());
        }
    }

    #[tokio::test]
    async fn a_limit_that_is_not_reached_is_not_raised() {
        let pace = Pace::new(1, 16);
        pace.place().await.went(Went::TooMuch);
        for _ in 0..100 {
            pace.place().await.went(Went::Well);
        }
        assert_eq!(pace.limit(), 8);
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_gives_its_place_back() {
        let pace = Pace::new(1, 1);
        let held = pace.place().await;
        let mut waiting = Box::pin(pace.place());
        assert!((&mut waiting).now_or_never().is_none());
        drop(waiting);
        drop(held);
        drop(pace.place().await);
        assert_eq!(pace.state().in_use, 0);
    }
}
