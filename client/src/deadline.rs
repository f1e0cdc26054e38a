//! The point in time at which a stream ends whatever happens. tonic ends only the wait for a
//! stream's beginning at the `grpc-timeout` that was sent, so the rest is watched over here.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::Error;

/// When the time that a stream was given is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    timeout: Duration,
    at: Instant,
}

impl Deadline {
    /// `timeout` from now; `None` if it is none, or beyond what the clock can hold.
    pub(crate) fn after(timeout: Option<Duration>) -> Option<Self> {
        let timeout = timeout?;
        Some(Self { timeout, at: Instant::now().checked_add(timeout)? })
    }

    /// The time that is left.
    pub(crate) fn remaining(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// The earlier of two.
    pub(crate) fn earlier(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(if one.at <= other.at { one } else { other }),
            (one, other) => one.or(other),
        }
    }

    /// Waits for `future` until `deadline`.
    pub(crate) async fn wait<T>(deadline: Option<Self>, future: impl Future<Output = T>) -> Result<T, Error> {
        let Some(Self { timeout, at }) = deadline else { return Ok(future.await) };
        timeout_at(at, future).await.map_err(|_| Error::DeadlineExceeded { timeout, last: None })
    }
}
