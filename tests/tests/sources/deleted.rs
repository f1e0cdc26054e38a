//! NotifyDeleted, and the tombstones that it leaves.

use std::time::Duration;

use rendition_client::{Code, EnsureGenerated, Source, State, Strategy};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{CAT, server};

fn delete(server: &TestServer) {
    std::fs::remove_file(server.root().join("media").join(CAT.0)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_renditions_of_a_deleted_source_go_and_those_of_its_neighbours_stay() {
    let (server, client) = server().await;
    server.put("photos/cat.png.bak", &png(80, 60, 2));
    for path in [CAT.0, "photos/cat.png.bak"] {
        client.ensure_generated((path, "small")).await.unwrap();
        client.ensure_generated((path, "eager")).await.unwrap();
    }
    delete(&server);
    let deleted = client.notify_deleted(CAT.0).await.unwrap();
    assert_eq!((deleted.removed, deleted.dropped_jobs), (2, 0));
    let left = server.renditions();
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|key| key.starts_with("media/photos/cat.png.bak/")), "{left:?}");
    let again = client.notify_deleted(CAT.0).await.unwrap();
    assert_eq!((again.removed, again.dropped_jobs), (0, 0), "twice is as good as once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_source_is_refused_shown_as_failed_and_gone_over_http() {
    let (server, client) = server().await;
    let url = client.ensure_generated(CAT).await.unwrap().rendition().url().to_owned();
    assert_eq!(http_get(&url).await.0, 200);
    delete(&server);
    client.notify_deleted(CAT.0).await.unwrap();
    refused(
        client.ensure_generated(CAT).await,
        Code::NotFound,
        "SOURCE_DELETED",
        Some("rendition.source.path"),
    );
    let exists = client.exists(CAT).await.unwrap();
    assert_eq!((exists.exists(), exists.rendition().state()), (false, State::Failed));
    let (status, headers, _) = http_get(&url).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (410, "no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_that_lands_after_the_deletion_leaves_nothing_behind() {
    let (server, client) = server().await;
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let flying = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated(CAT).await }
    });
    hold.reached().await;
    delete(&server);
    client.notify_deleted(CAT.0).await.unwrap();
    hold.release();
    refused(flying.await.unwrap(), Code::NotFound, "SOURCE_DELETED", Some("rendition.source.path"));
    assert_eq!(server.renditions(), Vec::<String>::new());
    assert!(!client.exists(CAT).await.unwrap().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn queued_jobs_of_a_deleted_source_are_dropped() {
    let options = Options { background_jobs: 1, ..Options::default() };
    let server = TestServer::with(options.config(SMALL)).await;
    server.put(CAT.0, &png(80, 60, 1));
    server.put("photos/dog.png", &png(80, 60, 2));
    let client = server.client();
    // The only worker has the first one in hand.
    let mut hold = server.faults("media").hold_next(Operation::Read);
    for path in ["photos/dog.png", CAT.0] {
        let request = EnsureGenerated::new((path, "small")).strategy(Strategy::Background);
        client.ensure_generated(request).await.unwrap();
    }
    hold.reached().await;
    assert_eq!(server.engine.queued(), 2);
    delete(&server);
    let deleted = client.notify_deleted(CAT.0).await.unwrap();
    assert_eq!((deleted.removed, deleted.dropped_jobs), (0, 1));
    assert_eq!(server.engine.queued(), 1);
    hold.release();
    until("the other one is made", || server.engine.queued() == 0).await;
    assert!(server.renditions().iter().all(|key| key.starts_with("media/photos/dog.png/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_back_is_shown_again() {
    let (server, client) = server().await;
    client.ensure_generated(CAT).await.unwrap();
    delete(&server);
    client.notify_deleted(CAT.0).await.unwrap();
    server.put(CAT.0, &png(80, 60, 5));
    client.notify_saved(CAT.0).await.unwrap();
    assert!(client.ensure_generated(CAT).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_comes_back_without_a_word_is_noticed_by_its_version() {
    let server = TestServer::with(Options::default().config(SMALL).manual_clock()).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap();
    delete(&server);
    client.notify_deleted(CAT.0).await.unwrap();
    server.put(CAT.0, &png(80, 60, 5));
    server.clock.advance(Duration::from_secs(6));
    assert!(client.ensure_generated(CAT).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_late_note_of_an_old_versions_deletion_hides_no_newer_one() {
    let (server, client) = server().await;
    let old = client.inspect(CAT.0).await.unwrap().version().unwrap().to_owned();
    client.ensure_generated(CAT).await.unwrap();
    server.put(CAT.0, &png(80, 60, 9));
    client.notify_saved(CAT.0).await.unwrap();
    let new = client.ensure_generated(CAT).await.unwrap().into_rendition();
    client.notify_deleted(Source::new(CAT.0).version(&old)).await.unwrap();
    assert!(client.exists(CAT).await.unwrap().exists());
    assert!(server.renditions().iter().all(|key| !key.contains(&old)));
    assert!(server.renditions().contains(&new.key().to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tombstone_survives_a_restart_and_ends_after_a_day() {
    let folder = tempfile::TempDir::new().unwrap();
    let options = || Options::default().config(SMALL).root(folder.path(), "queue");
    let server = TestServer::with(options()).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    // The caller tells before the file goes, and it never does.
    client.notify_deleted(CAT.0).await.unwrap();
    refused(
        client.ensure_generated(CAT).await,
        Code::NotFound,
        "SOURCE_DELETED",
        Some("rendition.source.path"),
    );
    server.stop().await;

    let now = std::time::SystemTime::now().into();
    let clock = rendition_server::model::Clock::manual(now);
    let server = TestServer::with(Options { clock: Some(clock), ..options() }).await;
    let client = server.client();
    refused(
        client.ensure_generated(CAT).await,
        Code::NotFound,
        "SOURCE_DELETED",
        Some("rendition.source.path"),
    );
    server.clock.advance(Duration::from_secs(24 * 3600));
    assert!(client.ensure_generated(CAT).await.unwrap().rendition().is_ready());
    until("nothing flies", || server.engine.flights() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_hand_at_the_deletion_is_not_done_again_though_the_source_lies_there() {
    let (server, client) = server().await;
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    client.ensure_generated(EnsureGenerated::new(CAT).strategy(Strategy::Background)).await.unwrap();
    hold.reached().await;
    client.notify_deleted(CAT.0).await.unwrap();
    hold.release();
    until("the job is over", || server.engine.queued() == 0).await;
    assert_eq!(server.renditions(), Vec::<String>::new());
}
