//! A worker's hold on a job before it has come to it.

use super::queue::Shared;

/// A claim that is given back when it is dropped, unless the job has come to its worker.
pub(super) struct Claim<'a> {
    shared: &'a Shared,
    place: u64,
    given: bool,
}

impl<'a> Claim<'a> {
    /// The hold on the place that the index has just given out.
    pub(super) fn new(shared: &'a Shared, place: u64) -> Self {
        Self { shared, place, given: false }
    }

    /// From now on the place is the worker's business.
    pub(super) fn give(mut self) {
        self.given = true;
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.given {
            self.shared.index().unclaim(self.place);
            self.shared.changed.notify_waiters();
        }
    }
}
