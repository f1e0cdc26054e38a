//! Figure 5: whole pages. Ten renditions of one source in one call against ten flights that share nothing; the URLs of a page of
//! fifty in one call against one URL.

use std::time::{Duration, Instant};

use rendition_client::{Client, EnsureGenerated, Outcome, RenditionRef, Spec, State};

use super::{
    pairs::Pairs,
    report::{Bound, Report},
    served::{SPEC, Served},
};
use crate::pictures;

/// Renditions of one source, from 100 to 400 pixels.
const RENDITIONS: usize = 10;
const SHARING_PAIRS: usize = 11;

/// Entries of a page.
const PAGE: usize = 50;
const PAGE_PAIRS: usize = 31;
/// Calls of each side in a pair; the median of their latencies counts.
const CALLS: usize = 200;

/// Measures and reports.
pub async fn run(report: &mut Report) {
    sharing(report).await;
    page(report).await;
}

/// What is shared is a fetch and a decode, so ten copies of the source under ten names share nothing and are the same otherwise.
async fn sharing(report: &mut Report) {
    report.title(&format!(
        "BatchEnsureGenerated of {RENDITIONS} JPEGs of 100 to 400 px from one 12 MP source / from a source each, {SHARING_PAIRS} pairs"
    ));
    let served = Served::start();
    let client = served.client().await.with_timeout(Duration::from_secs(120));
    let photo =
        pictures::corpus("photos/mdx--Issue_525.jpg").unwrap_or_else(|| pictures::jpeg(4000, 3000, 1));
    let mut pairs = Pairs::default();
    for pair in 0..=SHARING_PAIRS {
        let shared = |_: usize| format!("shared-{pair}.jpg");
        let alone = |number: usize| format!("alone-{pair}-{number}.jpg");
        served.put(&shared(0), &photo);
        (0..RENDITIONS).for_each(|number| served.put(&alone(number), &photo));
        let (ours, theirs) = if pair.is_multiple_of(2) {
            let ours = made(&client, &shared).await;
            (ours, made(&client, &alone).await)
        } else {
            let theirs = made(&client, &alone).await;
            (made(&client, &shared).await, theirs)
        };
        // The first pair is for warming up.
        if pair > 0 {
            pairs.push(ours, theirs);
        }
    }
    report.must("time of the batch, ms", pairs.ratio(), Bound::AtMost(0.35), &pairs);
}

/// How long it takes to make one rendition of each width, in milliseconds.
async fn made(client: &Client, path: &impl Fn(usize) -> String) -> f64 {
    let requests: Vec<EnsureGenerated> = (0..RENDITIONS)
        .map(|number| {
            let width = 100 + 300 * number as u32 / (RENDITIONS as u32 - 1);
            (path(number), Spec::builder().resize_to_fit((width, 0)).jpeg(80)).into()
        })
        .collect();
    let begun = Instant::now();
    let answers = client.batch_ensure_generated(requests).await.unwrap();
    let took = begun.elapsed();
    for answer in answers {
        assert_eq!(answer.unwrap().outcome(), Outcome::Generated);
    }
    took.as_secs_f64() * 1e3
}

async fn page(report: &mut Report) {
    report.title(&format!(
        "a cached page of {PAGE} in one BatchUrl / one Url: one call in flight, {PAGE_PAIRS} pairs of {CALLS} calls"
    ));
    let served = Served::start();
    let client = served.client().await;
    let names: Vec<RenditionRef> =
        (0..PAGE).map(|number| (format!("photo-{number}.jpg"), SPEC).into()).collect();
    for (number, name) in names.iter().enumerate() {
        served.put(name.source().path(), &pictures::jpeg(320, 240, number as u8));
    }
    assert!(client.batch_ensure_generated(&names).await.unwrap().iter().all(Result::is_ok));
    let mut pairs = Pairs::default();
    for pair in 0..=PAGE_PAIRS {
        let (ours, theirs) = if pair.is_multiple_of(2) {
            let ours = batch(&client, &names).await;
            (ours, single(&client, &names).await)
        } else {
            let theirs = single(&client, &names).await;
            (batch(&client, &names).await, theirs)
        };
        if pair > 0 {
            pairs.push(ours, theirs);
        }
    }
    report.must("latency, us", pairs.ratio(), Bound::AtMost(3.0), &pairs);
}

/// The median latency of the page in one call, in microseconds.
async fn batch(client: &Client, names: &[RenditionRef]) -> f64 {
    let mut latencies = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let begun = Instant::now();
        let urls = client.batch_url(names).await.unwrap();
        latencies.push(begun.elapsed());
        assert!(urls.iter().all(|url| url.as_ref().is_ok_and(|url| url.state() == State::Ready)));
    }
    median(latencies)
}

/// The median latency of one URL, in microseconds.
async fn single(client: &Client, names: &[RenditionRef]) -> f64 {
    let mut latencies = Vec::with_capacity(CALLS);
    for number in 0..CALLS {
        let begun = Instant::now();
        let url = client.url(names[number % names.len()].clone()).await.unwrap();
        latencies.push(begun.elapsed());
        assert_eq!(url.state(), State::Ready);
    }
    median(latencies)
}

fn median(mut latencies: Vec<Duration>) -> f64 {
    latencies.sort_unstable();
    latencies[latencies.len() / 2].as_secs_f64() * 1e6
}
