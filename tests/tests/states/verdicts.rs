//! Verdicts on bytes: held with a back-off, told as an error or as a state, dropped when the source changes.

use std::time::{Duration, SystemTime};

use rendition_client::{Code, EnsureGenerated, Reason, State};
use rendition_tests::{pictures::png, refusals::refused, test_server::TestServer};

use super::{CAT, options, told};

async fn broken() -> TestServer {
    let server = TestServer::with(options()).await;
    server.put(CAT.0, &png(80, 60, 1)[..400]);
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_held_with_a_doubling_back_off_and_one_look_in_five_seconds() {
    let server = broken().await;
    let client = server.client();
    let media = server.counts("media");
    let ask = async |stats, reads, wait| {
        let answer = client.ensure_generated(CAT).await;
        let status = refused(answer, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
        assert_eq!(status.retry_after, Some(Duration::from_secs(wait)));
        assert_eq!((media.stat(), media.read()), (stats, reads));
    };
    ask(1, 1, 5).await;
    ask(2, 1, 5).await;
    ask(2, 1, 5).await;
    server.clock.advance(Duration::from_secs(4));
    ask(2, 1, 1).await;
    server.clock.advance(Duration::from_secs(1));
    // The second attempt; the source's version was seen when it was looked at.
    ask(2, 2, 10).await;
    ask(3, 2, 10).await;
    server.clock.advance(Duration::from_secs(5));
    ask(4, 2, 5).await;
    ask(4, 2, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exists_and_url_answer_a_verdict_as_failed_with_its_failure() {
    let server = broken().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap_err();
    let exists = client.exists(CAT).await.unwrap();
    assert!(!exists.exists());
    let retry_time = SystemTime::from(server.clock.now()) + Duration::from_secs(5);
    for view in [exists.into_rendition(), client.url(CAT).await.unwrap()] {
        assert_eq!(view.state(), State::Failed);
        let failure = view.failure().unwrap();
        assert_eq!((failure.reason(), failure.attempts()), (Reason::SourceUndecodable, 1));
        assert_eq!(failure.retry_time(), Some(retry_time));
        assert!(!failure.message().is_empty());
        assert!(!view.url().is_empty());
    }
    let watched = client.watch([CAT]).await.unwrap().until_done().await.unwrap();
    assert_eq!(watched[0].state(), State::Failed);
    let held = client.read_to_vec(CAT).await;
    assert!(refused(held, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None).retry_after.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn force_tries_again_in_spite_of_a_verdict() {
    let server = broken().await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap_err();
    let forced = client.ensure_generated(EnsureGenerated::new(CAT).force()).await;
    refused(forced, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    assert_eq!(server.counts("media").read(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_is_a_state_without_attempts_for_those_who_only_ask() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    for view in [client.exists(CAT).await.unwrap().into_rendition(), client.url(CAT).await.unwrap()] {
        assert_eq!(view.state(), State::Failed);
        assert_eq!(view.failure().unwrap().reason(), Reason::SourceNotFound);
        assert_eq!(view.failure().unwrap().attempts(), 0);
    }
    assert_eq!(server.counts("media").stat(), 1, "absence is remembered");
    server.put(CAT.0, &png(80, 60, 1));
    server.clock.advance(Duration::from_secs(5));
    assert_eq!(told(&client.url(CAT).await.unwrap()), ("unknown", "none"));
}
