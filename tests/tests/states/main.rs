//! What is answered when: the states, the evidence and the outcomes of every call, row by row of the API's table.
#![allow(clippy::unwrap_used)]

mod access;
mod answers;
mod batches;
mod drain;
mod freshness;
mod outages;
mod placeholders;
mod services;
mod stores;
mod tls;
mod verdicts;
mod versions;
mod waiting;

use rendition_client::Rendition;
use rendition_tests::test_server::{Options, TestServer};

/// The rendition that most of the tests ask for.
const CAT: (&str, &str) = ("photos/cat.png", "small");

/// Two folders, one spec, a clock that stands still.
fn options() -> Options {
    Options::default().config(rendition_tests::pictures::SMALL).manual_clock()
}

/// A server on those with one source.
async fn server() -> TestServer {
    let server = TestServer::with(options()).await;
    server.put(CAT.0, &rendition_tests::pictures::png(80, 60, 1));
    server
}

/// State and evidence, in the words of the API.
fn told(rendition: &Rendition) -> (&'static str, &'static str) {
    (rendition.state().as_str(), rendition.evidence().as_str())
}
