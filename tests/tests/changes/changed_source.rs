//! Stale while revalidate for sources that changed.

use std::time::Duration;

use futures_util::future::join_all;
use rendition_client::{Code, EnsureGenerated, Evidence, Outcome, Source};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_get::http_get,
    http_request::http_request,
    pictures::{png, small},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{put, server, set_modified, specs, told};

const CAT: (&str, &str) = ("cat.png", "card");
const STRICT: (&str, &str) = ("cat.png", "strict");
const HOUR: Duration = Duration::from_secs(3600);

/// A server with a source that both specs were made from and that was replaced a minute ago.
async fn replaced() -> (TestServer, String) {
    let server = server(40).await;
    put(&server, CAT.0, &png(80, 60, 1), Duration::ZERO);
    let client = server.client();
    let old = client.ensure_generated(CAT).await.unwrap().rendition().key().to_owned();
    client.ensure_generated(STRICT).await.unwrap();
    server.clock.advance(HOUR);
    put(&server, CAT.0, &png(80, 60, 9), HOUR);
    server.clock.advance(Duration::from_secs(60));
    (server, old)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_stands_in_at_once_while_the_present_one_is_made_in_the_background() {
    let (server, old) = replaced().await;
    let client = server.client();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let ensured = client.ensure_generated(CAT).await.unwrap();
    let rendition = ensured.rendition();
    assert_eq!(told(&ensured), (Outcome::Found, true));
    assert!(rendition.is_ready());
    assert_eq!(rendition.served_key(), Some(old.as_str()));
    assert_ne!(rendition.key(), old, "the key stays the one that was asked for");
    assert_eq!(rendition.image().unwrap().dimensions(), Some((40, 30)));
    let (status, _, shown) = http_get(rendition.url()).await;
    assert_eq!((status, shown.to_vec()), (200, small(&png(80, 60, 1))), "its URL is that of the older one");
    hold.reached().await;
    let exists = client.exists(CAT).await.unwrap();
    assert!(!exists.exists() && !exists.rendition().is_stale(), "it does not exist because another one does");
    assert_eq!(client.url(CAT).await.unwrap().key(), rendition.key());
    hold.release();
    let wanted = rendition.key().to_owned();
    until("the present one is made", || server.renditions().contains(&wanted)).await;
    until("it is told", || server.engine.queued() == 0).await;
    let ensured = client.ensure_generated(CAT).await.unwrap();
    assert_eq!((told(&ensured), ensured.rendition().key()), ((Outcome::Found, false), wanted.as_str()));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&png(80, 60, 9)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spec_that_does_not_say_so_waits_and_looks_into_no_folder() {
    let (server, _) = replaced().await;
    let before = server.counts("renditions").list();
    let ensured = server.client().ensure_generated(STRICT).await.unwrap();
    assert_eq!(told(&ensured), (Outcome::Generated, false));
    assert_eq!(server.counts("renditions").list(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_ask_share_one_listing_and_one_job() {
    let (server, _) = replaced().await;
    let client = server.client();
    let before = server.counts("renditions").list();
    let hold = server.faults("media").hold_next(Operation::Read);
    let asked = join_all((0..20).map(|_| client.ensure_generated(CAT))).await;
    let asked: Vec<_> = asked.iter().map(|ensured| told(ensured.as_ref().unwrap())).collect();
    assert_eq!(asked, [(Outcome::Found, true); 20]);
    let again = client.ensure_generated(CAT).await.unwrap();
    assert_eq!((told(&again), again.rendition().evidence()), ((Outcome::Found, true), Evidence::Cache));
    assert_eq!(server.counts("renditions").list(), before + 1);
    assert_eq!(server.engine.queued(), 1);
    drop(hold);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changed_longer_ago_is_waited_for() {
    let (server, _) = replaced().await;
    server.clock.advance(HOUR);
    let ensured = server.client().ensure_generated(CAT).await.unwrap();
    assert_eq!(told(&ensured), (Outcome::Generated, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn force_and_max_age_zero_rule_it_out() {
    let (server, _) = replaced().await;
    let client = server.client();
    let now = client.ensure_generated(EnsureGenerated::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert_eq!(told(&now), (Outcome::Generated, false));
    let (server, _) = replaced().await;
    let forced = server.client().ensure_generated(EnsureGenerated::new(CAT).force()).await.unwrap();
    assert_eq!(told(&forced), (Outcome::Generated, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_stands_in_for_the_present_one_alone_whoever_sent_it() {
    let (server, old) = replaced().await;
    let client = server.client();
    let invented = client.ensure_generated((Source::new(CAT.0).version("v7"), "card")).await.unwrap();
    assert_eq!(told(&invented), (Outcome::Generated, false));
    let present = client.inspect(CAT.0).await.unwrap().version().unwrap().to_owned();
    let sent = client.ensure_generated((Source::new(CAT.0).version(present), "card")).await.unwrap();
    assert_eq!(told(&sent), (Outcome::Found, true));
    assert!([Some(old.as_str()), Some(invented.rendition().key())].contains(&sent.rendition().served_key()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_of_the_older_renditions_stands_in() {
    let (server, first) = replaced().await;
    let client = server.client();
    let again = EnsureGenerated::new(CAT).max_age(Duration::ZERO);
    let second = client.ensure_generated(again).await.unwrap().rendition().key().to_owned();
    put(&server, CAT.0, &png(80, 60, 5), HOUR + Duration::from_secs(70));
    server.clock.advance(Duration::from_secs(20));
    for (newest, older) in [(&first, &second), (&second, &first)] {
        set_modified(&server.rendition(newest), Duration::from_secs(9));
        set_modified(&server.rendition(older), Duration::from_secs(8));
        let hold = server.faults("media").hold_next(Operation::Read);
        let ensured = client.ensure_generated(CAT).await.unwrap();
        assert_eq!(ensured.rendition().served_key(), Some(newest.as_str()));
        drop(hold);
        until("the job is done", || server.engine.queued() == 0).await;
        // So that the next round finds it missing again.
        client
            .purge_renditions(rendition_client::StoredRenditions::of(
                Source::new(CAT.0).version(client.inspect(CAT.0).await.unwrap().version().unwrap()),
            ))
            .await
            .unwrap();
        server.clock.advance(Duration::from_secs(6));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_media_endpoint_shows_the_older_one_for_a_moment_with_its_own_tag() {
    let (server, _) = replaced().await;
    let client = server.client();
    let url = client.url(CAT).await.unwrap().url().to_owned();
    let hold = server.faults("media").hold_next(Operation::Read);
    let (status, headers, shown) = http_get(&url).await;
    assert_eq!((status, shown.to_vec()), (200, small(&png(80, 60, 1))));
    assert_eq!(headers["cache-control"], "public, max-age=5");
    let tag = headers["etag"].clone();
    drop(hold);
    until("the present one is made", || server.engine.queued() == 0).await;
    let (status, headers, shown) = http_get(&url).await;
    assert_eq!((status, shown.to_vec()), (200, small(&png(80, 60, 9))));
    assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_ne!(headers["etag"], tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn read_gives_the_bytes_of_the_older_one_and_says_so() {
    let (server, old) = replaced().await;
    let hold = server.faults("media").hold_next(Operation::Read);
    let download = server.client().read(CAT).await.unwrap();
    assert!(download.rendition().is_stale());
    assert_eq!(download.rendition().served_key(), Some(old.as_str()));
    assert_eq!(download.into_vec().await.unwrap(), small(&png(80, 60, 1)));
    drop(hold);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_source_is_gone_whatever_it_has_left() {
    let (server, _) = replaced().await;
    let client = server.client();
    let url = client.url(CAT).await.unwrap().url().to_owned();
    std::fs::remove_file(server.root().join("media").join(CAT.0)).unwrap();
    client.notify_deleted(CAT.0).await.unwrap();
    refused(
        client.ensure_generated(CAT).await,
        Code::NotFound,
        "SOURCE_DELETED",
        Some("rendition.source.path"),
    );
    assert_eq!(http_get(&url).await.0, 410);
    // Without a word about it, too: nothing of what it was is shown for what it is not.
    let (server, _) = replaced().await;
    std::fs::remove_file(server.root().join("media").join(CAT.0)).unwrap();
    refused(
        server.client().ensure_generated(CAT).await,
        Code::NotFound,
        "SOURCE_NOT_FOUND",
        Some("rendition.source.path"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_new_version_is_told_once_it_is_known_to_be_broken() {
    let (server, _) = replaced().await;
    let client = server.client();
    put(&server, CAT.0, b"no image", HOUR + Duration::from_secs(90));
    server.clock.advance(Duration::from_secs(40));
    assert_eq!(told(&client.ensure_generated(CAT).await.unwrap()), (Outcome::Found, true));
    until("the job has failed", || server.engine.queued() == 0).await;
    refused(client.ensure_generated(CAT).await, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_with_the_cache_off() {
    let config = format!("[cache]\nenabled = false\n{}", specs(40));
    let server = TestServer::with(Options::default().config(&config).manual_clock()).await;
    let client = server.client();
    put(&server, CAT.0, &png(80, 60, 1), Duration::ZERO);
    client.ensure_generated(CAT).await.unwrap();
    put(&server, CAT.0, &png(80, 60, 9), Duration::from_secs(1));
    let hold = server.faults("media").hold_next(Operation::Read);
    let url = client.url(CAT).await.unwrap().url().to_owned();
    for _ in 0..2 {
        let ensured = client.ensure_generated(CAT).await.unwrap();
        assert_eq!(told(&ensured), (Outcome::Found, true));
        for url in [ensured.rendition().url(), &url] {
            let (status, _, shown) = http_get(url).await;
            assert_eq!((status, shown.to_vec()), (200, small(&png(80, 60, 1))));
        }
    }
    drop(hold);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_present_one_is_deleted_behind_the_cache_the_older_one_is_shown_as_what_it_is() {
    let (server, _) = replaced().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    until("the present one is made", || server.engine.queued() == 0 && server.renditions().len() == 3).await;
    let ensured = client.ensure_generated(CAT).await.unwrap();
    assert_eq!(told(&ensured), (Outcome::Found, false));
    std::fs::remove_file(server.root().join("renditions").join(ensured.rendition().key())).unwrap();
    let hold = server.faults("media").hold_next(Operation::Read);
    for method in ["GET", "HEAD"] {
        let answer = http_request(method, ensured.rendition().url(), &[]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=5"), "{method}");
    }
    drop(hold);
}
