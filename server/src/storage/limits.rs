//! How long, how often and how many at once a store is asked.

use std::time::Duration;

/// The bounds of one store. The defaults suit a store in the same region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Calls in progress at once; further ones wait. At least 1. For stores behind a network the most: when they ask for less,
    /// or do not answer, there are fewer for a while.
    pub concurrency: usize,
    /// To how few it may fall then. At least 1, at most `concurrency`.
    pub least_concurrency: usize,
    /// Time for one attempt at a call without a body (stat, delete, presign).
    pub timeout: Duration,
    /// Time for one attempt at a call with a body, and for each chunk of a stream.
    pub io_timeout: Duration,
    /// Attempts after the first one, for temporary failures only.
    pub retries: usize,
    /// Wait before the first retry; it doubles for each further one, and a random part of itself is added.
    pub first_retry_delay: Duration,
    /// How many further attempts there may be for each hundred calls, in the long run.
    pub retry_percent: u32,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            concurrency: 64,
            least_concurrency: 4,
            timeout: Duration::from_secs(5),
            io_timeout: Duration::from_secs(10),
            retries: 2,
            first_retry_delay: Duration::from_millis(50),
            retry_percent: 20,
        }
    }
}
