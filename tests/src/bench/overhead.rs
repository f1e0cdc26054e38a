//! Figure 4: what the server adds to a cold generation, in CPU time: fetching, the journal, writing, gRPC.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use rendition_client::{Client, Outcome};

use super::{
    crate_alone::Alone,
    pairs::Pairs,
    report::{Bound, Report},
    served::Served,
    task::Task,
};

const PAIRS: usize = 15;
const IDLE: Duration = Duration::from_secs(2);

/// Measures and reports. The bound is on both tasks together, each of them made as often as the other.
pub async fn run(report: &mut Report) {
    report.title(&format!(
        "cold generations through the server / the crate alone: {} and {}, {PAIRS} pairs",
        Task::Fit.title(),
        Task::Fill.title()
    ));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let served = Served::start();
    let clients = join_all((0..threads * 2).map(|_| served.client())).await;
    let mut photos = Vec::new();
    for task in Task::ALL {
        let photo = task.photo();
        let alone = served.folder().join(format!("{}.jpg", task.spec_id()));
        std::fs::write(&alone, &photo).unwrap();
        for number in 0..(PAIRS + 1) * task.generations() {
            served.put(&path(task, number), &photo);
        }
        // The first of both is for warming up.
        let bytes = round(task, &clients, 0).await;
        let crate_bytes = Alone::measure(task, &alone, threads, threads).bytes;
        assert_eq!(bytes, crate_bytes, "both sides must make the same image");
        photos.push((task, alone));
    }

    let (begun, before) = (Instant::now(), served.process.cpu());
    tokio::time::sleep(IDLE).await;
    let idle = (served.process.cpu() - before) / begun.elapsed().as_secs_f64();

    let mut together = Pairs::default();
    let mut each = [Pairs::default(), Pairs::default()];
    for pair in 1..=PAIRS {
        let mut sums = (0.0, 0.0);
        for ((task, alone), pairs) in photos.iter().zip(&mut each) {
            let (ours, theirs) = measure(*task, alone, &served, &clients, (pair, threads), idle).await;
            pairs.push(ours, theirs);
            sums = (sums.0 + ours, sums.1 + theirs);
        }
        together.push(sums.0, sums.1);
    }
    report.must("CPU of one generation of each, ms", together.ratio(), Bound::AtMost(1.10), &together);
    for ((task, _), pairs) in photos.iter().zip(&each) {
        report.note(task.title(), format_args!("{:.2}, {pairs}", pairs.ratio()));
    }
    report.note("CPU of the idle server, % of a core", format_args!("{:.1}", idle * 100.0));
}

/// The CPU time of one generation through the server, and alone, in milliseconds; who is first, takes turns.
async fn measure(
    task: Task,
    alone: &Path,
    served: &Served,
    clients: &[Client],
    (pair, threads): (usize, usize),
    idle: f64,
) -> (f64, f64) {
    let measure_alone = || Alone::measure(task, alone, task.generations(), threads).cpu;
    let early = (pair % 2 == 0).then(measure_alone);
    let (begun, before) = (Instant::now(), served.process.cpu());
    round(task, clients, pair).await;
    let ours = served.process.cpu() - before - idle * begun.elapsed().as_secs_f64();
    let per_generation = 1e3 / task.generations() as f64;
    (ours * per_generation, early.unwrap_or_else(measure_alone) * per_generation)
}

/// Has one round of new renditions made; tells the length of one.
async fn round(task: Task, clients: &[Client], round: usize) -> u64 {
    let shares = clients.iter().enumerate().map(|(caller, client)| async move {
        let mut bytes = 0;
        for number in (caller..task.generations()).step_by(clients.len()) {
            let path = path(task, round * task.generations() + number);
            let ensured = client.ensure_generated((path.as_str(), task.spec_id())).await.unwrap();
            assert_eq!(ensured.outcome(), Outcome::Generated);
            bytes = ensured.rendition().image().and_then(|image| image.size_bytes()).unwrap_or(0);
        }
        bytes
    });
    join_all(shares).await.into_iter().max().unwrap_or(0)
}

fn path(task: Task, number: usize) -> String {
    format!("{}-{number:04}.jpg", task.spec_id())
}
