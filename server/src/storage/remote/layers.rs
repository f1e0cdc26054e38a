//! What stands around a service, in the one order that is right: service, then timeout, then limit; and around the calls,
//! [`retrying`].
//!
//! The timeout bounds each attempt. Retries are our own and not the library's layer, for three reasons found in its
//! source: it continues a broken body by a second request for the rest, which may meet another version of the object; it
//! marks every failure as persistent, so that afterwards a refusal and an outage look the same; and it keeps a place
//! under the limit while it waits. Here each attempt is a whole call that queues for a place of its own.
//!
//! Streams have a limit to themselves, because they last as long as their reader likes: slow readers must not keep
//! others from being served.

use std::time::Duration;

use opendal::layers::{ConcurrentLimitLayer, TimeoutLayer};
use opendal::{Builder, Operator, Result};
use rand::RngExt;

use super::super::StoreLimits;

pub(super) struct Layered {
    /// For calls that end by themselves, with or without a body.
    pub(super) calls: Operator,
    /// For bodies that are read as somebody asks for them.
    pub(super) streams: Operator,
}

pub(super) fn layered(service: impl Builder, limits: &StoreLimits) -> Result<Layered> {
    let timed = Operator::new(service)?
        .layer(TimeoutLayer::new().with_timeout(limits.timeout).with_io_timeout(limits.io_timeout));
    let limit = || ConcurrentLimitLayer::new(limits.concurrency.max(1));
    Ok(Layered { calls: timed.clone().layer(limit()), streams: timed.layer(limit()) })
}

/// Does `attempt` again while it fails temporarily, as often as the limits say, with waits that double and are jittered.
pub(super) async fn retrying<T, F: Future<Output = Result<T>>>(
    limits: &StoreLimits,
    mut attempt: impl FnMut() -> F,
) -> Result<T> {
    let mut delay = limits.first_retry_delay;
    for _ in 0..limits.retries {
        match attempt().await {
            Err(error) if error.is_temporary() => tracing::debug!(%error, "trying again"),
            result => return result,
        }
        tokio::time::sleep(jittered(delay)).await;
        delay = (delay * 2).min(limits.timeout);
    }
    attempt().await
}

/// Up to twice the delay.
fn jittered(delay: Duration) -> Duration {
    delay + delay.mul_f64(rand::rng().random())
}
