//! Figure 2: a herd of callers, all at once, for one key that is missing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use futures_util::future::join_all;
use rendition_client::{Outcome, State};

use super::{
    report::{Bound, Report},
    served::SPEC,
};
use crate::{
    pictures,
    test_server::{Options, TestServer},
};

const HERD: usize = 500;
const CONNECTIONS: usize = 10;

/// Measures on a server in this process, whose storage calls and decodes are counted.
pub async fn run(report: &mut Report) {
    report.title(&format!("a herd of {HERD} EnsureGenerated for one missing key, 12 MP"));
    let decodes = Arc::new(AtomicU64::new(0));
    let counted = decodes.clone();
    let config = format!(
        "[specs.{SPEC}]\noperations = [{{ resize_to_fit = {{ width = 300, height = 300 }} }}]\noutput = {{ jpeg = {{}} }}\n"
    );
    let options = Options::default().config(&config).before_decode(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let server = TestServer::with(options).await;
    let photo =
        pictures::corpus("photos/mdx--Issue_525.jpg").unwrap_or_else(|| pictures::jpeg(4000, 3000, 1));
    server.put("photo.jpg", &photo);
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| server.client()).collect();
    let begun = Instant::now();
    let answers = join_all((0..HERD).map(|caller| {
        let client = clients[caller % CONNECTIONS].clone();
        tokio::spawn(async move { client.ensure_generated(("photo.jpg", SPEC)).await.unwrap() })
    }))
    .await;
    let took = begun.elapsed();
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let ready = answers.iter().filter(|answer| answer.rendition().state() == State::Ready).count();
    let joined = answers.iter().filter(|answer| answer.outcome() == Outcome::Coalesced).count();
    let (reads, writes) = (server.counts("media").read(), server.counts("renditions").write());
    report.must("source reads", reads as f64, Bound::Exactly(1.0), "");
    report.must("decodes", decodes.load(Ordering::Relaxed) as f64, Bound::Exactly(1.0), "");
    report.must("writes", writes as f64, Bound::Exactly(1.0), "");
    report.must("callers answered READY", ready as f64, Bound::Exactly(HERD as f64), "");
    report.note("callers that joined the flight", joined);
    report.note("the whole herd, ms", took.as_millis());
    server.stop().await;
}
