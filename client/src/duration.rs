//! Durations and times as the API has them.

use std::time::{Duration, SystemTime};

/// A duration for the wire. One beyond its range, some 290 thousand million years, is cut to it.
pub(crate) fn to_proto(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}

/// A time from the wire; `None` if it is absent or no time.
pub(crate) fn from_timestamp(time: Option<prost_types::Timestamp>) -> Option<SystemTime> {
    time.and_then(|time| SystemTime::try_from(time).ok())
}
