//! Bad input: every kind of it is answered within a second with its typed error, and leaves the server answering.
#![allow(clippy::unwrap_used)]

mod bytes;
mod messages;
mod names;
mod specs;
mod urls;

use std::time::Duration;

use rendition_client::{Client, Code, EnsureGenerated};
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png},
    refusals::{at_once, refused},
    test_server::{Options, TestServer},
};

const GOOD: (&str, &str) = ("good.png", "small");

async fn server(config: &str) -> (TestServer, Client) {
    let server = TestServer::with(Options::default().config(&format!("{config}{SMALL}"))).await;
    server.put(GOOD.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

/// The server still does its work, for a key that it has not made before.
async fn still_answers(server: &TestServer) {
    server.put("after.png", &png(90, 60, 1));
    let asked = EnsureGenerated::new(("after.png", "small")).max_age(Duration::ZERO);
    let ensured = at_once(server.client().ensure_generated(asked)).await.unwrap();
    assert!(ensured.rendition().is_ready());
    assert_eq!(server.engine.flights(), 0);
}

/// What is wrong with a source: the same error by every way to the bytes, and a state for those who only ask.
async fn refused_for_its_bytes(server: &TestServer, path: &str, reason: &str) {
    let client = server.client();
    refused(at_once(client.ensure_generated((path, "small"))).await, Code::FailedPrecondition, reason, None);
    refused(at_once(client.read_to_vec((path, "small"))).await, Code::FailedPrecondition, reason, None);
    let view = at_once(client.exists((path, "small"))).await.unwrap().into_rendition();
    assert_eq!(view.failure().unwrap().reason().as_str(), reason);
    let url = at_once(client.url((path, "small"))).await.unwrap();
    let (status, headers, body) = at_once(http_get(url.url())).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (422, "no-store"));
    assert!(String::from_utf8_lossy(&body).contains(reason));
    still_answers(server).await;
}
