//! Figure 4: what the server adds to a cold generation, in CPU time: fetching, the journal, writing, gRPC.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rendition_client::{Client, Outcome};

use super::{
    crate_alone::Alone,
    pairs::Pairs,
    report::{Bound, Report},
    served::{SPEC, Served},
};
use crate::pictures;

const PHOTO: &str = "photos/sharp--2569067123_aca715a2ee_o.jpg";
const GENERATIONS: usize = 40;
const PAIRS: usize = 15;
const IDLE: Duration = Duration::from_secs(2);

/// Measures and reports.
pub async fn run(report: &mut Report) {
    report.title(&format!(
        "cold generations through the server / the crate alone: 6 MP JPEG to fit 300, {PAIRS} pairs of {GENERATIONS}"
    ));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let served = Served::start();
    let photo = pictures::corpus(PHOTO).unwrap_or_else(|| pictures::jpeg(2725, 2225, 1));
    let alone = served.folder().join("alone.jpg");
    std::fs::write(&alone, &photo).unwrap();
    for number in 0..(PAIRS + 1) * GENERATIONS {
        served.put(&path(number), &photo);
    }
    let clients = join_all((0..threads * 2).map(|_| served.client())).await;
    // The first of both is for warming up.
    let bytes = round(&clients, 0).await;
    let crate_bytes = Alone::measure(&alone, threads, threads).bytes;
    assert_eq!(bytes, crate_bytes, "both sides must make the same image");

    let (begun, before) = (Instant::now(), served.process.cpu());
    tokio::time::sleep(IDLE).await;
    let idle = (served.process.cpu() - before) / begun.elapsed().as_secs_f64();

    let mut cpu = Pairs::default();
    for pair in 1..=PAIRS {
        let measure_alone = || Alone::measure(&alone, GENERATIONS, threads).cpu;
        let early = (pair % 2 == 0).then(measure_alone);
        let (begun, before) = (Instant::now(), served.process.cpu());
        round(&clients, pair).await;
        let ours = served.process.cpu() - before - idle * begun.elapsed().as_secs_f64();
        let per_generation = 1e3 / GENERATIONS as f64;
        cpu.push(ours * per_generation, early.unwrap_or_else(measure_alone) * per_generation);
    }
    report.must("CPU per generation, ms", cpu.ratio(), Bound::AtMost(1.10), &cpu);
    report.note("CPU of the idle server, % of a core", format_args!("{:.1}", idle * 100.0));
}

/// Has one round of new renditions made; tells the length of one.
async fn round(clients: &[Client], round: usize) -> u64 {
    let shares = clients.iter().enumerate().map(|(caller, client)| async move {
        let mut bytes = 0;
        for number in (caller..GENERATIONS).step_by(clients.len()) {
            let path = path(round * GENERATIONS + number);
            let ensured = client.ensure_generated((path.as_str(), SPEC)).await.unwrap();
            assert_eq!(ensured.outcome(), Outcome::Generated);
            bytes = ensured.rendition().image().and_then(|image| image.size_bytes()).unwrap_or(0);
        }
        bytes
    });
    join_all(shares).await.into_iter().max().unwrap_or(0)
}

fn path(number: usize) -> String {
    format!("cold-{number:04}.jpg")
}
