//! How old what was kept is now.

use std::time::Duration;

use crate::model::Timestamp;

/// When something was learnt, and until when it is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// When the storage said so.
    pub checked_at: Timestamp,
    /// From when on it is no longer believed.
    pub expires_at: Timestamp,
}

/// Takes times from when they were written down to now.
///
/// They stay what they are, as if the process had lived on, unless the clock was set back: then nobody knows how long the
/// process was down, and everything has the age that it had when it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aging {
    pub(super) saved_at: Timestamp,
    pub(super) now: Timestamp,
}

impl Aging {
    pub(super) fn apply(&self, times: Times) -> Times {
        let back = self.saved_at.since(self.now);
        let moved = |time: Timestamp| {
            if time == FOREVER || back == Duration::ZERO {
                return time;
            }
            let millis = u64::try_from(back.as_millis()).unwrap_or(u64::MAX);
            Timestamp::from_millis(time.millis().saturating_sub(millis))
        };
        // A time after that of the writing is left from before a clock was set back while the process ran.
        let checked_at = moved(times.checked_at.min(self.saved_at));
        Times { checked_at, expires_at: moved(times.expires_at) }
    }
}

/// The expiry of what is believed until it is shown to be false.
const FOREVER: Timestamp = Timestamp::from_millis(u64::MAX);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn aged(saved_at: u64, now: u64, checked_at: u64, expires_at: Timestamp) -> Times {
        let times = Times { checked_at: at(checked_at), expires_at };
        Aging { saved_at: at(saved_at), now: at(now) }.apply(times)
    }

    #[test]
    fn times_stay_what_they_are_while_the_clock_goes_on() {
        assert_eq!(aged(100, 160, 90, at(190)), Times { checked_at: at(90), expires_at: at(190) });
    }

    #[test]
    fn a_clock_that_was_set_back_leaves_the_age_and_the_rest_of_the_life() {
        assert_eq!(aged(1000, 400, 990, at(1090)), Times { checked_at: at(390), expires_at: at(490) });
        assert_eq!(aged(1000, 400, 990, FOREVER), Times { checked_at: at(390), expires_at: FOREVER });
    }

    #[test]
    fn nothing_is_younger_than_its_writing() {
        assert_eq!(aged(100, 160, 5000, at(5100)).checked_at, at(100));
    }
}
