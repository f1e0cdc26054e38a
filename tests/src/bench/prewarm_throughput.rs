//! The throughput of a prewarm against the imaging crate alone, and the server's memory meanwhile.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use rendition_client::{Client, Prewarm, Prewarmed};

use super::{
    pairs::Pairs,
    prewarm_alone::Alone,
    prewarm_task::{CONFIG, Photographs, specs},
    report::{Bound, Report},
    served::Served,
};

/// Pairs of windows that are measured; one more comes before them to warm up.
const PAIRS: usize = 9;
/// How often the memory is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Measures with so many names together, and reports.
pub async fn run(report: &mut Report, names: usize) {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let served = Served::with(CONFIG);
    let photos = Photographs::put(&served.folder().join("photographs"));
    let each = (names / (PAIRS + 1)).max(1);
    report.title(&format!(
        "prewarm of {} names of {} photographs x {} specs / the crate alone on {threads} threads, {PAIRS} pairs of {each}",
        each * (PAIRS + 1),
        photos.count(),
        specs().len()
    ));
    for window in 0..=PAIRS {
        photos.name(&served.media().join(folder(window)), each);
    }
    let client = served.client().await;
    let mut pairs = Pairs::default();
    let (mut peaks, mut decodes) = (Vec::new(), 0);
    for window in 0..=PAIRS {
        let place = served.media().join(folder(window));
        let early = (window % 2 == 0).then(|| Alone::measure(&place, threads));
        let (seconds, peak) = prewarm(&served, &client, window, each).await;
        let alone = early.unwrap_or_else(|| Alone::measure(&place, threads));
        let stored = stored(&served.folder().join("renditions/media").join(folder(window)));
        assert_eq!(stored, (4 * each, alone.bytes), "both sides must make the same images");
        peaks.push(peak);
        decodes += alone.decodes;
        if window > 0 {
            let per_second = |seconds: f64| (4 * each) as f64 / seconds;
            pairs.push(per_second(seconds), per_second(alone.seconds));
        }
    }
    report.must("renditions a second", pairs.ratio(), Bound::AtLeast(0.90), &pairs);
    report
        .note("decodes for each source", format_args!("{:.2}", decodes as f64 / ((PAIRS + 1) * each) as f64));
    // The first window fills caches and arenas.
    let third = PAIRS / 3;
    let highest = |peaks: &[f64]| peaks.iter().copied().fold(0.0, f64::max);
    let (first, last) = (highest(&peaks[1..=third]), highest(&peaks[peaks.len() - third..]));
    report.must(
        "peak memory, the last third / the first",
        last / first,
        Bound::AtMost(1.10),
        format_args!("{last:.0} / {first:.0} MB"),
    );
}

fn folder(window: usize) -> String {
    format!("{window:02}")
}

/// Prewarms one window; how many seconds it took, and the peak of the server's memory in megabytes.
async fn prewarm(served: &Served, client: &Client, window: usize, each: usize) -> (f64, f64) {
    let done = Arc::new(AtomicBool::new(false));
    let looking = tokio::spawn({
        let (process, done) = (served.process.id(), done.clone());
        async move {
            let mut peak: f64 = 0.0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(super::process::resident(process));
                tokio::time::sleep(LOOK).await;
            }
            peak
        }
    });
    let request = specs()
        .iter()
        .fold(Prewarm::of(format!("{}/", folder(window))), |request, (id, _)| request.spec(*id));
    let begun = Instant::now();
    let mut progress = client.prewarm(request).await.unwrap();
    let mut last: Option<Prewarmed> = None;
    while let Some(told) = progress.next().await {
        last = Some(told.unwrap());
    }
    let seconds = begun.elapsed().as_secs_f64();
    done.store(true, Ordering::Relaxed);
    let last = last.unwrap();
    assert_eq!((last.done(), last.failed()), (4 * each as u64, 0), "{:?}", last.failures());
    (seconds, looking.await.unwrap())
}

/// How many files lie below a folder, and their length together.
fn stored(folder: &Path) -> (usize, u64) {
    let (mut files, mut bytes) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            let below = stored(&entry.path());
            (files, bytes) = (files + below.0, bytes + below.1);
        } else {
            (files, bytes) = (files + 1, bytes + entry.metadata().unwrap().len());
        }
    }
    (files, bytes)
}
