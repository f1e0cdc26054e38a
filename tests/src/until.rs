//! Waiting for what no event tells of, for a bounded time.

use std::time::{Duration, Instant};

/// Waits until `holds` does; panics with `what` after 20 s.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "never came to pass: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
