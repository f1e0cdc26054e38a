//! Figure 3: cached hits while generation takes every core.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use rendition_client::{Client, Outcome, RenditionRef, Source, Spec};

use super::{
    load::{Call, histogram},
    report::{Bound, Report},
    served::{SPEC, Served},
};
use crate::pictures;

const PHOTOS: [&str; 3] = [
    "photos/mdx--Issue_525.jpg",
    "photos/libavif--dog_exif_extended_xmp_icc.jpg",
    "photos/mdx--Canon_EOS_5D.jpg",
];
/// Generations in flight: more than there are workers, so that none ever idles.
const GENERATORS: usize = 8;
const TIME: Duration = Duration::from_secs(10);
/// Calls go out at this pace whether or not the ones before are answered.
const PACE: Duration = Duration::from_millis(2);

/// Measures and reports.
pub async fn run(report: &mut Report) {
    report.title(&format!(
        "cached hits at {} a second while generation takes every core",
        1_000 / PACE.as_millis()
    ));
    let served = Served::start();
    for (number, photo) in PHOTOS.iter().enumerate() {
        let bytes = pictures::corpus(photo).unwrap_or_else(|| pictures::jpeg(4000, 3000, number as u8));
        served.put(&format!("large-{number}.jpg"), &bytes);
    }
    served.put("small.jpg", &pictures::jpeg(640, 480, 1));
    let cached: RenditionRef = ("small.jpg", SPEC).into();
    let client = served.client().await;
    client.ensure_generated(cached.clone()).await.unwrap();

    let quiet = hits(&client, &cached, TIME / 5).await;
    let stop = Arc::new(AtomicBool::new(false));
    let next = Arc::new(AtomicUsize::new(0));
    let clients = join_all((0..GENERATORS).map(|_| served.client())).await;
    let generators: Vec<_> = clients
        .into_iter()
        .map(|client| tokio::spawn(generate(client, stop.clone(), next.clone())))
        .collect();
    let (begun, before) = (Instant::now(), served.process.cpu());
    let busy = hits(&client, &cached, TIME).await;
    let cores = (served.process.cpu() - before) / begun.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let mut generated = 0;
    for generator in generators {
        generated += generator.await.unwrap();
    }
    let milliseconds = |share| busy.value_at_quantile(share) as f64 / 1e6;
    report.must(
        "p99 of cached hits, ms",
        milliseconds(0.99),
        Bound::Below(20.0),
        format_args!(
            "p50 {:.2}, p99.9 {:.2}, max {:.2}; without generation p99 {:.2}",
            milliseconds(0.5),
            milliseconds(0.999),
            milliseconds(1.0),
            quiet.value_at_quantile(0.99) as f64 / 1e6
        ),
    );
    report.note("12 MP renditions made meanwhile", generated);
    report.note("cores that the server used", format_args!("{cores:.2}"));
}

/// Asks for one new rendition after the other; tells how many were made.
async fn generate(client: Client, stop: Arc<AtomicBool>, next: Arc<AtomicUsize>) -> usize {
    let mut made = 0;
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let source = Source::new(format!("large-{}.jpg", number % PHOTOS.len()));
        let size = 400 + u32::try_from(number % 4_000).unwrap();
        // One side is bounded alike for all, so that all cost about the same.
        let spec = Spec::builder().resize_to_fit((800, size)).jpeg(80);
        let ensured = client.ensure_generated((source, spec)).await.unwrap();
        made += usize::from(ensured.outcome() == Outcome::Generated);
    }
    made
}

/// Calls at the fixed pace. The time counts from when a call was due, so that one that could not even be
/// sent in time counts as slow.
async fn hits(client: &Client, cached: &RenditionRef, time: Duration) -> hdrhistogram::Histogram<u64> {
    let mut pace = tokio::time::interval(PACE);
    let begun = tokio::time::Instant::now();
    let mut calls = Vec::new();
    for call in Call::ALL.into_iter().cycle() {
        let due = pace.tick().await;
        if due.duration_since(begun) >= time {
            break;
        }
        let (client, cached) = (client.clone(), cached.clone());
        calls.push(tokio::spawn(async move {
            assert!(call.send(&client, &cached).await.unwrap(), "an answer that is not READY");
            due.elapsed()
        }));
    }
    let mut latencies = histogram();
    for call in calls {
        latencies.saturating_record(u64::try_from(call.await.unwrap().as_nanos()).unwrap());
    }
    latencies
}
