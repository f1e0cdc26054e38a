//! NotifySaved and Inspect.

use std::time::Duration;

use rendition_client::{Code, EnsureGenerated, NotifySaved, Outcome, Reason, Source, Spec, State};
use rendition_server::storage::Operation;
use rendition_tests::{
    pictures::{png, small},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{CAT, label, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_save_queues_what_the_strategies_of_matching_specs_make_ahead_and_nothing_else() {
    let (server, client) = server().await;
    let saved = client.notify_saved(CAT.0).await.unwrap();
    let mut ahead: Vec<&str> = saved.renditions().iter().map(|rendition| label(rendition.key())).collect();
    ahead.sort_unstable();
    assert_eq!(ahead, ["eager", "optimistic"]);
    assert!(saved.renditions().iter().all(|rendition| rendition.state() == State::Queued));
    until("both are made", || server.renditions().len() == 2 && server.engine.queued() == 0).await;
    for spec in ["eager", "optimistic"] {
        assert!(client.exists((CAT.0, spec)).await.unwrap().exists(), "{spec}");
    }
    let again = client.notify_saved(CAT.0).await.unwrap();
    assert!(
        again.renditions().iter().all(|rendition| rendition.is_ready()),
        "what is known is not queued again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_queues_the_recipes_that_it_names() {
    let (server, client) = server().await;
    let inline = Spec::builder().resize_to_fit((10, 10)).png(());
    let request = NotifySaved::new(CAT.0).recipe("small").recipe(&inline);
    let saved = client.notify_saved(request).await.unwrap();
    let ahead: Vec<&str> = saved.renditions().iter().map(|rendition| label(rendition.key())).collect();
    assert_eq!(ahead, ["small", "inline"]);
    until("both are made", || server.renditions().len() == 2).await;
    let unknown = client.notify_saved(NotifySaved::new(CAT.0).recipe("nothing")).await;
    refused(unknown, Code::NotFound, "SPEC_NOT_FOUND", Some("recipes.spec_id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_tells_what_inspect_does_as_an_application_keeps_it() {
    let (_server, client) = server().await;
    let saved = client.notify_saved(CAT.0).await.unwrap();
    let inspected = client.inspect(CAT.0).await.unwrap();
    assert_eq!(*saved.source(), inspected);
    assert_eq!((inspected.media_type(), inspected.dimensions()), (Some("image/png"), Some((80, 60))));
    assert_eq!((inspected.size_bytes(), inspected.frames()), (png(80, 60, 1).len() as u64, Some(1)));
    assert_eq!((inspected.store(), inspected.path()), ("media", CAT.0));
    let placeholder = inspected.placeholder().unwrap();
    assert!((5..40).contains(&placeholder.thumbhash().len()));
    assert!(placeholder.dominant_color().starts_with('#') && placeholder.dominant_color().len() == 7);
    let key = client.url(CAT).await.unwrap().key().to_owned();
    assert!(
        key.contains(&format!(".{}.", inspected.version().unwrap())),
        "the version is that of keys: {key}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_source_that_is_said_to_be_saved_shows_at_once() {
    let (server, client) = server().await;
    let old = client.ensure_generated(CAT).await.unwrap().into_rendition();
    server.put(CAT.0, &png(80, 60, 9));
    assert_eq!(client.url(CAT).await.unwrap().key(), old.key(), "the old version is still believed");
    client.notify_saved(CAT.0).await.unwrap();
    let new = client.ensure_generated(CAT).await.unwrap();
    assert_ne!(new.rendition().key(), old.key());
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&png(80, 60, 9)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_from_before_a_save_does_not_hide_what_was_saved() {
    let (server, client) = server().await;
    let mut hold = server.faults("media").hold_next(Operation::Stat);
    let early = tokio::spawn({
        let client = client.clone();
        async move { client.url(CAT).await }
    });
    hold.reached().await;
    server.put(CAT.0, &png(80, 60, 9));
    let saved = client.notify_saved(CAT.0).await.unwrap();
    hold.release();
    early.await.unwrap().unwrap();
    let version = saved.source().version().unwrap().to_owned();
    assert!(client.url(CAT).await.unwrap().key().contains(&version));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_clears_a_held_failure_also_where_the_version_says_nothing() {
    let stores = r#"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
version_policy = "immutable"
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
"#;
    let options = Options { stores: Some(stores.into()), ..Options::default() };
    let server = TestServer::with(options.config(rendition_tests::pictures::SMALL).manual_clock()).await;
    let client = server.client();
    server.put(CAT.0, b"no image");
    for _ in 0..2 {
        refused(client.ensure_generated(CAT).await, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    }
    server.put(CAT.0, &png(80, 60, 1));
    server.clock.advance(Duration::from_secs(1));
    client.notify_saved(CAT.0).await.unwrap();
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_saved_image_is_told_as_a_fact_and_by_inspect_as_an_error() {
    let (server, client) = server().await;
    server.put("photos/broken.png", b"this is no image");
    let saved = client.notify_saved("photos/broken.png").await.unwrap();
    assert_eq!(saved.source().failure().unwrap().reason(), Reason::SourceUndecodable);
    assert!(saved.source().version().is_some());
    let inspected = client.inspect("photos/broken.png").await;
    refused(inspected, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_not_there_is_refused_with_its_path() {
    let (_server, client) = server().await;
    for path in ["photos/none.png", "photos"] {
        refused(client.notify_saved(path).await, Code::NotFound, "SOURCE_NOT_FOUND", Some("source.path"));
        refused(client.inspect(path).await, Code::NotFound, "SOURCE_NOT_FOUND", Some("source.path"));
    }
    refused(
        client.notify_saved("../cat.png").await,
        Code::InvalidArgument,
        "INVALID_PATH",
        Some("source.path"),
    );
    let elsewhere = Source::new("cat.png").store("nowhere");
    refused(client.inspect(elsewhere).await, Code::NotFound, "STORE_NOT_FOUND", Some("source.store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn saves_twice_and_out_of_order_leave_the_newest_version_shown() {
    let (server, client) = server().await;
    let first = client.notify_saved(CAT.0).await.unwrap().source().version().unwrap().to_owned();
    server.put(CAT.0, &png(80, 60, 9));
    let second = client.notify_saved(CAT.0).await.unwrap().source().version().unwrap().to_owned();
    assert_ne!(first, second);
    // The late note of the first save: its sender tells the version that it knows.
    client.notify_saved(Source::new(CAT.0).version(&first)).await.unwrap();
    client.notify_saved(CAT.0).await.unwrap();
    let ensured = client.ensure_generated(EnsureGenerated::new(CAT)).await.unwrap();
    assert!(ensured.rendition().key().contains(&second));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&png(80, 60, 9)));
    until("the queue is worked off", || server.engine.queued() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_version_that_was_replaced_nothing_is_told_and_nothing_is_made() {
    let (server, client) = server().await;
    let old = client.inspect(CAT.0).await.unwrap().version().unwrap().to_owned();
    server.put(CAT.0, &png(81, 60, 9));
    let source = Source::new(CAT.0).version(&old);
    refused(client.inspect(source.clone()).await, Code::Aborted, "SOURCE_CHANGED", Some("source.version"));
    let saved = client.notify_saved(source).await.unwrap();
    assert_eq!(saved.source().failure().unwrap().reason(), Reason::SourceChanged);
    assert_eq!((saved.source().dimensions(), saved.renditions().len()), (None, 0));
    assert_eq!(server.engine.queued(), 0);
    // A version of the caller's own is as good as the caller says.
    let own = client.inspect(Source::new(CAT.0).version("7")).await.unwrap();
    assert_eq!((own.version(), own.dimensions()), (Some("7"), Some((81, 60))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_a_source_was_looked_at_is_forgiven_when_it_can_be_decoded() {
    use rendition_server::queue::Queue;
    let folder = tempfile::TempDir::new().unwrap();
    let options = || Options::default().config(rendition_tests::pictures::SMALL).root(folder.path(), "queue");
    let server = TestServer::with(options()).await;
    server.put(CAT.0, &png(80, 60, 1));
    let version = server.client().inspect(CAT.0).await.unwrap().version().unwrap().to_owned();
    server.stop().await;
    // A queue that is dropped is what a crash leaves.
    let look = format!("look:media/{}@{version}", CAT.0);
    let queue = Queue::open(&folder.path().join("queue")).unwrap();
    queue.begin(std::slice::from_ref(&look)).unwrap();
    drop(queue);
    let server = TestServer::with(options()).await;
    server.client().inspect(CAT.0).await.unwrap();
    server.stop().await;
    assert_eq!(Queue::open(&folder.path().join("queue")).unwrap().crashes(&look), 0);
}
