//! Batches: the same as many calls, in order, with less work.

use rendition_client::{Exists, Outcome, RenditionRef, Source, Spec, State};
use rendition_tests::{
    pictures::{SMALL, png},
    test_server::TestServer,
    until::until,
};

use super::{CAT, options, server};

/// So many renditions of one source, all different.
fn of_one_source(count: u32) -> Vec<RenditionRef> {
    (1..=count)
        .map(|width| RenditionRef::new(CAT.0, Spec::builder().resize_to_fit((width, 0)).png(())))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn renditions_of_one_source_are_made_with_one_fetch_and_one_decode() {
    let decodes = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = decodes.clone();
    let hook = move |_: &[u8]| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    };
    let server = TestServer::with(options().before_decode(hook)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let answers = server.client().batch_ensure_generated(of_one_source(12)).await.unwrap();
    for (index, answer) in answers.into_iter().enumerate() {
        let answer = answer.unwrap();
        assert_eq!(answer.outcome(), Outcome::Generated);
        let width = answer.rendition().image().unwrap().dimensions().unwrap().0;
        assert_eq!(width as usize, index + 1, "in the order of the request");
    }
    let (media, renditions) = (server.counts("media"), server.counts("renditions"));
    assert_eq!((media.stat(), media.read(), renditions.write()), (1, 1, 12));
    assert_eq!((renditions.stat(), renditions.list()), (0, 1));
    assert_eq!(decodes.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_eight_renditions_of_a_source_on_one_listing_replaces_the_stats() {
    for (count, stats, lists) in [(7, 7, 0), (8, 0, 1), (100, 0, 1)] {
        let server = server().await;
        let client = server.client();
        client.ensure_generated(of_one_source(1).remove(0)).await.unwrap();
        server.clock.advance(std::time::Duration::from_secs(25 * 3600));
        let renditions = server.counts("renditions");
        let before = (renditions.stat(), renditions.list());
        let told = client.batch_exists(of_one_source(count)).await.unwrap();
        assert_eq!((renditions.stat() - before.0, renditions.list() - before.1), (stats, lists), "{count}");
        let exist: Vec<bool> = told.into_iter().map(|told| told.unwrap().exists()).collect();
        assert_eq!(exist.iter().filter(|exists| **exists).count(), 1);
        assert!(exist[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_and_a_stat_tell_the_same_of_a_stored_rendition() {
    let server = server().await;
    let client = server.client();
    let first = of_one_source(1).remove(0);
    client.ensure_generated(first.clone()).await.unwrap();
    let at_once = || Exists::new(first.clone()).max_age(std::time::Duration::ZERO).include_image_info();
    let by_stat = client.exists(at_once()).await.unwrap();
    let many = of_one_source(9)
        .into_iter()
        .map(|one| Exists::new(one).max_age(std::time::Duration::ZERO).include_image_info());
    let by_listing = client.batch_exists(many).await.unwrap().remove(0).unwrap();
    let (stat, listing) = (by_stat.rendition().image().unwrap(), by_listing.rendition().image().unwrap());
    assert_eq!(stat.size_bytes(), listing.size_bytes());
    assert_eq!((stat.media_type(), stat.dimensions()), (listing.media_type(), listing.dimensions()));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_in_the_order_of_the_requests_and_errors_stay_with_their_items() {
    let server = server().await;
    let client = server.client();
    server.put("broken.png", b"no image");
    let named: Vec<RenditionRef> = vec![
        CAT.into(),
        ("nobody.png", "small").into(),
        (CAT.0, "no-such-spec").into(),
        ("../up.png", "small").into(),
        ("broken.png", "small").into(),
        (Source::new(CAT.0).store("nowhere"), "small").into(),
        CAT.into(),
    ];
    let expected = [
        None,
        Some("SOURCE_NOT_FOUND"),
        Some("SPEC_NOT_FOUND"),
        Some("INVALID_PATH"),
        Some("SOURCE_UNDECODABLE"),
        Some("STORE_NOT_FOUND"),
        None,
    ];
    let ensured = client.batch_ensure_generated(&named).await.unwrap();
    let reasons = ensured
        .iter()
        .map(|answer| answer.as_ref().err().map(|error| error.reason().unwrap().as_str().to_owned()));
    assert!(reasons.eq(expected.map(|reason| reason.map(str::to_owned))), "{ensured:?}");
    assert!(ensured[6].as_ref().unwrap().rendition().is_ready(), "the same twice is one flight");
    assert_eq!(server.renditions().len(), 1);

    let is_state = |reason: &str| matches!(reason, "SOURCE_NOT_FOUND" | "SOURCE_UNDECODABLE");
    let exist = client.batch_exists(&named).await.unwrap();
    let urls = client.batch_url(&named).await.unwrap();
    for (index, reason) in expected.into_iter().enumerate() {
        match reason {
            None => {
                assert!(exist[index].as_ref().unwrap().exists());
                assert!(urls[index].as_ref().unwrap().is_ready());
            }
            Some(reason) if is_state(reason) => {
                let view = exist[index].as_ref().unwrap().rendition();
                assert_eq!(view.state(), State::Failed);
                assert_eq!(view.failure().unwrap().reason().as_str(), reason);
                assert_eq!(urls[index].as_ref().unwrap().state(), State::Failed);
            }
            Some(reason) => {
                let told = exist[index].as_ref().unwrap_err().reason().unwrap().as_str().to_owned();
                assert_eq!(told, reason);
                assert_eq!(urls[index].as_ref().unwrap_err().reason().unwrap().as_str(), reason);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_a_thousand_renditions_is_made() {
    let server = server().await;
    let specs: Vec<Spec> = (1..=20).map(|width| Spec::builder().resize_to_fit((width, 0)).png(())).collect();
    for number in 0..50 {
        server.put(&format!("{number}.png"), &png(30 + number, 20, 1));
    }
    let all = (0..50)
        .flat_map(|number| specs.iter().map(move |spec| RenditionRef::new(format!("{number}.png"), spec)));
    let answers = server.client().batch_ensure_generated(all).await.unwrap();
    assert_eq!(answers.len(), 1000);
    assert!(answers.into_iter().all(|answer| answer.unwrap().rendition().is_ready()));
    assert_eq!((server.counts("media").read(), server.renditions().len()), (50, 1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_folder_no_more_sources_are_held_than_are_needed_next() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let hook = move |_: &[u8]| {
        // The first decode waits; when the sender is gone, none does.
        let _ = held.lock().unwrap().recv();
    };
    let limits = "[limits]\ncpu_workers = 1\n";
    let server = TestServer::with(options().config(&format!("{SMALL}{limits}")).before_decode(hook)).await;
    for number in 0..10 {
        server.put(&format!("{number}.png"), &png(80, 60, number));
    }
    let client = server.client();
    let names: Vec<String> = (0..10).map(|number| format!("{number}.png")).collect();
    let all = tokio::spawn(async move {
        client.batch_ensure_generated(names.iter().map(|name| (name.as_str(), "small"))).await
    });
    until("the first source is there", || server.counts("media").read() == 1).await;
    until("all are in line", || server.engine.flights() == 10).await;
    assert_eq!(server.counts("media").read(), 1, "the one that is decoded");
    drop(release);
    assert!(all.await.unwrap().unwrap().iter().all(|answer| answer.as_ref().unwrap().rendition().is_ready()));
    assert_eq!(server.counts("media").read(), 10);
}
