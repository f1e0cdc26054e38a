//! A bound on retries over all calls of a client, so that a server in trouble is not given more
//! work by everybody trying again.

use std::sync::atomic::{AtomicU64, Ordering};

/// A bucket of tokens as in gRPC's retry throttling (gRFC A6): a failure that could be retried
/// takes one token, a success gives `ratio` of one back, and retries are made only while more than
/// half of the tokens are there. It starts full.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    /// In thousandths, so that a ratio can be added without floating point.
    tokens: AtomicU64,
    capacity: u64,
    refund: u64,
}

const TOKEN: u64 = 1000;

impl RetryBudget {
    /// `capacity` tokens, and `ratio` of one back for each success; gRFC A6 has the ratio to three
    /// decimal places.
    pub(crate) fn new(capacity: u32, ratio: f64) -> Self {
        let capacity = u64::from(capacity) * TOKEN;
        // A float cast saturates, so neither a negative nor an infinite ratio can do harm.
        let refund = (ratio * 1000.0).round() as u64;
        Self { tokens: AtomicU64::new(capacity), capacity, refund }
    }

    /// Notes a success.
    pub(crate) fn deposit(&self) {
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| {
            Some(tokens.saturating_add(self.refund).min(self.capacity))
        });
    }

    /// Notes a failure that could be retried, and says whether it may be.
    pub(crate) fn withdraw(&self) -> bool {
        let before = self
            .tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| Some(tokens.saturating_sub(TOKEN)));
        let (Ok(before) | Err(before)) = before;
        before.saturating_sub(TOKEN) > self.capacity / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_tokens_may_be_spent_on_failures() {
        let budget = RetryBudget::new(10, 0.1);
        let allowed = (0..10).filter(|_| budget.withdraw()).count();
        assert_eq!(allowed, 4, "9, 8, 7 and 6 tokens are more than half of ten, 5 are not");
    }

    #[test]
    fn ten_successes_pay_for_one_failure() {
        let budget = RetryBudget::new(10, 0.1);
        while budget.withdraw() {}
        for _ in 0..10 {
            budget.deposit();
        }
        assert!(!budget.withdraw(), "6 tokens less one are not more than half");
        for _ in 0..20 {
            budget.deposit();
        }
        assert!(budget.withdraw());
    }

    #[test]
    fn successes_never_fill_it_above_its_capacity() {
        let budget = RetryBudget::new(2, 1.0);
        for _ in 0..100 {
            budget.deposit();
        }
        assert!(!budget.withdraw(), "2 tokens less one are not more than half");
    }

    #[test]
    fn an_empty_budget_allows_nothing() {
        assert!(!RetryBudget::new(0, 0.1).withdraw());
    }
}
