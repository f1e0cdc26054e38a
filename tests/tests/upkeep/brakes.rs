//! Where a collection stops because what it found looks like a mistake.

use rendition_client::{Code, CollectGarbage, Error};
use rendition_server::storage::{Operation, StorageErrorKind};
use rendition_tests::refusals::refused;

use super::{HOUR, SOURCES, collected, furnished, remove_source, told};

/// The error of a collection that stops, which must have removed nothing.
async fn stopped(client: &rendition_client::Client, which: CollectGarbage) -> (Error, String) {
    let (told, failed) = told(client.collect_garbage(which).await).await;
    assert!(told.iter().all(|told| told.removed() == 0));
    let error = failed.expect("it did not stop");
    let cause = error.status().unwrap().metadata["cause"].clone();
    (error, cause)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_store_that_lists_empty_stops_it() {
    let (server, client) = furnished("").await;
    for number in 0..SOURCES {
        remove_source(&server, number);
    }
    server.clock.advance(48 * HOUR);
    for request in
        [CollectGarbage::new(), CollectGarbage::new().max_share(1.0), CollectGarbage::new().dry_run()]
    {
        let (error, cause) = stopped(&client, request).await;
        assert_eq!(cause, "SOURCE_STORE_EMPTY");
        let refusal: Result<(), Error> = Err(error);
        let status =
            refused(refusal, Code::FailedPrecondition, "COLLECTION_UNSAFE", Some("allow_empty_store"));
        assert!(status.message.contains("set allow_empty_store"), "{}", status.message);
    }
    assert_eq!(server.renditions().len(), usize::from(SOURCES));
    let (_, cause) = stopped(&client, CollectGarbage::new().allow_empty_store()).await;
    assert_eq!(cause, "SHARE_TOO_LARGE", "one brake does not take off the other");
    let request = CollectGarbage::new().allow_empty_store().max_share(1.0);
    assert_eq!(collected(&client, request).await.1.removed(), u64::from(SOURCES));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_store_that_errs_stops_it_or_what_it_cannot_tell_about_stays() {
    let (server, client) = furnished("").await;
    remove_source(&server, 3);
    server.clock.advance(48 * HOUR);
    // At its first look at the store, at its listing, and at the look at the source that the listing does not show.
    for held in [0, 1] {
        for _ in 0..held {
            server.faults("media").fault_next(
                Operation::List,
                rendition_server::storage::Fault::Delay(std::time::Duration::ZERO),
            );
        }
        server.faults("media").fail_next(Operation::List, StorageErrorKind::Unavailable);
        let (error, cause) = stopped(&client, CollectGarbage::new()).await;
        assert_eq!(cause, "SOURCE_STORE_ERRS");
        let refusal: Result<(), Error> = Err(error);
        refused(refusal, Code::FailedPrecondition, "COLLECTION_UNSAFE", Some("keep_unchecked"));
    }
    server.faults("media").fail_next(Operation::Stat, StorageErrorKind::NotPermitted);
    assert_eq!(stopped(&client, CollectGarbage::new()).await.1, "SOURCE_STORE_ERRS");
    assert_eq!(server.renditions().len(), usize::from(SOURCES));

    server.faults("media").fail_next(Operation::List, StorageErrorKind::Unavailable);
    let (went, last) = collected(&client, CollectGarbage::new().keep_unchecked()).await;
    assert_eq!((went.len(), last.unchecked()), (0, u64::from(SOURCES)));
    assert_eq!(server.renditions().len(), usize::from(SOURCES));
    assert_eq!(collected(&client, CollectGarbage::new().keep_unchecked()).await.1.removed(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_fifth_stops_it_unless_more_is_allowed() {
    let (server, client) = furnished("").await;
    for number in 0..4 {
        remove_source(&server, number);
    }
    server.clock.advance(48 * HOUR);
    for request in [CollectGarbage::new(), CollectGarbage::new().max_share(0.24)] {
        let (error, cause) = stopped(&client, request).await;
        assert_eq!(cause, "SHARE_TOO_LARGE");
        let refusal: Result<(), Error> = Err(error);
        let status = refused(refusal, Code::FailedPrecondition, "COLLECTION_UNSAFE", Some("max_share"));
        assert_eq!((status.metadata["garbage"].as_str(), status.metadata["seen"].as_str()), ("4", "16"));
    }
    let (told, failed) = told(client.collect_garbage(CollectGarbage::new().dry_run()).await).await;
    assert_eq!(super::keys(&told).len(), 4, "a dry run tells what would go before it stops");
    assert!(failed.is_some());
    assert_eq!(server.renditions().len(), usize::from(SOURCES));
    assert_eq!(collected(&client, CollectGarbage::new().max_share(0.25)).await.1.removed(), 4);
    refused(
        client.collect_garbage(CollectGarbage::new().max_share(1.5)).await,
        Code::InvalidArgument,
        "INVALID_ARGUMENT",
        Some("max_share"),
    );
}
