//! A verdict on a source's bytes: why no rendition can be made of them, and until when it is held.

use std::time::Duration;

use crate::model::{Error, Failure, Timestamp, Version};

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(600);

/// How long the `attempts`th failure in a row is held: doubling from 5 s to 10 min.
pub fn backoff(attempts: u32) -> Duration {
    FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST)
}

/// A held failure.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What was wrong and when the next attempt is allowed.
    pub failure: Failure,
    /// The version that the store told of the bytes that failed; none if the store tells none.
    pub observed: Option<Version>,
    /// When it fell.
    pub fell_at: Timestamp,
    /// When the source was last looked at to see whether it changed; none: not since the failure.
    pub looked_at: Option<Timestamp>,
}

impl Verdict {
    /// A verdict that follows `earlier` ones on the same key.
    pub fn new(error: Error, observed: Option<Version>, earlier: u32, now: Timestamp) -> Self {
        let attempts = earlier.saturating_add(1);
        let failure = Failure { error, retry_at: now.after(backoff(attempts)), attempts };
        Self { failure, observed, fell_at: now, looked_at: None }
    }

    /// Whether an attempt is refused for now.
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.failure.retry_at
    }

    /// Whether the source may be looked at again: at once after the failure, then every 5 s.
    pub fn may_look(&self, now: Timestamp) -> bool {
        self.looked_at.is_none_or(|looked| now.since(looked) >= FIRST)
    }

    /// The error with the time that is left to wait.
    pub fn error(&self, now: Timestamp) -> Error {
        self.failure.error.clone().retry_after(self.failure.retry_at.since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;

    #[test]
    fn the_back_off_doubles_from_five_seconds_to_ten_minutes() {
        let seconds: Vec<u64> = (1..=9).map(|attempt| backoff(attempt).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(backoff(u32::MAX).as_secs(), 600);
    }

    #[test]
    fn a_verdict_tells_how_long_it_still_holds() {
        let now = Timestamp::from_millis(0);
        let verdict = Verdict::new(Error::new(Reason::SourceUndecodable, "broken"), None, 1, now);
        let later = now.after(Duration::from_secs(4));
        assert!(verdict.holds(later));
        assert_eq!(verdict.error(later).wait(), Some(Duration::from_secs(6)));
        assert!(!verdict.holds(now.after(Duration::from_secs(10))));
    }
}
