//! A rate limit: so many a second, and as many at once after a pause.

use super::parking::Mutex;
use crate::model::Timestamp;

/// A bucket that fills with tokens as time goes by.
#[derive(Debug)]
pub struct TokenBucket {
    /// Thousandths of a token that come in a millisecond: tokens a second.
    per_second: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// In thousandths.
    tokens: u64,
    filled_at: Timestamp,
}

/// Thousandths in a token.
const TOKEN: u64 = 1000;

impl TokenBucket {
    /// A full bucket that gets so many tokens a second, at least one, and holds those of one second.
    pub fn new(per_second: u64, now: Timestamp) -> Self {
        let per_second = per_second.max(1);
        let tokens = per_second.saturating_mul(TOKEN);
        Self { per_second, state: Mutex::new(State { tokens, filled_at: now }) }
    }

    /// Takes a token, if there is one.
    pub fn take(&self, now: Timestamp) -> bool {
        let mut state = self.state.lock();
        let passed = u64::try_from(now.since(state.filled_at).as_millis()).unwrap_or(u64::MAX);
        let most = self.per_second.saturating_mul(TOKEN);
        state.tokens = state.tokens.saturating_add(passed.saturating_mul(self.per_second)).min(most);
        // A clock that goes back stops the bucket for as long; it is not to fill it again and again.
        state.filled_at = state.filled_at.max(now);
        let there = state.tokens >= TOKEN;
        if there {
            state.tokens -= TOKEN;
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_a_second_and_no_more_after_a_pause() {
        let at = Timestamp::from_millis;
        let bucket = TokenBucket::new(2, at(0));
        let taken = |now: u64| (0..10).filter(|_| bucket.take(at(now))).count();
        assert_eq!(taken(0), 2);
        assert_eq!(taken(499), 0);
        assert_eq!(taken(500), 1);
        assert_eq!(taken(400), 0, "a clock that goes back fills nothing");
        assert_eq!(taken(1_000_000), 2);
    }
}
