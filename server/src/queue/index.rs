//! What is queued, in memory: which keys, in which order, and who holds them. The payloads stay on disk.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
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
    /// The sequence numbers by the hash of their folders: sixteen bytes a job, where the folders themselves would take more
    /// than the jobs.
    folders: BTreeSet<(u64, u64)>,
    hasher: RandomState,
    next_sequence: u64,
}

/// The folder of a key: what stands before its last slash.
fn folder(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(folder, _)| folder)
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
    /// Claimed, and asked for since: its worker may have looked too early, so it is to be done once more.
    ClaimedAgain,
    /// Its removal is on its way to the disk.
    Leaving,
    /// Asked for while its removal was on its way: behind that, the new job is on its way to the same place.
    Retaken,
}

/// What a key is given that is to be queued.
#[derive(Debug, PartialEq)]
pub(super) enum Reserved {
    New(u64),
    Taken(u64),
}

/// What remains of a job.
#[derive(Debug, PartialEq)]
pub(super) enum Left {
    /// Nothing that anyone wants done.
    Gone,
    /// A job that is on disk or on its way there.
    Stays,
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
        self.insert(sequence, key);
        self.next_sequence = self.next_sequence.max(sequence + 1);
        self.set(sequence, not_before.map_or(State::Ready, State::Delayed));
    }

    /// Gives the key a place, unless it has one that it will not lose before it is worked on from now on. A new place
    /// counts as queued once it is settled.
    pub(super) fn reserve(&mut self, key: &str) -> Reserved {
        if let Some(slot) = self.jobs.get_mut(key) {
            match slot.state {
                State::Claimed => slot.state = State::ClaimedAgain,
                State::Leaving => {
                    slot.state = State::Retaken;
                    return Reserved::New(slot.sequence);
                }
                State::Writing | State::Ready | State::Delayed(_) | State::ClaimedAgain | State::Retaken => {}
            }
            return Reserved::Taken(slot.sequence);
        }
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.insert(sequence, key);
        Reserved::New(sequence)
    }

    /// The job can be claimed from now on.
    pub(super) fn settle(&mut self, sequence: u64) {
        self.set(sequence, State::Ready);
    }

    /// The new job could not be written. Where an older one is on disk still, it can be claimed from `until` on.
    pub(super) fn abandon(&mut self, sequence: u64, until: Instant) -> Left {
        if self.state(sequence) == Some(State::Retaken) {
            self.set(sequence, State::Delayed(until));
            return Left::Stays;
        }
        self.remove(sequence);
        Left::Gone
    }

    /// The job can be claimed from `until` on; one that is being written or removed is left to that.
    pub(super) fn delay(&mut self, sequence: u64, until: Instant) {
        match self.state(sequence) {
            Some(State::Ready | State::Delayed(_) | State::Claimed | State::ClaimedAgain) => {
                self.set(sequence, State::Delayed(until));
            }
            Some(State::Writing | State::Leaving | State::Retaken) | None => {}
        }
    }

    /// Gives back what was claimed and not begun.
    pub(super) fn unclaim(&mut self, sequence: u64) {
        if self.is_claimed(sequence) {
            self.set(sequence, State::Ready);
        }
    }

    /// Drops what was claimed and is not on disk.
    pub(super) fn drop_claimed(&mut self, sequence: u64) {
        if self.is_claimed(sequence) {
            self.remove(sequence);
        }
    }

    /// The job is done. One that was asked for since it was claimed is ready again.
    pub(super) fn leave(&mut self, sequence: u64) -> Left {
        match self.state(sequence) {
            Some(State::Ready | State::Delayed(_) | State::Claimed) => {
                self.set(sequence, State::Leaving);
                Left::Gone
            }
            Some(State::ClaimedAgain) => {
                self.set(sequence, State::Ready);
                Left::Stays
            }
            // What is still being written is another job than the one that is done.
            Some(State::Writing | State::Leaving | State::Retaken) | None => Left::Stays,
        }
    }

    /// The removal is on disk.
    pub(super) fn left(&mut self, sequence: u64) {
        match self.state(sequence) {
            Some(State::Retaken) => self.set(sequence, State::Writing),
            _ => self.remove(sequence),
        }
    }

    /// The removal failed: the job is on disk still, and can be claimed from `until` on. A new job on its way to the place
    /// takes it over if it can be written.
    pub(super) fn return_left(&mut self, sequence: u64, until: Instant) {
        if self.state(sequence) == Some(State::Leaving) {
            self.set(sequence, State::Delayed(until));
        }
    }

    fn insert(&mut self, sequence: u64, key: &str) {
        self.folders.insert((self.hasher.hash_one(folder(key)), sequence));
        let key = Arc::<str>::from(key);
        self.jobs.insert(Arc::clone(&key), Slot { sequence, state: State::Writing });
        self.keys.insert(sequence, key);
    }

    fn remove(&mut self, sequence: u64) {
        self.set(sequence, State::Leaving);
        if let Some(key) = self.keys.remove(&sequence) {
            self.folders.remove(&(self.hasher.hash_one(folder(&key)), sequence));
            self.jobs.remove(&key);
        }
    }

    /// The jobs whose keys lie in a folder, not below it, that are on disk and that no worker has in hand. Looks at the jobs
    /// of that folder alone.
    pub(super) fn waiting(&self, of: &str) -> Vec<(String, u64)> {
        let hash = self.hasher.hash_one(of);
        let places = self.folders.range((hash, 0)..=(hash, u64::MAX)).map(|(_, place)| *place);
        let waiting =
            places.filter(|place| matches!(self.state(*place), Some(State::Ready | State::Delayed(_))));
        let keys = waiting.filter_map(|place| Some((self.keys.get(&place)?.to_string(), place)));
        // Two folders may have one hash.
        keys.filter(|(key, _)| folder(key) == of).collect()
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

    fn state(&self, sequence: u64) -> Option<State> {
        self.keys.get(&sequence).and_then(|key| self.jobs.get(key)).map(|slot| slot.state)
    }

    fn is_claimed(&self, sequence: u64) -> bool {
        matches!(self.state(sequence), Some(State::Claimed | State::ClaimedAgain))
    }

    fn set(&mut self, sequence: u64, state: State) {
        let Some(slot) = self.keys.get(&sequence).and_then(|key| self.jobs.get_mut(key)) else { return };
        match std::mem::replace(&mut slot.state, state) {
            State::Ready => drop(self.ready.remove(&sequence)),
            State::Delayed(until) => drop(self.delayed.remove(&(until, sequence))),
            _ => {}
        }
        match state {
            State::Ready => drop(self.ready.insert(sequence)),
            State::Delayed(until) => drop(self.delayed.insert((until, sequence))),
            _ => {}
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
    fn the_jobs_of_a_folder_are_those_in_it_that_nobody_has_in_hand() {
        let mut index = Index::default();
        for key in ["m/a/1", "m/a/2", "m/a/3", "m/a/b/1", "m/ab/1", "force:m/a/1", "m/a"] {
            let Reserved::New(sequence) = index.reserve(key) else { panic!("{key} is new") };
            index.settle(sequence);
        }
        index.claim(Instant::now());
        let waiting = |index: &Index, folder: &str| {
            index.waiting(folder).into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(waiting(&index, "m/a"), ["m/a/2", "m/a/3"]);
        assert_eq!(waiting(&index, "force:m/a"), ["force:m/a/1"]);
        assert_eq!(waiting(&index, "m/c"), Vec::<String>::new());
        let gone = index.sequence("m/a/2").unwrap();
        index.leave(gone);
        index.left(gone);
        assert_eq!(waiting(&index, "m/a"), ["m/a/3"]);
        assert_eq!(index.folders.len(), index.len());
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

    /// A job of the key "a" that its worker has done, so that its removal is on its way, and its place.
    fn leaving() -> (Index, u64) {
        let mut index = Index::default();
        index.restore(7, "a", None);
        assert_eq!(index.claim(Instant::now()), Some(7));
        assert_eq!(index.leave(7), Left::Gone);
        (index, 7)
    }

    #[test]
    fn a_new_job_that_can_not_be_written_leaves_nothing_behind_a_removal_that_can() {
        let (mut index, place) = leaving();
        assert_eq!(index.reserve("a"), Reserved::New(place));
        index.left(place);
        assert!(!index.is_queued("a"));
        assert_eq!(index.abandon(place, Instant::now()), Left::Gone);
        assert_eq!(index.len(), 0);
    }

    #[test]
    fn the_old_job_rests_when_neither_its_removal_nor_the_new_job_can_be_written() {
        let now = Instant::now();
        let later = now + Duration::from_secs(5);
        let (mut index, place) = leaving();
        assert_eq!(index.reserve("a"), Reserved::New(place));
        index.return_left(place, later);
        assert_eq!((index.claim(now), index.claim(later)), (None, None));
        assert_eq!(index.abandon(place, later), Left::Stays);
        assert!(index.is_queued("a"));
        assert_eq!((index.claim(now), index.claim(later)), (None, Some(place)));
    }

    #[test]
    fn the_new_job_takes_the_place_of_one_whose_removal_can_not_be_written() {
        let (mut index, place) = leaving();
        assert_eq!(index.reserve("a"), Reserved::New(place));
        index.return_left(place, Instant::now());
        index.settle(place);
        assert_eq!(index.len(), 1);
        assert_eq!(index.claim(Instant::now()), Some(place));
    }
}
