//! How often, and after which pause, a call is sent again.

use std::time::Duration;

use crate::StatusError;

/// How calls are sent again. All calls of this API are idempotent, so a repetition is safe; it is
/// made only for `UNAVAILABLE`, and for `RESOURCE_EXHAUSTED` when the server says when to come back.
///
/// The pause before retry `n` is drawn evenly from zero to `first_pause * 2^(n-1)`, at most
/// `longest_pause` ("full jitter": AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
/// Where the server names a time (`google.rpc.RetryInfo`), it is waited for first, the drawn pause on
/// top, so that callers who were told the same do not come back at the same moment.
///
/// ```
/// use std::time::Duration;
/// use rendition_client::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(8).longest_pause(Duration::from_secs(10));
/// let never = RetryPolicy::none();
/// assert_ne!(patient, never);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
    pub(crate) budget_tokens: u32,
    pub(crate) budget_ratio: f64,
}

impl Default for RetryPolicy {
    /// At most 5 attempts, pauses from 100 ms to 5 s, a budget of 100 tokens and a tenth of one
    /// back for each success.
    fn default() -> Self {
        Self {
            max_attempts: 5,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(5),
            budget_tokens: 100,
            budget_ratio: 0.1,
        }
    }
}

impl RetryPolicy {
    /// Sends each call once.
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// How often a call is sent at most, the first time included; 0 is taken as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest pause before the first retry; it doubles with each further one.
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// The longest pause before any retry. A server that names a longer one is not waited for: its
    /// error is returned at once, with `retry_after`.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// The budget that all calls of a client share: each failure that could be retried takes one
    /// token, each success gives `ratio` of one back, and nothing is retried unless more than half
    /// of `tokens` are there (gRFC A6).
    pub fn budget(mut self, tokens: u32, ratio: f64) -> Self {
        self.budget_tokens = tokens;
        self.budget_ratio = ratio;
        self
    }

    /// The pause before the next attempt when attempt number `attempt` (from 1) ended with
    /// `status`; `None` if there is none. `fraction` is the random number, 0 to 1.
    pub(crate) fn pause(&self, attempt: u32, status: &StatusError, fraction: f64) -> Option<Duration> {
        if attempt >= self.max_attempts || !status.is_retryable() {
            return None;
        }
        let named = status.retry_after.unwrap_or_default();
        if named > self.longest_pause {
            return None;
        }
        let doubled = 1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX);
        let ceiling = self.first_pause.saturating_mul(doubled).min(self.longest_pause);
        Some(named + ceiling.mul_f64(fraction.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tonic::{Code, Status};
    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    fn status(code: Code) -> StatusError {
        Status::new(code, "").into()
    }

    fn with_retry_info(code: Code, seconds: u64) -> StatusError {
        let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(seconds)));
        Status::with_error_details(code, "", details).into()
    }

    #[test]
    fn the_pause_doubles_up_to_the_longest() {
        let policy = RetryPolicy::default().max_attempts(100);
        let pause = |attempt| policy.pause(attempt, &status(Code::Unavailable), 1.0).unwrap().as_millis();
        assert_eq!((1..=8).map(pause).collect::<Vec<_>>(), [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(pause(99), 5000);
    }

    #[test]
    fn the_jitter_is_full() {
        let policy = RetryPolicy::default();
        let pause = |fraction| policy.pause(2, &status(Code::Unavailable), fraction).unwrap().as_millis();
        assert_eq!([pause(0.0), pause(0.25), pause(1.0)], [0, 50, 200]);
    }

    #[test]
    fn only_safe_codes_are_retried() {
        let policy = RetryPolicy::default();
        for number in 1..=16 {
            let code = Code::from_i32(number);
            let retried = policy.pause(1, &status(code), 0.5).is_some();
            assert_eq!(retried, code == Code::Unavailable, "{code:?}");
            let told = policy.pause(1, &with_retry_info(code, 1), 0.5).is_some();
            assert_eq!(told, matches!(code, Code::Unavailable | Code::ResourceExhausted), "{code:?}");
        }
    }

    #[test]
    fn a_time_that_the_server_names_is_waited_for_before_the_jitter() {
        let policy = RetryPolicy::default();
        let status = with_retry_info(Code::Unavailable, 3);
        assert_eq!(policy.pause(1, &status, 0.0), Some(Duration::from_secs(3)));
        assert_eq!(policy.pause(1, &status, 1.0), Some(Duration::from_millis(3100)));
    }

    #[test]
    fn a_time_beyond_the_longest_pause_is_not_waited_for() {
        let status = with_retry_info(Code::Unavailable, 6);
        assert_eq!(RetryPolicy::default().pause(1, &status, 0.0), None);
    }

    #[test]
    fn the_last_attempt_is_the_last() {
        let policy = RetryPolicy::default().max_attempts(3);
        assert!(policy.pause(2, &status(Code::Unavailable), 0.0).is_some());
        assert!(policy.pause(3, &status(Code::Unavailable), 0.0).is_none());
        assert!(RetryPolicy::none().pause(1, &status(Code::Unavailable), 0.0).is_none());
    }
}
