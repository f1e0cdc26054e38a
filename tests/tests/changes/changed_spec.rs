//! Earlier forms of a spec stand in for its present one, so that a new configuration is no storm.

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt, future::join_all};
use rendition_client::{Client, CollectGarbage, EnsureGenerated, Outcome, Source, Strategy};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_get::http_get,
    pictures::{png, small},
    test_server::{Options, TestServer},
    until::until,
};
use tempfile::TempDir;

use super::{START, clock, put, server, specs, told};

const CAT: (&str, &str) = ("cat.png", "card");
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Sources, each with a rendition by the spec as it is.
async fn made(server: &TestServer, client: &Client, paths: &[&str]) -> Vec<String> {
    let mut keys = Vec::new();
    for path in paths {
        put(server, path, &png(80, 60, 1), Duration::ZERO);
        keys.push(client.ensure_generated((*path, "card")).await.unwrap().rendition().key().to_owned());
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_spec_made_before_stands_in_while_it_is_made_anew() {
    let server = server(40).await;
    let client = server.client();
    let old = made(&server, &client, &[CAT.0]).await.remove(0);
    server.reload(&specs(44)).await;
    let hold = server.faults("media").hold_next(Operation::Read);
    let ensured = client.ensure_generated(CAT).await.unwrap();
    assert_eq!(told(&ensured), (Outcome::Found, true));
    assert_eq!(ensured.rendition().served_key(), Some(old.as_str()));
    let wanted = client.url(CAT).await.unwrap().url().to_owned();
    for url in [ensured.rendition().url(), &wanted] {
        let (status, _, shown) = http_get(url).await;
        assert_eq!((status, shown.to_vec()), (200, small(&png(80, 60, 1))), "{url}");
    }
    drop(hold);
    until("it is made anew", || server.renditions().len() == 2 && server.engine.queued() == 0).await;
    assert_eq!(told(&client.ensure_generated(CAT).await.unwrap()), (Outcome::Found, false));
    assert_ne!(http_get(&wanted).await.2.to_vec(), small(&png(80, 60, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_from_before_the_change_show_what_is_stored_and_nothing_else() {
    let server = server(40).await;
    let client = server.client();
    made(&server, &client, &[CAT.0]).await;
    let stored = client.url(CAT).await.unwrap().url().to_owned();
    put(&server, "dog.png", &png(80, 60, 2), Duration::ZERO);
    let never_made = client.url(("dog.png", "card")).await.unwrap().url().to_owned();
    server.reload(&specs(44)).await;
    assert_eq!(http_get(&stored).await.0, 200);
    assert_eq!(http_get(&never_made).await.0, 404, "what the spec was before is not made any more");
    assert_eq!(server.renditions().len(), 1);
    server.clock.advance(7 * DAY);
    assert_eq!(http_get(&stored).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_version_is_answered_by_what_the_spec_made_of_that_version_before() {
    let server = server(40).await;
    let client = server.client();
    let old = made(&server, &client, &[CAT.0]).await.remove(0);
    let version = |version: &str| (Source::new(CAT.0).version(version), "card");
    let sent = client.ensure_generated(version("v7")).await.unwrap().rendition().key().to_owned();
    server.reload(&specs(44)).await;
    let hold = server.faults("media").hold_next(Operation::Read);
    let ensured = client.ensure_generated(version("v7")).await.unwrap();
    assert_eq!(ensured.rendition().served_key(), Some(sent.as_str()));
    assert_ne!(sent, old);
    drop(hold);
    let other = client.ensure_generated(version("v8")).await.unwrap();
    assert_eq!(told(&other), (Outcome::Generated, false), "another version is no earlier form of this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_formats_of_the_same_spec_are_no_earlier_forms_of_it() {
    let auto =
        "[specs.card]\noutput = { auto = { formats = [\"webp\", \"jpeg\"] } }\nprevious_for = \"7d\"\n";
    let server = TestServer::with(Options::default().config(auto).manual_clock()).await;
    let client = server.client();
    put(&server, CAT.0, &png(80, 60, 1), Duration::ZERO);
    let jpeg = client.ensure_generated(CAT).await.unwrap();
    assert!(jpeg.rendition().key().ends_with(".jpg"), "{}", jpeg.rendition().key());
    let webp = rendition_client::RenditionRef::from(CAT).accept([rendition_client::OutputFormat::Webp]);
    let webp = client.ensure_generated(webp).await.unwrap();
    assert_eq!(told(&webp), (Outcome::Generated, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_a_second_are_made_anew_and_the_rest_when_it_is_asked_for_again() {
    let options = Options { revalidations_per_second: 2, background_jobs: 1, ..Options::default() };
    let server = TestServer::with(options.config(&specs(40)).manual_clock()).await;
    let client = server.client();
    let paths = ["1.png", "2.png", "3.png", "4.png", "5.png"];
    made(&server, &client, &paths).await;
    server.reload(&specs(44)).await;
    let hold = server.faults("media").hold_next(Operation::Read);
    let ask_all = || async {
        for path in paths {
            assert_eq!(told(&client.ensure_generated((path, "card")).await.unwrap()), (Outcome::Found, true));
        }
    };
    join_all((0..5).map(|_| client.ensure_generated((paths[0], "card")))).await;
    assert_eq!(server.engine.queued(), 1);
    ask_all().await;
    assert_eq!(server.engine.queued(), 2, "those who asked together are one");
    ask_all().await;
    assert_eq!(server.engine.queued(), 2, "the clock stands still");
    server.clock.advance(Duration::from_millis(500));
    ask_all().await;
    assert_eq!(server.engine.queued(), 3);
    let job = EnsureGenerated::new((paths[4], "card")).strategy(Strategy::Background);
    assert_eq!(told(&client.ensure_generated(job).await.unwrap()), (Outcome::Found, true));
    assert_eq!(server.engine.queued(), 4, "who asks for a job is promised one");
    drop(hold);
    until("they are made", || server.renditions().len() == 9).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_counts_from_when_the_new_form_was_first_seen_and_survives_restarts() {
    let folder = TempDir::new().unwrap();
    let clock = clock();
    let start = async |width: u32| {
        let options = Options::default().config(&specs(width)).root(folder.path(), "queue");
        TestServer::with(Options { clock: Some(clock.clone()), ..options }).await
    };
    let server = start(40).await;
    made(&server, &server.client(), &["1.png", "2.png"]).await;
    server.stop().await;
    clock.advance(DAY);
    let server = start(44).await;
    server.stop().await;
    clock.advance(6 * DAY);
    let server = start(44).await;
    assert_eq!(
        told(&server.client().ensure_generated(("1.png", "card")).await.unwrap()),
        (Outcome::Found, true)
    );
    clock.advance(DAY);
    let late = server.client().ensure_generated(("2.png", "card")).await.unwrap();
    assert_eq!(told(&late), (Outcome::Generated, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_is_no_garbage_until_its_time_is_over() {
    let server = server(40).await;
    let client = server.client();
    let old = made(&server, &client, &[CAT.0]).await.remove(0);
    // The file system wrote it by a clock of its own, years after the beginning of the server's.
    let begun = SystemTime::UNIX_EPOCH + Duration::from_millis(START);
    server.clock.advance(SystemTime::now().duration_since(begun).unwrap() + 30 * DAY);
    server.reload(&specs(44)).await;
    let collect = || CollectGarbage::new().max_share(1.0);
    let taken = |client: Client| async move {
        let told: Vec<_> = client.collect_garbage(collect()).await.unwrap().collect().await;
        told.into_iter().map(|told| told.unwrap().removed()).max().unwrap()
    };
    assert_eq!(taken(client.clone()).await, 0);
    assert_eq!(server.renditions(), [old]);
    server.clock.advance(8 * DAY);
    assert_eq!(taken(client).await, 1);
}
