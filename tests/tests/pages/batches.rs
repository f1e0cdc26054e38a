//! Batches of a page's size.

use std::{collections::BTreeSet, time::Duration};

use rendition_client::{Client, EnsureGenerated, Outcome, RenditionRef, Source, Spec, State, Strategy};
use rendition_server::storage::{Operation, StorageErrorKind};
use rendition_tests::{
    pictures::{jpeg, png},
    test_server::TestServer,
};

use super::{options, server};

fn photo(number: usize) -> String {
    format!("photos/{number}.png")
}

/// Fifty sources, and the same rendition of each.
async fn page() -> (TestServer, Vec<RenditionRef>) {
    let server = server().await;
    for number in 0..50 {
        server.put(&photo(number), &png(60 + number as u32, 40, 1));
    }
    let names = (0..50).map(|number| (photo(number), "small").into()).collect();
    (server, names)
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_renditions_of_fifty_sources_are_made_in_one_call() {
    let (server, names) = page().await;
    let answers = server.client().batch_ensure_generated(&names).await.unwrap();
    assert_eq!(answers.len(), 50);
    let keys: BTreeSet<String> = answers
        .iter()
        .zip(0..)
        .map(|(answer, number)| {
            let ensured = answer.as_ref().unwrap();
            assert_eq!(ensured.outcome(), Outcome::Generated);
            assert!(ensured.rendition().key().contains(&photo(number)), "in the order of the request");
            ensured.rendition().key().to_owned()
        })
        .collect();
    assert_eq!(keys.len(), 50);
    let (media, renditions) = (server.counts("media"), server.counts("renditions"));
    assert_eq!((media.stat(), media.read(), renditions.write()), (50, 50, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_has_a_status_of_its_own() {
    let (server, mut names) = page().await;
    server.put(&photo(7), b"no image");
    std::fs::remove_file(server.root().join("media").join(photo(8))).unwrap();
    names[9] = (photo(9), "no-such-spec").into();
    server.client().ensure_generated(names[10].clone()).await.unwrap();
    let answers = server.client().batch_ensure_generated(&names).await.unwrap();
    let reason = |index: usize| answers[index].as_ref().unwrap_err().reason().unwrap().as_str().to_owned();
    assert_eq!([7, 8, 9].map(reason), ["SOURCE_UNDECODABLE", "SOURCE_NOT_FOUND", "SPEC_NOT_FOUND"]);
    assert_eq!(answers[10].as_ref().unwrap().outcome(), Outcome::Found);
    let made = answers
        .iter()
        .filter(|answer| answer.as_ref().is_ok_and(|ensured| ensured.outcome() == Outcome::Generated));
    assert_eq!(made.count(), 46);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_renditions_of_one_source_are_made_from_one_fetch() {
    let server = server().await;
    server.put("wide.jpg", &jpeg(1600, 1200, 1));
    let names: Vec<RenditionRef> = (1..=10)
        .map(|step| RenditionRef::new("wide.jpg", Spec::builder().resize_to_fit((step * 40, 0)).jpeg(80)))
        .collect();
    for (answer, step) in server.client().batch_ensure_generated(&names).await.unwrap().iter().zip(1..) {
        let dimensions = answer.as_ref().unwrap().rendition().image().unwrap().dimensions().unwrap();
        assert_eq!(dimensions, (step * 40, step * 30));
    }
    let (media, renditions) = (server.counts("media"), server.counts("renditions"));
    assert_eq!((media.stat(), media.read(), renditions.write()), (1, 1, 10));
    assert_eq!((renditions.stat(), renditions.list()), (0, 1), "and one listing");
}

/// Holds the reads of the sources of some items, so that they are not done in time.
fn hold(server: &TestServer, count: usize) -> Vec<rendition_server::storage::Hold> {
    (0..count).map(|_| server.faults("media").hold_next(Operation::Read)).collect()
}

fn with_wait(names: &[RenditionRef]) -> Vec<EnsureGenerated> {
    let waiting = |name: &RenditionRef| EnsureGenerated::new(name.clone()).max_wait(Duration::from_secs(60));
    names.iter().map(waiting).collect()
}

async fn outcomes(client: &Client, requests: Vec<EnsureGenerated>) -> Vec<(State, Outcome)> {
    let answers = client.batch_ensure_generated(requests).await.unwrap();
    answers
        .into_iter()
        .map(|answer| {
            let ensured = answer.unwrap();
            (ensured.rendition().state(), ensured.outcome())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_done_before_the_deadline_is_pending_and_what_is_done_is_told() {
    let (server, names) = page().await;
    let known = &names[..20];
    server.client().batch_ensure_generated(known).await.unwrap();
    let held = hold(&server, 30);
    // The deadline of the call comes long before the items would have waited.
    let client = server.client().with_timeout(Duration::from_secs(2));
    let told = outcomes(&client, with_wait(&names)).await;
    assert!(told[..20].iter().all(|told| *told == (State::Ready, Outcome::Found)), "{told:?}");
    assert!(told[20..].iter().all(|told| *told == (State::Generating, Outcome::Pending)), "{told:?}");
    drop(held);
    let done = server.client().watch(&names).await.unwrap().until_done().await.unwrap();
    assert!(done.iter().all(|rendition| rendition.state() == State::Ready), "the work goes on");
    assert_eq!(server.counts("renditions").write(), 50, "and nothing is made twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_item_of_a_batch_is_told_as_made_though_another_is_pending() {
    let (server, names) = page().await;
    let held = hold(&server, 1);
    let client = server.client().with_timeout(Duration::from_secs(3));
    let told = outcomes(&client, with_wait(&names[..12])).await;
    let pending = told.iter().filter(|told| told.1 == Outcome::Pending).count();
    let made = told.iter().filter(|told| **told == (State::Ready, Outcome::Generated)).count();
    assert_eq!((pending, made), (1, 11), "{told:?}");
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_of_one_batch_wait_as_long_as_each_of_them_says() {
    let (server, names) = page().await;
    let held = hold(&server, 3);
    let requests = vec![
        EnsureGenerated::new(names[0].clone()).max_wait(Duration::ZERO),
        EnsureGenerated::new(names[1].clone()).max_wait(Duration::from_millis(20)),
        EnsureGenerated::new(names[2].clone()).strategy(Strategy::Background),
    ];
    let told = outcomes(&server.client(), requests).await;
    assert_eq!(told[0], (State::Generating, Outcome::Pending));
    assert_eq!(told[1], (State::Generating, Outcome::Pending));
    assert_eq!(told[2].1, Outcome::Queued);
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn urls_of_any_number_ask_no_storage_where_versions_are_known() {
    let server = server().await;
    let client = server.client();
    let sent = |number: usize| Source::new(photo(number)).version(format!("v{number}"));
    for count in [1, 50, 1000] {
        let names: Vec<RenditionRef> = (0..count).map(|number| (sent(number), "small").into()).collect();
        let urls = client.batch_url(&names).await.unwrap();
        assert!(urls.into_iter().all(|url| url.unwrap().state() == State::Unknown));
    }
    assert_eq!(server.serving_calls(), 0, "sent with the request");

    server.put("cat.png", &png(80, 60, 1));
    client.url(("cat.png", "small")).await.unwrap();
    assert_eq!(server.serving_calls(), 1, "the version is asked for once");
    let specs: Vec<Spec> =
        (1..=1000).map(|width| Spec::builder().resize_to_fit((width, 0)).png(())).collect();
    client.batch_url(specs.iter().map(|spec| ("cat.png", spec))).await.unwrap();
    assert_eq!(server.serving_calls(), 1, "and then it is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_store_is_down_still_gets_what_is_known() {
    let (server, names) = page().await;
    let client = server.client();
    client.batch_ensure_generated(&names[..25]).await.unwrap();
    for _ in 0..25 {
        server.faults("media").fail_next(Operation::Stat, StorageErrorKind::Unavailable);
    }
    let answers = client.batch_ensure_generated(&names).await.unwrap();
    assert!(
        answers[..25].iter().all(|answer| answer.as_ref().is_ok_and(|known| known.rendition().is_ready()))
    );
    let unavailable = |index: usize| {
        answers[index].as_ref().unwrap_err().reason().unwrap().as_str() == "STORAGE_UNAVAILABLE"
    };
    assert!((25..50).all(unavailable));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_too_large_is_refused_whole() {
    let server = TestServer::with(options()).await;
    let names: Vec<RenditionRef> = (0..1001).map(|number| (photo(number), "small").into()).collect();
    let error = server.client().batch_url(&names).await.unwrap_err();
    assert_eq!(error.reason().unwrap().as_str(), "BATCH_TOO_LARGE");
}
