//! The layers around a service, in the one order that is right: service, then timeout, then retry, then the limit.
//!
//! A timeout inside the retry bounds each attempt; outside, it would drop the retry in the middle. The limit comes last,
//! so that a call keeps its place while it waits to be retried, and retries don't add to the crowd.
//!
//! Bodies are not retried here: the library continues a broken body by a second request for the rest, and that one may
//! meet another version of the object. Whoever reads a body retries it as a whole, or not at all. Streams have a limit
//! of their own, because they last as long as their reader likes: slow readers must not keep others from being served.

use opendal::layers::{ConcurrentLimitLayer, RetryLayer, TimeoutLayer};
use opendal::{Builder, Operator};

use super::super::StoreLimits;

pub(super) struct Layered {
    /// For calls without a body from the store.
    pub(super) calls: Operator,
    /// For bodies that are read at once.
    pub(super) bodies: Operator,
    /// For bodies that are read as somebody asks for them.
    pub(super) streams: Operator,
}

pub(super) fn layered(service: impl Builder, limits: &StoreLimits) -> opendal::Result<Layered> {
    let timed = Operator::new(service)?
        .layer(TimeoutLayer::new().with_timeout(limits.timeout).with_io_timeout(limits.io_timeout));
    let retry = RetryLayer::new()
        .with_max_times(limits.retries)
        .with_min_delay(limits.first_retry_delay)
        .with_max_delay(limits.timeout)
        .with_factor(2.0)
        .with_jitter()
        .with_notify(|event: opendal::layers::RetryEvent<'_>| {
            tracing::debug!(operation = %event.op, attempt = event.attempt, error = %event.err, "retrying");
        });
    let concurrency = limits.concurrency.max(1);
    let limit = ConcurrentLimitLayer::new(concurrency);
    Ok(Layered {
        calls: timed.clone().layer(retry).layer(limit.clone()),
        bodies: timed.clone().layer(limit),
        streams: timed.layer(ConcurrentLimitLayer::new(concurrency)),
    })
}
