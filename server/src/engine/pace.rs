//! A pace: so many a second and no more.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How much time is made up for: what a timer may ring too late.
const SLACK: Duration = Duration::from_millis(10);

/// Lets one through after the other.
#[derive(Debug)]
pub(super) struct Pace {
    pause: Duration,
    next: Instant,
}

impl Pace {
    /// So many a second; 0: as many as come.
    pub fn per_second(many: u32) -> Self {
        let pause = if many == 0 { Duration::ZERO } else { Duration::from_secs(1) / many };
        Self { pause, next: Instant::now() }
    }

    /// Waits for the next one's turn. Time that nobody used is not made up for, but for a moment.
    pub async fn turn(&mut self) {
        if self.pause.is_zero() {
            return;
        }
        sleep_until(self.next).await;
        self.next = self.next.max(Instant::now() - SLACK) + self.pause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_many_go_through_in_a_second_also_after_a_rest() {
        let mut pace = Pace::per_second(10);
        tokio::time::advance(Duration::from_secs(60)).await;
        let begun = Instant::now();
        for _ in 0..21 {
            pace.turn().await;
        }
        let took = begun.elapsed();
        assert!((Duration::from_secs(2) - SLACK..=Duration::from_secs(2)).contains(&took), "{took:?}");
        let mut unbound = Pace::per_second(0);
        for _ in 0..1000 {
            unbound.turn().await;
        }
        assert_eq!(begun.elapsed(), took);
    }
}
