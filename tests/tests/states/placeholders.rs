//! What can be shown before an image is there, and whether pixels were missing: known since the generation, or made from what
//! is stored, and told to those alone who can use it.

use std::{fs, time::Duration};

use rendition_client::{
    EnsureGenerated, Exists, OnDamaged, Outcome, Png, Rendition, ResizeToFit, Spec, Strategy,
};
use rendition_server::storage::Operation;
use rendition_tests::{
    pictures,
    test_server::{Options, TestServer},
};

use super::{CAT, options, server, told};

/// The hash and the colour, for comparison.
fn placeholder(rendition: &Rendition) -> Option<(Vec<u8>, String)> {
    rendition.placeholder().map(|told| (told.thumbhash().to_vec(), told.dominant_color().to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_generation_is_told_its_placeholder() {
    let server = server().await;
    let made = server.client().ensure_generated(CAT).await.unwrap().into_rendition();
    let told = placeholder(&made).unwrap();
    // What imaging says of exactly these bytes, but for the rounding of a copy of a copy.
    let bytes = fs::read(server.rendition(made.key())).unwrap();
    let header = rendition_imaging::inspect(&bytes).unwrap();
    let expected =
        rendition_imaging::placeholder(&bytes, &header, &rendition_imaging::Limits::default()).unwrap();
    assert_eq!(told, (expected.thumbhash.clone(), expected.dominant_color_code()));
    let queued = EnsureGenerated::new(("photos/cat.png", spec(30)))
        .strategy(Strategy::Background)
        .max_wait(Duration::from_secs(60));
    let queued = server.client().ensure_generated(queued).await.unwrap();
    assert_eq!(queued.outcome(), Outcome::Generated);
    assert!(queued.rendition().placeholder().is_some(), "by way of the queue, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_known_the_placeholder_is_told_to_those_who_ask() {
    let server = server().await;
    let client = server.client();
    let made = placeholder(client.ensure_generated(CAT).await.unwrap().rendition());
    let calls = server.serving_calls();
    for plain in [
        client.ensure_generated(CAT).await.unwrap().into_rendition(),
        client.exists(CAT).await.unwrap().rendition().clone(),
        client.url(CAT).await.unwrap(),
    ] {
        assert_eq!((told(&plain), placeholder(&plain)), (("ready", "cache"), None));
    }
    let ensured = client.ensure_generated(EnsureGenerated::new(CAT).include_placeholder()).await.unwrap();
    assert_eq!((ensured.outcome(), placeholder(ensured.rendition())), (Outcome::Found, made.clone()));
    let exists = client.exists(Exists::new(CAT).include_placeholder()).await.unwrap();
    assert_eq!(placeholder(exists.rendition()), made);
    assert_eq!(server.serving_calls(), calls, "it was remembered");
    // The storage is asked again, and shows the object that is known.
    let renewed = Exists::new(CAT).max_age(Duration::ZERO).include_placeholder();
    let renewed = client.exists(renewed).await.unwrap();
    assert_eq!((told(renewed.rendition()), placeholder(renewed.rendition())), (("ready", "storage"), made));
    assert_eq!(server.counts("renditions").read(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_did_not_make_it_reads_it_once_and_remembers() {
    let first = server().await;
    let made = first.client().ensure_generated(CAT).await.unwrap().into_rendition();
    let second = TestServer::with(options().root(first.root(), "second")).await;
    let client = second.client();
    let exists = client.exists(CAT).await.unwrap();
    assert!(exists.exists() && exists.rendition().placeholder().is_none());
    let asked = Exists::new(CAT).include_placeholder();
    let answers = futures_util::future::join_all((0..20).map(|_| client.exists(asked.clone()))).await;
    for answer in answers {
        assert_eq!(placeholder(answer.unwrap().rendition()), placeholder(&made));
    }
    let ensured = client.ensure_generated(EnsureGenerated::new(CAT).include_placeholder()).await.unwrap();
    assert_eq!((ensured.outcome(), placeholder(ensured.rendition())), (Outcome::Found, placeholder(&made)));
    assert_eq!(second.counts("renditions").read(), 1, "once for all of them");
    assert_eq!(second.counts("media").read(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_not_stored_there_is_none_and_nothing_is_made() {
    let server = server().await;
    let client = server.client();
    let asked = Exists::new(CAT).include_placeholder();
    let absent = client.exists(asked.clone()).await.unwrap();
    assert!(!absent.exists() && absent.rendition().placeholder().is_none());
    assert_eq!(server.counts("media").read(), 0);
    // What is stored is no image: then it has no placeholder, and the call is none the worse.
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    fs::write(server.rendition(made.key()), "no image").unwrap();
    let broken = client.exists(asked.clone().max_age(Duration::ZERO)).await.unwrap();
    assert!(broken.exists() && broken.rendition().placeholder().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_behind_the_cache_is_found_out_by_those_who_ask() {
    let first = server().await;
    let made = first.client().ensure_generated(CAT).await.unwrap().into_rendition();
    let second = TestServer::with(options().root(first.root(), "second")).await;
    let client = second.client();
    assert!(client.exists(CAT).await.unwrap().exists());
    fs::remove_file(first.rendition(made.key())).unwrap();
    assert!(client.exists(CAT).await.unwrap().exists(), "the cache still says so");
    let exists = client.exists(Exists::new(CAT).include_placeholder()).await.unwrap();
    assert_eq!((told(exists.rendition()), exists.exists()), (("absent", "storage"), false));
    // And who wants it made gets it made.
    first.client().ensure_generated(EnsureGenerated::new(CAT).force()).await.unwrap();
    assert!(client.exists(Exists::new(CAT).max_age(Duration::ZERO)).await.unwrap().exists());
    fs::remove_file(first.rendition(made.key())).unwrap();
    let ensured = client.ensure_generated(EnsureGenerated::new(CAT).include_placeholder()).await.unwrap();
    assert_eq!(ensured.outcome(), Outcome::Generated);
    assert_eq!(placeholder(ensured.rendition()), placeholder(&made));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_cache_off_the_placeholder_is_made_each_time_it_is_asked_for() {
    let server = TestServer::with(
        Options::default().config(&format!("{}[cache]\nenabled = false\n", pictures::SMALL)),
    )
    .await;
    server.put(CAT.0, &pictures::png(80, 60, 1));
    let client = server.client();
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    for _ in 0..2 {
        let exists = client.exists(Exists::new(CAT).include_placeholder()).await.unwrap();
        assert_eq!(placeholder(exists.rendition()), placeholder(&made));
    }
    assert_eq!(server.counts("renditions").read(), 2);
}

fn spec(width: u32) -> Spec {
    Spec::builder().resize_to_fit(ResizeToFit::width(width)).png(Png::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rendition_of_a_damaged_source_is_flagged_as_long_as_its_server_remembers() {
    let server = TestServer::with(options()).await;
    let whole = pictures::png(300, 400, 1);
    server.put("whole.png", &whole);
    server.put("damaged.png", &whole[..whole.len() * 97 / 100]);
    let client = server.client();
    let accept =
        Spec::builder().resize_to_fit(ResizeToFit::width(30)).on_damaged(OnDamaged::Accept).png(Png::new());
    let error = client.ensure_generated(("damaged.png", spec(30))).await.unwrap_err();
    assert_eq!(error.reason().unwrap().as_str(), "SOURCE_UNDECODABLE");
    let is_damaged = |rendition: &Rendition| rendition.image().unwrap().is_damaged();
    let whole = client.ensure_generated(("whole.png", accept.clone())).await.unwrap();
    assert!(!is_damaged(whole.rendition()));
    let damaged = ("damaged.png", accept);
    let made = client.ensure_generated(damaged.clone()).await.unwrap();
    assert!(is_damaged(made.rendition()) && made.rendition().is_ready());
    let known = client.exists(damaged.clone()).await.unwrap();
    assert!(is_damaged(known.rendition()));
    let asked_again = client.exists(Exists::new(damaged.clone()).max_age(Duration::ZERO)).await.unwrap();
    assert_eq!(told(asked_again.rendition()), ("ready", "storage"));
    assert!(is_damaged(asked_again.rendition()), "it is the object that was made");
    let second = TestServer::with(options().root(server.root(), "second")).await;
    assert!(!is_damaged(second.client().exists(damaged).await.unwrap().rendition()), "nobody else can know");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_for_a_placeholder_is_told_what_there_is_without_it() {
    let first = server().await;
    let made = first.client().ensure_generated(CAT).await.unwrap().into_rendition();
    let second = TestServer::with(options().root(first.root(), "second")).await;
    let client = second.client();
    client.exists(CAT).await.unwrap();
    let mut hold = second.faults("renditions").hold_next(Operation::Read);
    let asked = EnsureGenerated::new(CAT).include_placeholder();
    let hasty = client.ensure_generated(asked.clone().max_wait(Duration::ZERO)).await.unwrap();
    assert_eq!((told(hasty.rendition()), placeholder(hasty.rendition())), (("ready", "cache"), None));
    // It is being made all the same, for who asks next.
    hold.reached().await;
    hold.release();
    let patient = client.ensure_generated(asked).await.unwrap();
    assert_eq!(placeholder(patient.rendition()), placeholder(&made));
    assert_eq!(second.counts("renditions").read(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_full_tells_that_it_is_ready_without_a_placeholder() {
    let first = server().await;
    first.client().ensure_generated(CAT).await.unwrap();
    let full = format!(
        "{}[limits]\nqueue_length = 1\nmax_source_bytes = \"1 MiB\"\nfetch_bytes = \"1 MiB\"\n",
        pictures::SMALL
    );
    let second = TestServer::with(Options::default().config(&full).root(first.root(), "second")).await;
    let client = second.client();
    client.exists(CAT).await.unwrap();
    // One source takes all the room, as long as it is being read, and one of three others the whole line.
    first.put("large.png", &vec![0; 1 << 20]);
    first.put("other.png", &pictures::png(8, 8, 1));
    let inspect = |path: &'static str| {
        let client = client.clone();
        tokio::spawn(async move { client.inspect(path).await })
    };
    let mut hold = second.faults("media").hold_next(Operation::Read);
    let large = inspect("large.png");
    hold.reached().await;
    let mut others = vec![inspect("other.png"), inspect("other.png"), inspect("other.png")];
    for _ in 0..2 {
        let (refused, _, rest) = futures_util::future::select_all(others).await;
        assert_eq!(refused.unwrap().unwrap_err().reason().unwrap().as_str(), "OVERLOADED");
        others = rest;
    }
    let exists = client.exists(Exists::new(CAT).include_placeholder()).await.unwrap();
    assert!(exists.exists());
    assert_eq!(placeholder(exists.rendition()), None);
    hold.release();
    assert!(large.await.unwrap().is_err(), "it is no image");
    assert!(others.remove(0).await.unwrap().is_ok());
}
