//! The runtime that the server runs on: tokio's, whose threads make way for others while they have nothing in hand.
//!
//! On a machine without idle processors the scheduler takes a thread that never sleeps off its processor for a tick, some 4 ms,
//! wherever it is. What it then holds waits as long: the calls of the connection that it is at, and those in its queue. A thread
//! that offers its place between two batches of work waits without any call in hand, while other threads that are awake answer.
//! (One that sleeps is not woken for it, since the waiting one counts as looking for work.)

use std::{
    cell::Cell,
    io,
    time::{Duration, Instant},
};

use tokio::runtime::{Builder, Runtime};

/// How long a thread works without sleep before it makes way: well within a tick, and longer than a call takes, so that whoever
/// is called now and then gives nothing away.
const TURN: Duration = Duration::from_micros(150);
/// A look for work that took as long as this was sleep: without it, it is a system call and the events that it brings.
const SLEEP: Duration = Duration::from_micros(50);

thread_local! {
    static TURNS: Cell<Option<Turn>> = const { Cell::new(None) };
}

/// What a thread did last.
#[derive(Clone, Copy)]
struct Turn {
    /// When it came back from its last sleep, or made way.
    begun: Instant,
    /// When it last had nothing in hand.
    idle_since: Instant,
}

/// A runtime of a thread per processor.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().on_thread_park(rest).on_thread_unpark(resume).build()
}

/// Called where a thread has nothing in hand.
fn rest() {
    let now = Instant::now();
    let turn = TURNS.get().unwrap_or(Turn { begun: now, idle_since: now });
    if now.duration_since(turn.begun) < TURN {
        TURNS.set(Some(Turn { idle_since: now, ..turn }));
        return;
    }
    std::thread::yield_now();
    let now = Instant::now();
    TURNS.set(Some(Turn { begun: now, idle_since: now }));
}

/// Called where a thread has work again.
fn resume() {
    let now = Instant::now();
    if let Some(turn) = TURNS.get().filter(|turn| now.duration_since(turn.idle_since) >= SLEEP) {
        TURNS.set(Some(Turn { begun: now, ..turn }));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn work(time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            std::hint::spin_loop();
        }
    }

    /// A moment that no delay of a test reaches.
    fn later() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    #[test]
    fn a_thread_makes_way_after_its_turn_and_not_before() {
        let young = Turn { begun: later(), idle_since: Instant::now() };
        TURNS.set(Some(young));
        rest();
        assert_eq!(TURNS.get().unwrap().begun, young.begun);
        let old = Turn { begun: Instant::now(), ..young };
        TURNS.set(Some(old));
        work(TURN);
        rest();
        assert!(TURNS.get().unwrap().begun > old.begun);
    }

    #[test]
    fn sleep_begins_a_turn_and_a_look_for_work_does_not() {
        let begun = Instant::now();
        TURNS.set(Some(Turn { begun, idle_since: begun }));
        work(SLEEP);
        resume();
        assert!(TURNS.get().unwrap().begun > begun);
        TURNS.set(Some(Turn { begun, idle_since: later() }));
        resume();
        assert_eq!(TURNS.get().unwrap().begun, begun);
    }

    #[test]
    fn the_runtime_works_on_threads_that_sleep_and_make_way() {
        let runtime = runtime().unwrap();
        let sums: Vec<_> = (0..64u64)
            .map(|number| {
                runtime.spawn(async move {
                    work(Duration::from_micros(50));
                    tokio::time::sleep(Duration::from_millis(number % 3)).await;
                    (number, TURNS.get().is_some())
                })
            })
            .collect();
        let sum = runtime.block_on(async move {
            let (mut sum, mut rested) = (0, false);
            for answer in sums {
                let (number, has_rested) = answer.await.unwrap();
                sum += number;
                rested |= has_rested;
            }
            (sum, rested)
        });
        assert_eq!(sum, (63 * 64 / 2, true));
    }
}
