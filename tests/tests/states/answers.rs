//! The rows of the table, for each call, and the facts that come with them.

use std::time::{Duration, SystemTime};

use rendition_client::{EnsureGenerated, Exists, Outcome, Resize, Source, Spec, Strategy, Upscale};

use rendition_tests::test_server::TestServer;

use super::{CAT, options, server, told};

#[tokio::test(flavor = "multi_thread")]
async fn what_this_call_wrote_is_ready_generated_generated_with_all_its_facts() {
    let server = server().await;
    let ensured = server.client().ensure_generated(CAT).await.unwrap();
    let view = ensured.rendition();
    assert_eq!((told(view), ensured.outcome()), (("ready", "generated"), Outcome::Generated));
    assert_eq!(view.checked_at(), Some(SystemTime::from(server.clock.now())));
    assert_eq!(view.store(), "renditions");
    let stored = std::fs::metadata(server.rendition(view.key())).unwrap();
    let image = view.image().unwrap();
    assert_eq!((image.media_type(), image.dimensions()), (Some("image/png"), Some((40, 30))));
    assert_eq!((image.size_bytes(), image.frames()), (Some(stored.len()), Some(1)));
    assert!(image.etag().is_some());
    assert!(view.url().starts_with(&format!("{}/r/media/photos/cat.png/small.", server.http)));
    assert!(view.failure().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cache_knows_is_ready_cache_found_as_of_when_it_was_seen() {
    let server = server().await;
    let client = server.client();
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    server.clock.advance(Duration::from_secs(8));
    let calls = server.serving_calls();
    let ensured = client.ensure_generated(CAT).await.unwrap();
    let view = ensured.rendition();
    assert_eq!((told(view), ensured.outcome()), (("ready", "cache"), Outcome::Found));
    assert_eq!(view.checked_at(), made.checked_at(), "evidence gets no younger by being told");
    assert_eq!((view.image(), view.url()), (made.image(), made.url()));
    let exists = client.exists(CAT).await.unwrap();
    assert!(exists.exists());
    assert_eq!(told(exists.rendition()), ("ready", "cache"));
    assert_eq!(told(&client.url(CAT).await.unwrap()), ("ready", "cache"));
    assert_eq!(server.serving_calls(), calls, "nobody asked the storage");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_storage_shows_is_ready_storage_found_with_the_stored_objects_facts() {
    let server = server().await;
    let client = server.client();
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    // Another server has rewritten it.
    std::fs::write(server.rendition(made.key()), vec![0; 777]).unwrap();
    server.clock.advance(Duration::from_secs(1));
    let ensured = client.ensure_generated(EnsureGenerated::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    let view = ensured.rendition();
    assert_eq!((told(view), ensured.outcome()), (("ready", "storage"), Outcome::Found));
    assert_eq!(view.checked_at(), Some(SystemTime::from(server.clock.now())));
    assert_eq!(view.image().unwrap().size_bytes(), Some(777));
    let exists = client.exists(Exists::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert_eq!((told(exists.rendition()), exists.exists()), (("ready", "storage"), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn exists_of_what_is_missing_is_absent_and_generates_nothing() {
    let server = server().await;
    let client = server.client();
    let exists = client.exists(CAT).await.unwrap();
    assert_eq!((told(exists.rendition()), exists.exists()), (("absent", "storage"), false));
    assert_eq!(exists.rendition().checked_at(), Some(SystemTime::from(server.clock.now())));
    assert!(exists.rendition().image().is_none());
    let calls = server.serving_calls();
    let again = client.exists(CAT).await.unwrap();
    assert_eq!(told(again.rendition()), ("absent", "cache"));
    assert_eq!(server.serving_calls(), calls);
    assert_eq!((server.counts("media").read(), server.counts("renditions").write()), (0, 0));
    assert_eq!((server.engine.flights(), server.engine.queued()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn url_of_what_nobody_looked_for_is_unknown_none_and_asks_for_the_sources_version_only() {
    let server = server().await;
    let client = server.client();
    let url = client.url(CAT).await.unwrap();
    assert_eq!(told(&url), ("unknown", "none"));
    assert!(url.checked_at().is_none());
    assert!(!url.key().is_empty() && url.url().ends_with(url.key()));
    client.url(CAT).await.unwrap();
    assert_eq!((server.counts("media").stat(), server.counts("renditions").total()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn optimistic_of_what_nobody_looked_for_is_unknown_assumed_assumed() {
    let server = server().await;
    let optimistic = EnsureGenerated::new(CAT).strategy(Strategy::Optimistic);
    let ensured = server.client().ensure_generated(optimistic).await.unwrap();
    assert_eq!((told(ensured.rendition()), ensured.outcome()), (("unknown", "assumed"), Outcome::Assumed));
    assert!(ensured.rendition().checked_at().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn background_of_what_is_stored_finds_it_and_queues_nothing() {
    let server = server().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    let background = EnsureGenerated::new(CAT).strategy(Strategy::Background).max_age(Duration::ZERO);
    let ensured = client.ensure_generated(background).await.unwrap();
    assert_eq!((told(ensured.rendition()), ensured.outcome()), (("ready", "storage"), Outcome::Found));
    assert_eq!(server.engine.queued(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn eager_that_is_asked_for_generates_as_just_in_time_does() {
    let server = server().await;
    let ensured =
        server.client().ensure_generated(EnsureGenerated::new(CAT).strategy(Strategy::Eager)).await.unwrap();
    assert_eq!((told(ensured.rendition()), ensured.outcome()), (("ready", "generated"), Outcome::Generated));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_the_recipe_or_the_caller_fixes_is_told_without_reading_the_image() {
    let server = server().await;
    let client = server.client();
    let fixed = Spec::builder().resize(Resize::new(50, 20).upscale(Upscale::Allow)).png(());
    client.ensure_generated((CAT.0, &fixed)).await.unwrap();
    client.ensure_generated(CAT).await.unwrap();
    // Another server knows what the storage and the recipe tell, and nothing else.
    let server = TestServer::with(options().root(server.root(), "second")).await;
    let client = server.client();
    let by_recipe = client.exists((CAT.0, &fixed)).await.unwrap().into_rendition();
    assert_eq!(told(&by_recipe), ("ready", "storage"));
    assert_eq!(by_recipe.image().unwrap().dimensions(), Some((50, 20)));
    assert_eq!(client.exists(CAT).await.unwrap().rendition().image().unwrap().dimensions(), None);
    let told_by_caller = (Source::new(CAT.0).dimensions(80, 60), CAT.1);
    let by_caller = client.exists(told_by_caller).await.unwrap().into_rendition();
    assert_eq!(by_caller.image().unwrap().dimensions(), Some((40, 30)));
    assert_eq!(server.counts("renditions").read(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn include_image_info_reads_the_stored_header_once() {
    let server = server().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    // This one remembers the size, and that its object has not changed; another one has to look.
    server.clock.advance(Duration::from_secs(25 * 3600));
    let known = client.exists(CAT).await.unwrap().into_rendition();
    assert_eq!((told(&known), known.image().unwrap().dimensions()), (("ready", "storage"), Some((40, 30))));
    let server = TestServer::with(options().root(server.root(), "second")).await;
    let client = server.client();
    let measured = || client.exists(Exists::new(CAT).include_image_info());
    for _ in 0..3 {
        let exists = measured().await.unwrap();
        assert_eq!(exists.rendition().image().unwrap().dimensions(), Some((40, 30)));
    }
    assert_eq!(server.counts("renditions").read(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn read_tells_the_facts_of_what_it_sends() {
    let server = server().await;
    let client = server.client();
    let generated = client.read(CAT).await.unwrap();
    assert_eq!(told(generated.rendition()), ("ready", "generated"));
    let size = generated.rendition().image().unwrap().size_bytes();
    assert_eq!(generated.into_vec().await.unwrap().len() as u64, size.unwrap());
    assert_eq!(told(client.read(CAT).await.unwrap().rendition()), ("ready", "cache"));
}
