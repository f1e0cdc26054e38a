//! Specs whose GETs do not wait: an image of the right size is shown until there is the rendition.

use std::time::Duration;

use rendition_client::{Client, Source, State, Url, UrlOptions};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_request::{HttpAnswer, http_request},
    pictures::{SMALL, png, small},
    test_server::{Options, TestServer},
    until::until,
};

use super::get;

async fn server(placeholder: &str) -> (TestServer, Client) {
    let config = format!("{SMALL}on_get = \"placeholder\"\n{placeholder}\n");
    let server = TestServer::with(Options::default().config(&config).manual_clock()).await;
    let client = server.client();
    (server, client)
}

/// Queued, or taken from the queue already.
const PENDING: &str = "pending";

/// Asserts that an answer is a placeholder of this size, and gives its decoded first pixel.
fn shown(answer: &HttpAnswer, state: &str, size: (u32, u32)) -> [u8; 3] {
    let told = answer.header("rendition-state");
    let is_told = told == state || state == PENDING && ["queued", "generating"].contains(&told);
    assert!(answer.status == 200 && is_told, "{} {told}, not {state}", answer.status);
    assert_eq!(answer.header("cache-control"), "public, max-age=5");
    assert_eq!((answer.header("content-type"), answer.header("etag")), ("image/png", ""));
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let header = rendition_imaging::inspect(&answer.body).unwrap();
    assert_eq!((header.size.width, header.size.height), size);
    let spec = rendition_imaging::Spec::new(Vec::new(), rendition_imaging::Output::Png(Default::default()));
    let limits = rendition_imaging::Limits::default();
    rendition_imaging::generate(&answer.body, &spec, &limits).unwrap().placeholder.dominant_color
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_queued_and_shown_as_a_placeholder_until_it_is_made() {
    let (server, client) = server("placeholder.color = \"#336699\"").await;
    let source = png(80, 60, 1);
    server.put("cat.png", &source);
    let url = client.url(("cat.png", "small")).await.unwrap().url().to_owned();
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let color = shown(&get(&url).await, "queued", (40, 30));
    for (channel, wanted) in color.into_iter().zip([0x33_u8, 0x66, 0x99]) {
        assert!(channel.abs_diff(wanted) <= 8, "{color:?}");
    }
    hold.reached().await;
    shown(&get(&url).await, "generating", (40, 30));
    let head = http_request("HEAD", &url, &[]).await;
    assert_eq!((head.status, head.header("rendition-state"), head.body.len()), (200, "generating", 0));
    hold.release();
    until("it is made", || server.renditions().len() == 1 && server.engine.queued() == 0).await;
    let made = get(&url).await;
    assert_eq!((made.status, made.body.to_vec()), (200, small(&source)));
    assert_eq!(made.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!((server.counts("renditions").write(), made.header("rendition-state")), (1, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_gets_of_one_missing_rendition_queue_one_job() {
    let (server, client) = server("").await;
    server.put("cat.png", &png(80, 60, 1));
    let _hold = server.faults("renditions").hold_next(Operation::Write);
    let url = client.url(("cat.png", "small")).await.unwrap().url().to_owned();
    for answer in futures_util::future::join_all((0..100).map(|_| get(&url))).await {
        shown(&answer, PENDING, (40, 30));
    }
    assert_eq!(server.engine.queued(), 1);
    let state = client.exists(("cat.png", "small")).await.unwrap().rendition().state();
    assert!(matches!(state, State::Queued | State::Generating), "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_is_shown_as_a_placeholder_and_queues_nothing() {
    let (server, client) = server("").await;
    server.put("broken.png", b"no image");
    let broken = client.url(("broken.png", "small")).await.unwrap().url().to_owned();
    assert_eq!(get(&broken).await.status, 200);
    until("it failed", || server.engine.queued() == 0).await;
    shown(&get(&broken).await, "failed", (40, 40));
    let missing = client.url(("missing.png", "small")).await.unwrap().url().to_owned();
    shown(&get(&missing).await, "failed", (40, 40));
    assert_eq!(server.engine.queued(), 0);
    server.put("broken.png", &png(80, 60, 1));
    server.clock.advance(Duration::from_secs(11));
    let _hold = server.faults("renditions").hold_next(Operation::Write);
    let mended = client.url(("broken.png", "small")).await.unwrap().url().to_owned();
    shown(&get(&mended).await, PENDING, (40, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_shown_over_the_whole_size_whatever_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grey.png");
    std::fs::write(&file, png(7, 31, 9)).unwrap();
    let (server, client) = server(&format!("placeholder.file = {:?}", file.to_str().unwrap())).await;
    server.put("tall.png", &png(60, 180, 1));
    let _hold = server.faults("renditions").hold_next(Operation::Write);
    let url = client.url(("tall.png", "small")).await.unwrap().url().to_owned();
    shown(&get(&url).await, PENDING, (40, 120));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_placeholder_is_shown_to_those_only_who_could_have_the_rendition() {
    let (server, client) = server("").await;
    server.put("cat.png", &png(80, 60, 1));
    let own = client.url((Source::new("cat.png").version("mine"), "small")).await.unwrap().url().to_owned();
    let unsigned = own.split('?').next().unwrap();
    let refused = get(unsigned).await;
    assert_eq!((refused.status, refused.header("cache-control")), (404, "no-store"));
    assert_eq!(server.engine.queued(), 0);
    let _hold = server.faults("renditions").hold_next(Operation::Write);
    shown(&get(&own).await, PENDING, (40, 30));
    let download = Url::new(("cat.png", "small")).url_options(UrlOptions::new().download_name("x.png"));
    let forged = client.url(download).await.unwrap().url().replace("x.png", "y.png");
    assert_eq!(get(&forged).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_source_is_gone_and_not_shown_as_anything() {
    let (server, client) = server("").await;
    server.put("cat.png", &png(80, 60, 1));
    let url = client.url(("cat.png", "small")).await.unwrap().url().to_owned();
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    shown(&get(&url).await, PENDING, (40, 30));
    hold.reached().await;
    std::fs::remove_file(server.root().join("media/cat.png")).unwrap();
    client.notify_deleted("cat.png").await.unwrap();
    assert_eq!(get(&url).await.status, 410);
    hold.release();
    until("the job is over", || server.engine.queued() == 0).await;
    assert!(server.renditions().is_empty(), "what was being made removed itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn specs_that_make_the_same_show_each_its_own_placeholder() {
    let spec = |id: &str, color: &str| {
        SMALL.replace("[specs.small]", &format!("[specs.{id}]"))
            + &format!("on_get = \"placeholder\"\nplaceholder.color = \"{color}\"\n")
    };
    let config = spec("red", "#cc0000") + &spec("blue", "#0000cc");
    let server = TestServer::with(Options::default().config(&config).manual_clock()).await;
    let client = server.client();
    server.put("cat.png", &png(80, 60, 1));
    let _hold = server.faults("renditions").hold_next(Operation::Write);
    for (id, strong) in [("red", 0), ("blue", 2)] {
        let url = client.url(("cat.png", id)).await.unwrap().url().to_owned();
        let color = shown(&get(&url).await, PENDING, (40, 30));
        assert!(color[strong] > 150 && color[2 - strong] < 80, "{id}: {color:?}");
    }
}
