//! Sends one call: attempts, pauses between them, and the deadline over all.
//!
//! Contract: an attempt is never begun after the deadline, no pause reaches it, and what is sent
//! as `grpc-timeout` is what remains of it.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};
use tonic::{
    Code, Request, Status,
    metadata::{Ascii, MetadataValue},
};

use crate::{Error, RetryPolicy, StatusError, retry_budget::RetryBudget, status::is_timeout};

/// What all calls of a client have in common. Cheap to clone; clones share the retry budget.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) timeout: Option<Duration>,
    pub(crate) stream_timeout: Option<Duration>,
    authorization: Option<MetadataValue<Ascii>>,
    policy: RetryPolicy,
    budget: Arc<RetryBudget>,
}

impl Caller {
    pub(crate) fn new(
        policy: RetryPolicy,
        timeout: Option<Duration>,
        stream_timeout: Option<Duration>,
        authorization: Option<MetadataValue<Ascii>>,
    ) -> Self {
        let budget = Arc::new(RetryBudget::new(policy.budget_tokens, policy.budget_ratio));
        Self { timeout, stream_timeout, authorization, policy, budget }
    }

    /// Wraps `message` for one attempt that has `remaining` time.
    pub(crate) fn request<M>(&self, message: M, remaining: Option<Duration>) -> Request<M> {
        let mut request = Request::new(message);
        if let Some(remaining) = remaining {
            request.set_timeout(remaining);
        }
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }

    /// Sends a call with one answer. `attempt` sends it once, with the time that remains.
    pub(crate) async fn call<T, F, Fut>(&self, attempt: F) -> Result<T, Error>
    where
        F: FnMut(Option<Duration>) -> Fut,
        Fut: Future<Output = Result<T, Status>>,
    {
        self.call_within(self.timeout, attempt).await
    }

    /// The same within `timeout`; `None` waits for as long as it takes.
    pub(crate) async fn call_within<T, F, Fut>(
        &self,
        timeout: Option<Duration>,
        mut attempt: F,
    ) -> Result<T, Error>
    where
        F: FnMut(Option<Duration>) -> Fut,
        Fut: Future<Output = Result<T, Status>>,
    {
        // A timeout beyond what the clock can hold is none.
        let deadline = timeout.and_then(|timeout| Some((timeout, Instant::now().checked_add(timeout)?)));
        let mut last: Option<Box<StatusError>> = None;
        let mut number = 1;
        loop {
            let status = match within(deadline.map(|(_, at)| at), &mut attempt).await {
                Some(Ok(answer)) => {
                    self.budget.deposit();
                    return Ok(answer);
                }
                Some(Err(status)) => status,
                None => return Err(deadline_exceeded(timeout, last)),
            };
            let passed = deadline.is_some_and(|(_, at)| Instant::now() >= at);
            if is_timeout(&status) || (passed && status.code() == Code::Cancelled) {
                return Err(deadline_exceeded(timeout, last));
            }
            let status = StatusError::from(status);
            if status.is_retryable() && !self.budget.withdraw() {
                return Err(status.into());
            }
            let Some(pause) = self.policy.pause(number, &status, rand::random()) else {
                return Err(status.into());
            };
            if deadline.is_some_and(|(_, at)| at.saturating_duration_since(Instant::now()) <= pause) {
                return Err(status.into());
            }
            sleep(pause).await;
            last = Some(Box::new(status));
            number += 1;
        }
    }
}

/// Runs one attempt until `deadline`; `None` if that came first.
async fn within<T, F, Fut>(deadline: Option<Instant>, attempt: &mut F) -> Option<Result<T, Status>>
where
    F: FnMut(Option<Duration>) -> Fut,
    Fut: Future<Output = Result<T, Status>>,
{
    let Some(at) = deadline else { return Some(attempt(None).await) };
    let remaining = at.saturating_duration_since(Instant::now());
    if remaining.is_zero() {
        return None;
    }
    timeout_at(at, attempt(Some(remaining))).await.ok()
}

fn deadline_exceeded(timeout: Option<Duration>, last: Option<Box<StatusError>>) -> Error {
    Error::DeadlineExceeded { timeout: timeout.unwrap_or_default(), last }
}

impl fmt::Debug for Caller {
    /// Leaves out the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("timeout", &self.timeout)
            .field("stream_timeout", &self.stream_timeout)
            .field("authorization", &self.authorization.is_some())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
