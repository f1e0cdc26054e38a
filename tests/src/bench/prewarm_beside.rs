//! What callers notice of a prewarm: cached hits and cold renditions, with it and without it in turns.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use hdrhistogram::Histogram;
use rendition_client::{Client, Outcome, Prewarm, RenditionRef, Source, Spec};

use super::{
    load::{Call, histogram},
    prewarm_task::{CONFIG, Photographs, specs},
    report::{Bound, Report},
    served::Served,
};
use crate::pictures;

/// Windows of each kind.
const PAIRS: usize = 4;
const WINDOW: Duration = Duration::from_secs(15);
/// Cached calls go out at this pace, and requests for cold renditions at that, answered or not.
const HITS: Duration = Duration::from_millis(5);
const COLD: Duration = Duration::from_millis(150);
const PHOTO: &str = "photos/mdx--Canon_EOS_5D.jpg";

/// Latencies, in nanoseconds.
struct Noticed {
    hits: Histogram<u64>,
    cold: Histogram<u64>,
}

/// Measures and reports.
pub async fn run(report: &mut Report) {
    report.title(&format!(
        "callers beside a prewarm: {} cached hits and {:.1} cold 12 MP renditions a second, {PAIRS} pairs of {} s",
        1000 / HITS.as_millis(),
        1.0 / COLD.as_secs_f64(),
        WINDOW.as_secs()
    ));
    let served = Served::with(CONFIG);
    let photos = Photographs::put(&served.folder().join("photographs"));
    // More than can be made meanwhile.
    photos.name(&served.media().join("many"), 20_000);
    served.put("small.jpg", &pictures::jpeg(640, 480, 1));
    served.put("large.jpg", &pictures::corpus(PHOTO).unwrap_or_else(|| pictures::jpeg(4368, 2912, 1)));
    let client = served.client().await;
    client.ensure_generated(("small.jpg", "card")).await.unwrap();
    let mut numbers = 0..;
    window(&client, &mut numbers, WINDOW / 5).await;

    let new = || Noticed { hits: histogram(), cold: histogram() };
    let (mut without, mut beside) = (new(), new());
    let (mut token, mut made) = (String::new(), 0);
    for pair in 0..PAIRS {
        for kind in [pair % 2, 1 - pair % 2] {
            if kind == 0 {
                without.add(window(&client, &mut numbers, WINDOW).await);
                continue;
            }
            let request = specs().iter().fold(Prewarm::of("many/"), |request, (id, _)| request.spec(*id));
            let mut progress = served.client().await.prewarm(request.resume(&token)).await.unwrap();
            let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
            let prewarming = tokio::spawn(async move {
                let (mut token, mut made) = (String::new(), 0);
                loop {
                    tokio::select! {
                        told = progress.next() => {
                            let told = told.expect("there are too few names").unwrap();
                            token = told.resume_token().expect("there are too few names").to_owned();
                            made = told.done();
                        }
                        _ = &mut stopped => return (token, made),
                    }
                }
            });
            // Until it is in full swing.
            tokio::time::sleep(WINDOW / 15).await;
            beside.add(window(&client, &mut numbers, WINDOW).await);
            drop(stop);
            let (stood, more) = prewarming.await.unwrap();
            (token, made) = (stood, made + more);
            // What is in work ends.
            tokio::time::sleep(WINDOW / 15).await;
        }
    }
    let milliseconds = |histogram: &Histogram<u64>, share| histogram.value_at_quantile(share) as f64 / 1e6;
    let hits = |share| milliseconds(&beside.hits, share);
    report.must(
        "p99 of cached hits, ms",
        hits(0.99),
        Bound::AtMost(20.0),
        format_args!(
            "p50 {:.2}, p99.9 {:.2}; without p99 {:.2}",
            hits(0.5),
            hits(0.999),
            milliseconds(&without.hits, 0.99)
        ),
    );
    let (with, alone) = (milliseconds(&beside.cold, 0.99), milliseconds(&without.cold, 0.99));
    report.must(
        "p99 of cold renditions, beside / without",
        with / alone,
        Bound::AtMost(1.5),
        format_args!(
            "{with:.1} / {alone:.1} ms; p50 {:.1} / {:.1}, of {} and {}",
            milliseconds(&beside.cold, 0.5),
            milliseconds(&without.cold, 0.5),
            beside.cold.len(),
            without.cold.len()
        ),
    );
    report.note("renditions prewarmed meanwhile", made);
}

impl Noticed {
    fn add(&mut self, other: Self) {
        self.hits.add(other.hits).unwrap();
        self.cold.add(other.cold).unwrap();
    }
}

/// Calls for a while; time counts from when a call was due.
async fn window(client: &Client, numbers: &mut std::ops::RangeFrom<u32>, time: Duration) -> Noticed {
    let cached: RenditionRef = ("small.jpg", "card").into();
    let begun = Instant::now();
    let (mut hits, mut colds) = (Vec::new(), Vec::new());
    let (mut hit_pace, mut cold_pace) = (tokio::time::interval(HITS), tokio::time::interval(COLD));
    while begun.elapsed() < time {
        tokio::select! {
            due = hit_pace.tick() => {
                let (client, cached) = (client.clone(), cached.clone());
                hits.push(tokio::spawn(async move {
                    assert!(Call::EnsureGenerated.send(&client, &cached).await.unwrap(), "not READY");
                    due.elapsed()
                }));
            }
            due = cold_pace.tick() => {
                let (client, number) = (client.clone(), numbers.next().unwrap());
                colds.push(tokio::spawn(async move {
                    // One side is bounded alike for all, so that all cost about the same.
                    let spec = Spec::builder().resize_to_fit((800, 600 + number)).jpeg(80);
                    let ensured = client.ensure_generated((Source::new("large.jpg"), spec)).await.unwrap();
                    assert_eq!(ensured.outcome(), Outcome::Generated);
                    due.elapsed()
                }));
            }
        }
    }
    let mut noticed = Noticed { hits: histogram(), cold: histogram() };
    for (calls, latencies) in [(hits, &mut noticed.hits), (colds, &mut noticed.cold)] {
        for call in calls {
            latencies.saturating_record(u64::try_from(call.await.unwrap().as_nanos()).unwrap());
        }
    }
    noticed
}
