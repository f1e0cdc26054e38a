//! Errors over a real connection, decoded from the details that a server adds.

#![allow(clippy::unwrap_used)]

mod scripted;

use std::{collections::HashMap, time::Duration};

use rendition_client::{Client, Error, Reason, RetryPolicy};
use scripted::{start, start_with_client};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

const CAT: (&str, &str) = ("photos/cat.jpg", "avatar");

#[tokio::test]
async fn the_reason_the_fields_and_the_delay_are_decoded() {
    let (script, client) = start_with_client().await;
    let mut details = ErrorDetails::with_error_info(
        "INVALID_SPEC",
        "rendition",
        HashMap::from([("spec".to_owned(), "inline".to_owned())]),
    );
    details
        .add_bad_request_violation("rendition.recipe.spec.operations[0].resize.width", "must not be zero")
        .set_retry_info(Some(Duration::from_millis(1500)));
    script.ensure.fail(Status::with_error_details(Code::InvalidArgument, "the spec is wrong", details));

    let error = client.ensure_generated(CAT).await.unwrap_err();
    let Error::Status(status) = &error else { panic!("{error:?}") };
    assert_eq!(status.code, Code::InvalidArgument);
    assert_eq!(status.reason, Some(Reason::InvalidSpec));
    assert_eq!(status.metadata["spec"], "inline");
    assert_eq!(error.violations()[0].field, "rendition.recipe.spec.operations[0].resize.width");
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    assert_eq!(
        error.to_string(),
        "INVALID_SPEC: the spec is wrong; rendition.recipe.spec.operations[0].resize.width: must not be zero"
    );
}

#[tokio::test]
async fn a_field_that_the_message_describes_is_named_only() {
    let (script, client) = start_with_client().await;
    let details = ErrorDetails::with_bad_request_violation("rendition.source.path", "no such source");
    script.url.fail(Status::with_error_details(Code::NotFound, "no such source", details));
    let error = client.url(CAT).await.unwrap_err();
    assert_eq!(error.to_string(), "NOT_FOUND: no such source; rendition.source.path");
}

#[tokio::test]
async fn an_error_without_details_keeps_its_code_and_message() {
    let (script, client) = start_with_client().await;
    script.exists.fail(Status::permission_denied("not you"));
    let error = client.exists(CAT).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::PermissionDenied, None));
    assert_eq!(error.to_string(), "PERMISSION_DENIED: not you");
}

#[tokio::test]
async fn a_reason_of_a_newer_server_is_kept_as_it_is() {
    let (script, client) = start_with_client().await;
    script.exists.fail(scripted::status(Code::Aborted, "TOO_BLUE", "it is blue"));
    let error = client.exists(CAT).await.unwrap_err();
    assert_eq!(error.reason(), Some(&Reason::Other("TOO_BLUE".to_owned())));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let (listener, address) = scripted::listen().await;
    drop(listener);
    let uri = format!("http://{address}");
    let client = Client::builder(&uri).retry(RetryPolicy::none()).build().unwrap();
    let error = client.exists(CAT).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.status().unwrap().unreachable);
    assert!(error.to_string().contains("refused"), "{error}");
    let error = Client::builder(&uri).connect().await.unwrap_err();
    assert!(matches!(&error, Error::Connect { uri: named, .. } if *named == uri), "{error}");
}

#[tokio::test]
async fn an_error_that_a_server_answers_is_not_unreachable() {
    let (script, uri) = start().await;
    let client = Client::builder(uri).retry(RetryPolicy::none()).build().unwrap();
    script.exists.fail(Status::unavailable("the store is away"));
    assert!(!client.exists(CAT).await.unwrap_err().status().unwrap().unreachable);
}

#[tokio::test]
async fn options_that_cannot_be_used_are_named() {
    for uri in ["", "localhost:50051", "ftp://host", "http://", "not a uri"] {
        let error = Client::builder(uri).build().unwrap_err();
        assert!(matches!(error, Error::InvalidOption { .. }), "{uri:?}: {error}");
    }
    for token in ["", "two\nlines"] {
        let error = Client::builder("http://localhost:1").bearer_token(token).build().unwrap_err();
        assert!(matches!(error, Error::InvalidOption { option: "bearer_token", .. }));
    }
    let error = Client::builder("https://localhost:1").ca_certificate("no PEM").build();
    assert!(matches!(error, Err(Error::InvalidOption { .. })), "{error:?}");
}
