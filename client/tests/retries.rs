//! Retries, deadlines and the token over a real connection.

#![allow(clippy::unwrap_used)]

mod scripted;

use std::time::Duration;

use futures_util::StreamExt;
use rendition_proto::v1;
use scripted::{
    Messages, builder, chunk, ensured, header, listen, rendition, serve, start, start_with_client, updates,
};
use tonic::{Code, Status};

const CAT: (&str, &str) = ("photos/cat.jpg", "avatar");

/// The value of a `grpc-timeout` header.
fn parse_timeout(header: &str) -> Duration {
    let (digits, unit) = header.split_at(header.len() - 1);
    let number: u64 = digits.parse().unwrap();
    match unit {
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => panic!("{header}"),
    }
}

#[tokio::test]
async fn an_unavailable_server_is_asked_again_with_the_time_that_remains() {
    let (script, uri) = start().await;
    let client = builder(&uri).timeout(Duration::from_secs(20)).bearer_token("secret").build().unwrap();
    script.ensure.fail(Status::unavailable("the store is away"));
    script.ensure.fail(Status::unavailable("the store is away"));
    script.ensure.answer(ensured(v1::Outcome::Generated));
    client.ensure_generated(CAT).await.unwrap();

    let timeouts: Vec<_> =
        script.ensure.headers("grpc-timeout").iter().map(|header| parse_timeout(header)).collect();
    assert_eq!(timeouts.len(), 3);
    assert!(timeouts[0] <= Duration::from_secs(20) && timeouts[0] > Duration::from_secs(10));
    assert!(timeouts.windows(2).all(|pair| pair[1] < pair[0]), "{timeouts:?}");
    assert_eq!(script.ensure.headers("authorization"), ["Bearer secret"; 3]);
}

#[tokio::test]
async fn the_token_is_not_shown_in_debug_output() {
    let (_, uri) = start().await;
    let builder = builder(&uri).bearer_token("secret");
    assert!(!format!("{builder:?}").contains("secret"));
    assert!(!format!("{:?}", builder.build().unwrap()).contains("secret"));
}

#[tokio::test]
async fn an_overloaded_server_that_names_no_time_is_not_asked_again() {
    let (script, client) = start_with_client().await;
    script.ensure.fail(Status::resource_exhausted("busy"));
    assert_eq!(client.ensure_generated(CAT).await.unwrap_err().code(), Code::ResourceExhausted);
    assert_eq!(script.ensure.count(), 1);
}

#[tokio::test]
async fn a_silent_server_is_left_when_the_time_is_over() {
    let (script, client) = start_with_client().await;
    let client = client.with_timeout(Duration::from_millis(100));
    assert_eq!(client.ensure_generated(CAT).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(client.watch([CAT]).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!((script.ensure.count(), script.watch.count()), (1, 1));
}

#[tokio::test]
async fn a_call_without_a_timeout_sends_no_deadline() {
    let (script, client) = start_with_client().await;
    script.ensure.answer(ensured(v1::Outcome::Found));
    client.with_timeout(None).ensure_generated(CAT).await.unwrap();
    assert_eq!(script.ensure.headers("grpc-timeout"), [""]);
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let (listener, address) = listen().await;
    let client = builder(&format!("http://{address}")).build().unwrap();
    let served = tokio::spawn(async move {
        // The connection is accepted and closed before anything is answered.
        drop(listener.accept().await.unwrap());
        let script = serve(listener, None);
        script.ensure.answer(ensured(v1::Outcome::Found));
        script
    });
    client.ensure_generated(CAT).await.unwrap();
    assert_eq!(served.await.unwrap().ensure.count(), 1);
}

#[tokio::test]
async fn a_stream_is_asked_for_again_before_its_first_message_only() {
    let (script, client) = start_with_client().await;
    let away = || Status::unavailable("away");

    script.watch.fail(away());
    script.watch.answer(Messages::then_fail([], away()));
    script.watch.answer(Messages::then_fail([updates([(0, v1::State::Queued)])], away()));
    let mut watch = client.watch([CAT]).await.unwrap();
    assert!(watch.next().await.unwrap().is_ok());
    assert_eq!(watch.next().await.unwrap().unwrap_err().code(), Code::Unavailable);
    assert!(watch.next().await.is_none(), "an error is the end");
    assert_eq!(script.watch.count(), 3);

    let part = [header(rendition(v1::State::Ready)), chunk(b"abc")];
    script.read.answer(Messages::then_fail([], away()));
    script.read.answer(Messages::then_fail(part, away()));
    assert_eq!(client.read_to_vec(CAT).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(script.read.count(), 2);
}

#[tokio::test]
async fn a_stream_may_last_longer_than_the_wait_for_its_first_message() {
    let (script, client) = start_with_client().await;
    script.watch.answer(Messages::then_silence([updates([(0, v1::State::Queued)])]));
    let client = client.with_timeout(Duration::from_millis(50));
    let mut watch = client.watch([CAT]).await.unwrap();
    watch.next().await.unwrap().unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(150), watch.next()).await;
    assert!(waited.is_err(), "it goes on without a word");
    assert_eq!(script.watch.headers("grpc-timeout"), [""]);
}

#[tokio::test]
async fn a_stream_with_a_deadline_ends_there() {
    let (script, client) = start_with_client().await;
    script.watch.answer(Messages::then_silence([updates([(0, v1::State::Queued)])]));
    let client = client.with_stream_timeout(Duration::from_millis(150));
    let mut watch = client.watch([CAT]).await.unwrap();
    watch.next().await.unwrap().unwrap();
    let error = watch.next().await.unwrap().unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert!(watch.next().await.is_none());

    script.read.answer(Messages::then_silence([header(rendition(v1::State::Ready)), chunk(b"abc")]));
    assert_eq!(client.read_to_vec(CAT).await.unwrap_err().code(), Code::DeadlineExceeded);
    for timeout in [script.watch.headers("grpc-timeout"), script.read.headers("grpc-timeout")].concat() {
        assert!(parse_timeout(&timeout) <= Duration::from_millis(150), "{timeout}");
    }
}
