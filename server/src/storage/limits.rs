//! How long, how often and how many at once a store is asked.

use std::time::Duration;

/// The bounds of one store. The defaults suit a store in the same region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Calls in progress at once; further ones wait. At least 1.
    pub concurrency: usize,
    /// Time for one attempt at a call without a body (stat, delete, presign).
    pub timeout: Duration,
    /// Time for one attempt at a call with a body, and for each chunk of a stream.
    pub io_timeout: Duration,
    /// Attempts after the first one, for temporary failures only.
    pub retries: usize,
    /// Wait before the first retry; it doubles for each further one, and a random part of itself is added.
    pub first_retry_delay: Duration,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            concurrency: 64,
            timeout: Duration::from_secs(5),
            io_timeout: Duration::from_secs(10),
            retries: 2,
            first_retry_delay: Duration::from_millis(50),
        }
    }
}
