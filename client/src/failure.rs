//! Why a rendition could not be made.

use std::time::SystemTime;

use rendition_proto::v1;

use crate::{Reason, duration::from_timestamp};

/// Why a rendition could not be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure<'a>(pub(crate) &'a v1::Failure);

impl<'a> Failure<'a> {
    /// The stable reason.
    pub fn reason(&self) -> Reason {
        Reason::from(self.0.reason.as_str())
    }

    /// The reason in words, for developers.
    pub fn message(&self) -> &'a str {
        &self.0.message
    }

    /// When the next attempt is allowed.
    pub fn retry_time(&self) -> Option<SystemTime> {
        from_timestamp(self.0.retry_time)
    }

    /// How many attempts have failed so far.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}
