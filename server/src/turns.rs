//! The runtime that the server runs on: tokio's, whose threads make way for others while they have nothing in hand.
//!
//! On a machine without idle processors the scheduler takes a thread that never sleeps off its processor for a tick, some 4 ms,
//! wherever it is. What it then holds waits as long: the calls of the connection that it is at, and those in its queue. A thread
//! that offers its place between two batches of work waits empty-handed instead, while another thread answers.

use std::{
    cell::Cell,
    io,
    time::{Duration, Instant},
};

use tokio::runtime::{Builder, Runtime};

/// How long a thread works without sleep before it makes way: well within a tick, and longer than a call takes, so that whoever
/// is called now and then gives nothing away.
const TURN: Duration = Duration::from_micros(150);
/// A wait as long as this was sleep.
const SLEEP: Duration = Duration::from_micros(20);

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

    #[test]
    fn a_thread_makes_way_after_its_turn_and_not_before() {
        rest();
        let first = TURNS.get().unwrap().begun;
        rest();
        assert_eq!(TURNS.get().unwrap().begun, first);
        work(TURN);
        rest();
        assert!(TURNS.get().unwrap().begun > first);
    }

    #[test]
    fn sleep_begins_a_turn_and_a_look_for_work_does_not() {
        rest();
        let first = TURNS.get().unwrap();
        work(SLEEP);
        resume();
        assert!(TURNS.get().unwrap().begun > first.begun);
        let idle_since = Instant::now() + SLEEP;
        TURNS.set(Some(Turn { idle_since, ..first }));
        resume();
        assert_eq!(TURNS.get().unwrap().begun, first.begun);
    }

    #[test]
    fn the_runtime_works_on_threads_that_sleep_and_make_way() {
        let runtime = runtime().unwrap();
        let sums: Vec<_> = (0..64u64)
            .map(|number| {
                runtime.spawn(async move {
                    work(Duration::from_micros(50));
                    tokio::time::sleep(Duration::from_millis(number % 3)).await;
                    number
                })
            })
            .collect();
        let sum = runtime.block_on(async move {
            let mut sum = 0;
            for answer in sums {
                sum += answer.await.unwrap();
            }
            sum
        });
        assert_eq!(sum, 63 * 64 / 2);
    }
}
