//! Stores that fail: typed errors with a time to come back, never held against a key, and no harm to what is cached.

use std::time::Duration;

use rendition_client::{Client, Code, EnsureGenerated, Exists, Outcome, RetryPolicy, State};
use rendition_server::storage::{
    Fault, Operation,
    StorageErrorKind::{Full, Unavailable},
};
use rendition_tests::{pictures::png, refusals::refused, test_server::TestServer};

use super::{CAT, server, told};

fn client(server: &TestServer) -> Client {
    Client::builder(server.grpc.as_str()).retry(RetryPolicy::none()).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_answer_is_storage_unavailable_and_held_against_nobody() {
    for (store, operation) in [
        ("media", Operation::Stat),
        ("media", Operation::Read),
        ("renditions", Operation::Stat),
        ("renditions", Operation::Write),
    ] {
        let server = server().await;
        let client = client(&server);
        server.faults(store).fail_next(operation, Unavailable);
        let answer = client.ensure_generated(CAT).await;
        let status = refused(answer, Code::Unavailable, "STORAGE_UNAVAILABLE", None);
        assert!(status.retry_after.is_some(), "{store} {operation}");
        assert_eq!(status.metadata["store"], "faulty", "which is what the decorator calls itself");
        assert_eq!(server.engine.flights(), 0);
        let again = client.ensure_generated(CAT).await.unwrap();
        assert_eq!(again.outcome(), Outcome::Generated, "{store} {operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cached_hits_go_on_while_a_store_is_down() {
    let server = server().await;
    let client = client(&server);
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    for store in ["media", "renditions"] {
        for operation in [Operation::Stat, Operation::Read, Operation::List] {
            server.faults(store).fail_next(operation, Unavailable);
        }
    }
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Found);
    assert!(client.exists(CAT).await.unwrap().exists());
    assert_eq!(client.url(CAT).await.unwrap().url(), made.url());
    let renewed = client.exists(Exists::new(CAT).max_age(Duration::ZERO)).await;
    refused(renewed, Code::Unavailable, "STORAGE_UNAVAILABLE", None);
    assert!(client.exists(CAT).await.unwrap().exists(), "an error is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_is_storage_full_with_a_time_to_come_back_and_not_held() {
    let server = server().await;
    let client = client(&server);
    server.faults("renditions").fail_next(Operation::Write, Full);
    let answer = client.ensure_generated(CAT).await;
    let status = refused(answer, Code::ResourceExhausted, "STORAGE_FULL", None);
    assert!(status.retry_after.is_some());
    assert_ne!(client.exists(CAT).await.unwrap().rendition().state(), State::Failed);
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_was_lost_is_found_by_the_next_call() {
    let server = server().await;
    let client = client(&server);
    server.faults("renditions").fault_next(Operation::Write, Fault::LoseAnswer(Unavailable));
    refused(client.ensure_generated(CAT).await, Code::Unavailable, "STORAGE_UNAVAILABLE", None);
    let found = client.ensure_generated(CAT).await.unwrap();
    assert_eq!((told(found.rendition()), found.outcome()), (("ready", "storage"), Outcome::Found));
    assert_eq!(server.counts("media").read(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_comes_back_by_itself_after_an_outage() {
    let server = server().await;
    server.faults("media").fail_next(Operation::Stat, Unavailable);
    let patient = server.client();
    assert!(patient.ensure_generated(CAT).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_wait_for_a_flight_get_its_error_and_the_next_one_flies_anew() {
    let server = server().await;
    let clients: Vec<_> = (0..5).map(|_| client(&server)).collect();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    server.faults("renditions").fail_next(Operation::Write, Unavailable);
    let all = futures_util::future::join_all(clients.iter().map(|client| client.ensure_generated(CAT)));
    let (answers, ()) = tokio::join!(all, async {
        hold.reached().await;
        rendition_tests::until::until("five wait", || server.engine.waiting() == 5).await;
        hold.release();
    });
    for answer in answers {
        refused(answer, Code::Unavailable, "STORAGE_UNAVAILABLE", None);
    }
    assert_eq!(clients[0].ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_costs_a_batch_only_the_items_that_needed_the_store() {
    let server = server().await;
    let client = client(&server);
    client.ensure_generated(CAT).await.unwrap();
    server.put("dog.png", &png(80, 60, 2));
    server.faults("media").fail_next(Operation::Stat, Unavailable);
    let answers = client.batch_ensure_generated([CAT, ("dog.png", "small")]).await.unwrap();
    let [cat, dog]: [_; 2] = answers.try_into().unwrap();
    assert_eq!(cat.unwrap().outcome(), Outcome::Found);
    assert!(refused(dog, Code::Unavailable, "STORAGE_UNAVAILABLE", None).retry_after.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_that_takes_too_long_frees_its_callers() {
    let config = format!("[limits]\ngeneration_timeout = \"50ms\"\n{}", rendition_tests::pictures::SMALL);
    let server = TestServer::with(super::options().config(&config)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let hold = server.faults("media").hold_next(Operation::Read);
    let late = client(&server).ensure_generated(EnsureGenerated::new(CAT)).await;
    refused(late, Code::DeadlineExceeded, "GENERATION_TIMEOUT", None);
    assert_eq!(server.engine.flights(), 0);
    hold.release();
    assert!(server.client().exists(CAT).await.unwrap().rendition().failure().is_none(), "no verdict");
}
