//! The processor's time that a generation may take.

use std::time::Duration;

use crate::ImageError;

/// How much of the processor's time the work on a rendition may take, counted on the thread that does it. Looked at
/// between rows, steps and frames, so it may be passed by what one call of a codec takes.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    end: Option<Duration>,
    allowed: Duration,
}

impl Budget {
    /// No bound.
    #[cfg(test)]
    pub const UNBOUNDED: Budget = Budget { end: None, allowed: Duration::MAX };

    /// From now on, on this thread.
    pub fn start(allowed: Duration) -> Budget {
        Budget::after(Duration::ZERO, allowed)
    }

    /// From now on, on this thread, when so much of it is used up already.
    pub fn after(used: Duration, allowed: Duration) -> Budget {
        Budget { end: thread_time().checked_add(allowed.saturating_sub(used)), allowed }
    }

    /// What is used up so far.
    pub fn used(&self) -> Duration {
        let Some(end) = self.end else { return Duration::ZERO };
        thread_time().saturating_add(self.allowed).saturating_sub(end)
    }

    /// # Errors
    /// [`ImageError::LimitExceeded`] once it is used up.
    pub(crate) fn check(&self) -> Result<(), ImageError> {
        let Some(end) = self.end else { return Ok(()) };
        let now = thread_time();
        if now <= end {
            return Ok(());
        }
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let allowed = millis(self.allowed);
        Err(ImageError::LimitExceeded {
            limit: "cpu_time",
            value: allowed.saturating_add(millis(now.saturating_sub(end)).max(1)),
            maximum: allowed,
            message: format!(
                "making the rendition takes more than {allowed} ms of a processor's time: use a smaller image or fewer operations, or raise cpu_time"
            ),
        })
    }
}

/// What this thread has used so far.
#[cfg(unix)]
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Where no such clock is known, nothing is bounded.
#[cfg(not(unix))]
fn thread_time() -> Duration {
    Duration::ZERO
}
