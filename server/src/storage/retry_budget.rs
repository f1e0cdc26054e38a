//! How many retries a store is asked to bear: a bucket of tokens. Each call puts a fraction of one in, each retry takes a whole
//! one out. While few calls fail there is always one; in an outage, when all of them do, the load grows by that fraction and
//! not by the number of retries that a single call may make.

use std::sync::atomic::{AtomicU64, Ordering};

/// A retry, in hundredths of a token.
const RETRY: u64 = 100;
/// The bucket's size in retries: what a short disturbance may take at once.
const MOST: u64 = 50;

/// The tokens of one store.
#[derive(Debug)]
pub(super) struct RetryBudget {
    tokens: AtomicU64,
    percent: u64,
}

impl RetryBudget {
    /// A full bucket that in the long run allows this many retries for each hundred calls.
    pub(super) fn new(percent: u32) -> Self {
        Self { tokens: AtomicU64::new(MOST * RETRY), percent: u64::from(percent) }
    }

    /// Notes a call.
    pub(super) fn deposit(&self) {
        let full = |tokens: u64| Some((tokens + self.percent).min(MOST * RETRY));
        // An error: the function said so, which it does not.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, full);
    }

    /// Takes out what a retry costs, if it is there.
    pub(super) fn withdraw(&self) -> bool {
        let less = |tokens: u64| tokens.checked_sub(RETRY);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_bucket_allows_a_burst_and_then_the_share() {
        let budget = RetryBudget::new(20);
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 50);
        let allowed = (0..1000).filter(|_| {
            budget.deposit();
            budget.withdraw()
        });
        assert_eq!(allowed.count(), 200);
    }

    #[test]
    fn it_never_holds_more_than_the_burst() {
        let budget = RetryBudget::new(100);
        (0..10_000).for_each(|_| budget.deposit());
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 50);
    }
}
