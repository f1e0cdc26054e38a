//! PutSource.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use rendition_client::{Code, PutSource, Source};
use rendition_proto::v1::{self, put_source_request::Part, source_service_client::SourceServiceClient};
use rendition_server::{
    engine::{Put, gate::Caller, request},
    model::SourcePath,
    storage::{Operation, WriteMode},
};
use rendition_tests::{
    pictures::{SMALL, png, png_header, small},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

const STORES: &str = r#"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
accepts_puts = true
[stores.closed]
kind = "fs"
root = "{root}/closed"
source = true
[stores.explicit]
kind = "memory"
source = true
accepts_puts = true
version_policy = "explicit"
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
"#;

async fn server() -> TestServer {
    let options = Options { stores: Some(STORES.into()), ..Options::default() };
    TestServer::with(
        options.config(&format!("{SMALL}[limits]\nmax_source_bytes = \"1 MiB\"\nfetch_bytes = \"1 MiB\"\n")),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_put_is_stored_and_made_into_renditions() {
    let server = server().await;
    let client = server.client();
    // Several chunks.
    let image = png(300, 300, 1);
    assert!(image.len() > 4 * 65_536);
    let saved = client.put_source(PutSource::new("a/cat.png").recipe("small"), image.clone()).await.unwrap();
    assert_eq!(saved.source().dimensions(), Some((300, 300)));
    assert_eq!(std::fs::read(server.root().join("media/a/cat.png")).unwrap(), image);
    until("it is made", || server.renditions().len() == 1).await;
    assert_eq!(client.read_to_vec(("a/cat.png", "small")).await.unwrap(), small(&image));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_there_is_replaced_only_on_request() {
    let server = server().await;
    let client = server.client();
    client.put_source("cat.png", png(80, 60, 1)).await.unwrap();
    client.put_source("cat.png", png(80, 60, 1)).await.expect("the same bytes once more are the same source");
    let again = client.put_source("cat.png", png(80, 60, 2)).await;
    refused(again, Code::AlreadyExists, "SOURCE_EXISTS", Some("header.source.path"));
    let before = client.ensure_generated(("cat.png", "small")).await.unwrap().into_rendition();
    client.put_source(PutSource::new("cat.png").overwrite(), png(80, 60, 2)).await.unwrap();
    let after = client.ensure_generated(("cat.png", "small")).await.unwrap().into_rendition();
    assert_ne!(before.key(), after.key());
    assert_eq!(client.read_to_vec(("cat.png", "small")).await.unwrap(), small(&png(80, 60, 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_too_large_or_not_wanted_is_refused_and_not_stored() {
    let server = server().await;
    let client = server.client();
    let text = client.put_source("a.png", "plain text").await;
    refused(text, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    let cut_off = client.put_source("a.png", png(80, 60, 1)[..9000].to_vec()).await;
    refused(cut_off, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    let unknown = client.put_source(PutSource::new("a.png").recipe("nothing"), png(8, 8, 1)).await;
    refused(unknown, Code::NotFound, "SPEC_NOT_FOUND", Some("header.recipes.spec_id"));
    let vast = client.put_source("a.png", png_header(60_000, 60_000)).await;
    refused(vast, Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", None);
    let long = client.put_source("a.png", vec![0; (1 << 20) + 1]).await;
    refused(long, Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", None);
    let closed = client.put_source(Source::new("a.png").store("closed"), png(8, 8, 1)).await;
    refused(closed, Code::PermissionDenied, "NOT_PERMITTED", Some("header.source.store"));
    let climbing = client.put_source("../a.png", png(8, 8, 1)).await;
    refused(climbing, Code::InvalidArgument, "INVALID_PATH", Some("header.source.path"));
    let versioned = client.put_source(Source::new("a.png").version("1"), png(8, 8, 1)).await;
    refused(versioned, Code::InvalidArgument, "INVALID_VERSION", Some("header.source.version"));
    let unversioned = client.put_source(Source::new("a.png").store("explicit"), png(8, 8, 1)).await;
    refused(unversioned, Code::InvalidArgument, "INVALID_VERSION", Some("header.source.version"));
    assert!(!server.root().join("media/a.png").exists());
    client.put_source(Source::new("a.png").store("explicit").version("1"), png(8, 8, 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_puts_at_once_do_not_wait_for_one_another_for_ever() {
    let server = server().await;
    let client = server.client();
    let puts = (0..64).map(|number| client.put_source(format!("{number}.png"), png(20, 20, number as u8)));
    let all = tokio::time::timeout(Duration::from_secs(20), futures_util::future::join_all(puts)).await;
    assert!(all.expect("they end").iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_who_send_nothing_keep_no_generation_waiting() {
    let server = server().await;
    let client = server.client();
    server.put("cat.png", &png(80, 60, 1));
    let mut idle = Vec::new();
    for number in 0..20 {
        // More than the room that there is for them, too.
        let mut service = SourceServiceClient::connect(server.grpc.clone()).await.unwrap();
        let source = Some(v1::Source { path: format!("{number}.png"), ..Default::default() });
        let header = Part::Header(v1::PutSourceHeader { source, ..Default::default() });
        let parts = stream::iter([v1::PutSourceRequest { part: Some(header) }]).chain(stream::pending());
        idle.push(tokio::spawn(async move { service.put_source(parts).await }));
    }
    until("there is no room for more of them", || is_full(&server)).await;
    let made = tokio::time::timeout(Duration::from_secs(20), client.ensure_generated(("cat.png", "small")));
    assert!(made.await.expect("it ends").unwrap().rendition().is_ready());
    assert!(idle.iter().all(|sender| !sender.is_finished()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_who_does_not_even_say_what_comes_is_let_go() {
    let options = Options { stores: Some(STORES.into()), ..Options::default() };
    let server = TestServer::with(options.config(&format!("{SMALL}[limits]\nmax_wait = \"200ms\"\n"))).await;
    let mut service = SourceServiceClient::connect(server.grpc.clone()).await.unwrap();
    let silent = service.put_source(stream::pending::<v1::PutSourceRequest>());
    let answer = tokio::time::timeout(Duration::from_secs(20), silent).await.expect("it ends");
    assert_eq!(answer.unwrap_err().code(), Code::DeadlineExceeded);
}

fn call() -> request::Call {
    request::Call::interactive(Caller::Unknown, None)
}

/// Whether a source that comes now has to wait for room.
fn is_full(server: &TestServer) -> bool {
    server.engine.upload(&call(), put("last.png")).now_or_never().is_none()
}

/// A source of unknown length, which takes the room of the longest one.
fn put(path: &str) -> Put {
    let path = SourcePath::new(path).unwrap();
    let source = request::Source { store: None, path, version: None, dimensions: None };
    Put { source, mode: WriteMode::CreateOnly, size: None, recipes: Vec::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sources_room_is_held_until_it_is_stored() {
    let server = server().await;
    let client = server.client();
    let mut hold = server.faults("media").hold_next(Operation::Write);
    let storing = tokio::spawn({
        let client = client.clone();
        async move { client.put_source("cat.png", png(80, 60, 1)).await }
    });
    hold.reached().await;
    assert!(is_full(&server));
    hold.release();
    storing.await.unwrap().unwrap();
    until("there is room again", || !is_full(&server)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_whose_caller_goes_away_at_its_end_is_done_whole() {
    let server = server().await;
    let client = server.client();
    let mut hold = server.faults("media").hold_next(Operation::Write);
    let storing = tokio::spawn({
        let client = client.clone();
        async move { client.put_source(PutSource::new("cat.png").recipe("small"), png(80, 60, 1)).await }
    });
    hold.reached().await;
    storing.abort();
    assert!(storing.await.unwrap_err().is_cancelled());
    // On the same connection, so that the server hears of it before this is asked.
    client.list_renditions("cat.png").await.unwrap();
    hold.release();
    until("it is made", || server.renditions().len() == 1).await;
}
