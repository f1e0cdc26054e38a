//! What is queued, in memory: which keys, in which order, and who holds them. The payloads stay on disk.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::time::Instant;

/// Jobs by key and by sequence number. Every job is in exactly one state, and the ordered sets hold exactly the jobs of
/// theirs.
#[derive(Default)]
pub(super) struct Index {
    jobs: HashMap<Arc<str>, Slot>,
    keys: HashMap<u64, Arc<str>>,
    ready: BTreeSet<u64>,
    delayed: BTreeSet<(Instant, u64)>,
    next_sequence: u64,
}

struct Slot {
    sequence: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// On its way to the disk.
    Writing,
    Ready,
    Delayed(Instant),
    Claimed,
}

/// What a key is given that is to be queued.
#[derive(Debug, PartialEq)]
pub(super) enum Reserved {
    New(u64),
    Taken(u64),
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether the key's job is on disk.
    pub(super) fn is_queued(&self, key: &str) -> bool {
        self.jobs.get(key).is_some_and(|slot| slot.state != State::Writing)
    }

    pub(super) fn sequence(&self, key: &str) -> Option<u64> {
        self.jobs.get(key).map(|slot| slot.sequence)
    }

    /// Takes up a job that is on disk already.
    pub(super) fn restore(&mut self, sequence: u64, key: &str, not_before: Option<Instant>) {
        let key = Arc::<str>::from(key);
        self.jobs.insert(Arc::clone(&key), Slot { sequence, state: State::Writing });
        self.keys.insert(sequence, key);
        self.next_sequence = self.next_sequence.max(sequence + 1);
        self.set(sequence, not_before.map_or(State::Ready, State::Delayed));
    }

    /// Gives the key a place, unless it has one. The place counts as queued once it is settled.
    pub(super) fn reserve(&mut self, key: &str) -> Reserved {
        if let Some(slot) = self.jobs.get(key) {
            return Reserved::Taken(slot.sequence);
        }
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let key = Arc::<str>::from(key);
        self.jobs.insert(Arc::clone(&key), Slot { sequence, state: State::Writing });
        self.keys.insert(sequence, key);
        Reserved::New(sequence)
    }

    /// The job can be claimed from now on.
    pub(super) fn settle(&mut self, sequence: u64) {
        self.set(sequence, State::Ready);
    }

    /// The job can be claimed from `until` on.
    pub(super) fn delay(&mut self, sequence: u64, until: Instant) {
        self.set(sequence, State::Delayed(until));
    }

    /// Gives back what was claimed and not done.
    pub(super) fn unclaim(&mut self, sequence: u64) {
        let state = self.keys.get(&sequence).and_then(|key| self.jobs.get(key)).map(|slot| slot.state);
        if state == Some(State::Claimed) {
            self.set(sequence, State::Ready);
        }
    }

    pub(super) fn remove(&mut self, sequence: u64) {
        self.set(sequence, State::Claimed);
        if let Some(key) = self.keys.remove(&sequence) {
            self.jobs.remove(&key);
        }
    }

    /// The job that is first in line at `now`.
    pub(super) fn claim(&mut self, now: Instant) -> Option<u64> {
        while let Some(&(until, sequence)) = self.delayed.first() {
            if until > now {
                break;
            }
            self.set(sequence, State::Ready);
        }
        let sequence = *self.ready.first()?;
        self.set(sequence, State::Claimed);
        Some(sequence)
    }

    /// When the next delayed job can be claimed.
    pub(super) fn earliest(&self) -> Option<Instant> {
        self.delayed.first().map(|(until, _)| *until)
    }

    fn set(&mut self, sequence: u64, state: State) {
        let Some(slot) = self.keys.get(&sequence).and_then(|key| self.jobs.get_mut(key)) else { return };
        match std::mem::replace(&mut slot.state, state) {
            State::Ready => drop(self.ready.remove(&sequence)),
            State::Delayed(until) => drop(self.delayed.remove(&(until, sequence))),
            State::Writing | State::Claimed => {}
        }
        match state {
            State::Ready => drop(self.ready.insert(sequence)),
            State::Delayed(until) => drop(self.delayed.insert((until, sequence))),
            State::Writing | State::Claimed => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;

    #[test]
    fn jobs_come_in_the_order_of_queueing_and_delayed_ones_when_their_time_has_come() {
        let now = Instant::now();
        let mut index = Index::default();
        for key in ["a", "b", "c"] {
            let Reserved::New(sequence) = index.reserve(key) else { panic!("{key} is new") };
            index.settle(sequence);
        }
        let first = index.claim(now).unwrap();
        assert_eq!(index.sequence("a"), Some(first));
        index.delay(first, now + Duration::from_secs(5));
        assert_eq!(index.claim(now), index.sequence("b"));
        assert_eq!(index.claim(now), index.sequence("c"));
        assert_eq!(index.claim(now), None);
        assert_eq!(index.earliest(), Some(now + Duration::from_secs(5)));
        assert_eq!(index.claim(now + Duration::from_secs(5)), Some(first));
        assert_eq!(index.earliest(), None);
    }

    #[test]
    fn a_place_that_is_not_settled_is_neither_queued_nor_claimed() {
        let mut index = Index::default();
        let reserved = index.reserve("a");
        assert_eq!(reserved, Reserved::New(0));
        assert_eq!(index.reserve("a"), Reserved::Taken(0));
        assert!(!index.is_queued("a"));
        assert_eq!(index.claim(Instant::now()), None);
        index.settle(0);
        assert!(index.is_queued("a"));
        index.remove(0);
        assert_eq!((index.len(), index.claim(Instant::now())), (0, None));
    }
}
