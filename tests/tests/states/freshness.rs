//! How long what is known is believed, and what makes it asked for again.

use std::time::Duration;

use rendition_client::{EnsureGenerated, Exists, Outcome};
use rendition_tests::{
    pictures::{SMALL, png},
    test_server::TestServer,
};

use super::{CAT, options, server, told};

#[tokio::test(flavor = "multi_thread")]
async fn ready_is_believed_for_ready_ttl_and_then_asked_for() {
    let server = server().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    // Lifetimes are shortened by up to a tenth, so that what was learnt together is not asked for together.
    server.clock.advance(Duration::from_secs(24 * 3600 * 9 / 10 - 60));
    assert_eq!(told(client.exists(CAT).await.unwrap().rendition()), ("ready", "cache"));
    server.clock.advance(Duration::from_secs(24 * 360 + 120));
    let ensured = client.ensure_generated(CAT).await.unwrap();
    assert_eq!((told(ensured.rendition()), ensured.outcome()), (("ready", "storage"), Outcome::Found));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_nobody_else_deletes_from_is_believed_for_ever() {
    let config = format!("[cache]\nready_ttl = \"forever\"\n{SMALL}");
    let server = TestServer::with(options().config(&config)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    server.clock.advance(Duration::from_secs(10 * 365 * 24 * 3600));
    assert_eq!(told(client.exists(CAT).await.unwrap().rendition()), ("ready", "cache"));
}

#[tokio::test(flavor = "multi_thread")]
async fn absence_is_believed_for_five_seconds_only_and_never_by_a_flight() {
    let server = server().await;
    let client = server.client();
    client.exists(CAT).await.unwrap();
    let stats = || server.counts("renditions").stat();
    assert_eq!(stats(), 1);
    server.clock.advance(Duration::from_millis(4400));
    assert_eq!(told(client.exists(CAT).await.unwrap().rendition()), ("absent", "cache"));
    server.clock.advance(Duration::from_millis(600));
    assert_eq!(told(client.exists(CAT).await.unwrap().rendition()), ("absent", "storage"));
    assert_eq!(stats(), 2);
    // Another server may have made it in between: a flight asks first.
    client.ensure_generated(CAT).await.unwrap();
    assert_eq!(stats(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_older_than_max_age_is_renewed_and_younger_is_not() {
    let server = server().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    let within = |seconds| Duration::from_secs(seconds);
    server.clock.advance(within(60));
    let asked = |age| EnsureGenerated::new(CAT).max_age(within(age));
    assert_eq!(told(client.ensure_generated(asked(90)).await.unwrap().rendition()), ("ready", "cache"));
    assert_eq!(told(client.ensure_generated(asked(30)).await.unwrap().rendition()), ("ready", "storage"));
    assert_eq!(told(client.ensure_generated(asked(30)).await.unwrap().rendition()), ("ready", "cache"));
    assert_eq!(told(client.ensure_generated(asked(0)).await.unwrap().rendition()), ("ready", "storage"));
    let exists = client.exists(Exists::new(CAT).max_age(within(0))).await.unwrap();
    assert_eq!(told(exists.rendition()), ("ready", "storage"));
}

#[tokio::test(flavor = "multi_thread")]
async fn within_source_ttl_a_cached_answer_makes_no_storage_call_and_afterwards_one() {
    let server = server().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    let calls = server.serving_calls();
    for _ in 0..20 {
        client.ensure_generated(CAT).await.unwrap();
        client.exists(CAT).await.unwrap();
        client.url(CAT).await.unwrap();
    }
    assert_eq!(server.serving_calls(), calls);
    server.clock.advance(Duration::from_secs(10));
    for _ in 0..5 {
        client.ensure_generated(CAT).await.unwrap();
    }
    assert_eq!(server.serving_calls(), calls + 1, "one look at the source");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_cache_turned_off_everything_works_and_every_answer_is_the_storages() {
    let config = format!("[cache]\nenabled = false\n{SMALL}");
    let server = TestServer::with(options().config(&config)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    assert_eq!(told(client.exists(CAT).await.unwrap().rendition()), ("absent", "storage"));
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated);
    for _ in 0..3 {
        let before = server.counts("renditions").stat();
        let ensured = client.ensure_generated(CAT).await.unwrap();
        assert_eq!((told(ensured.rendition()), ensured.outcome()), (("ready", "storage"), Outcome::Found));
        assert_eq!(server.counts("renditions").stat(), before + 1);
    }
    assert_eq!(told(&client.url(CAT).await.unwrap()), ("unknown", "none"));
    server.put(CAT.0, &png(80, 60, 2));
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated, "seen at once");
}
