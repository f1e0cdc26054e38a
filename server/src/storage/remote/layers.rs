//! What stands around a service: the timeout, which bounds each attempt.
//!
//! Retries and the number of calls at a time are our own and not the library's layers ([`Paced`](super::super::paced::Paced)),
//! for three reasons found in its source: it continues a broken body by a second request for the rest, which may meet another
//! version of the object; it marks every failure as persistent, so that afterwards a refusal and an outage look the same; and it
//! keeps a place under the limit while it waits.

use opendal::layers::TimeoutLayer;
use opendal::{Builder, Operator, Result};

use super::super::StoreLimits;

pub(super) fn timed(service: impl Builder, limits: &StoreLimits) -> Result<Operator> {
    let layer = TimeoutLayer::new().with_timeout(limits.timeout).with_io_timeout(limits.io_timeout);
    Ok(Operator::new(service)?.layer(layer))
}
