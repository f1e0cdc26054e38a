//! How busy the machine is with other things: figures taken beside them are not worth much.

use std::time::{Duration, Instant};

/// The kernel's unit in `/proc/stat`, the same on every Linux: a hundredth of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// How many cores were busy, whoever used them, over this time.
pub async fn busy_cores(time: Duration) -> f64 {
    let (begun, before) = (Instant::now(), busy_ticks());
    tokio::time::sleep(time).await;
    (busy_ticks() - before) / TICKS_PER_SECOND / begun.elapsed().as_secs_f64()
}

fn busy_ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap();
    let of_all_cores = stat.lines().next().unwrap();
    let fields: Vec<f64> =
        of_all_cores.split_whitespace().skip(1).map(|field| field.parse().unwrap()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user already.
    fields[..3].iter().chain(&fields[5..8]).sum()
}
