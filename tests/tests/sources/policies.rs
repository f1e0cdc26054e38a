//! Deletions under the version policies where the store's own versions say nothing, and with callers' own versions.

use rendition_client::{Client, Code, EnsureGenerated, Source, Strategy};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png, small},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::CAT;

async fn server(policy: &str) -> (TestServer, Client) {
    let stores = format!(
        r#"
[stores.media]
kind = "fs"
root = "{{root}}/media"
source = true
version_policy = "{policy}"
[stores.renditions]
kind = "fs"
root = "{{root}}/renditions"
"#
    );
    let options = Options { stores: Some(stores), ..Options::default() };
    let server = TestServer::with(options.config(SMALL)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

fn versioned(version: &str) -> Source {
    Source::new(CAT.0).version(version)
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_from_before_a_deletion_do_not_come_back_under_the_same_version() {
    for (policy, source) in [("immutable", Source::new(CAT.0)), ("explicit", versioned("1"))] {
        let (server, client) = server(policy).await;
        // The first flight holds the old bytes as long as it writes.
        let mut hold = server.faults("renditions").hold_next(Operation::Write);
        let early = tokio::spawn({
            let (client, request) = (client.clone(), (source.clone(), "small"));
            async move { client.ensure_generated(request).await }
        });
        hold.reached().await;
        client.notify_deleted(source.clone()).await.unwrap();
        server.put(CAT.0, &png(80, 60, 2));
        client.notify_saved(source.clone()).await.unwrap();
        client.ensure_generated((source.clone(), "small")).await.unwrap();
        let shown = client.read_to_vec((source.clone(), "small")).await.unwrap();
        assert_eq!(shown, small(&png(80, 60, 2)), "{policy}");
        hold.release();
        let _ = early.await.unwrap();
        let shown = client.read_to_vec((source, "small")).await.unwrap();
        assert_eq!(shown, small(&png(80, 60, 2)), "{policy}, after the late landing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_source_of_explicit_versions_is_gone_over_http() {
    let (server, client) = server("explicit").await;
    let made = client.ensure_generated((versioned("1"), "small")).await.unwrap();
    let url = made.rendition().url().to_owned();
    assert_eq!(http_get(&url).await.0, 200);
    client.notify_deleted(CAT.0).await.unwrap();
    assert_eq!(http_get(&url).await.0, 410);
    client.notify_saved(versioned("2")).await.unwrap();
    assert_eq!(http_get(&url).await.0, 200, "it is back");
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_own_version_is_deleted_whole_whatever_it_looks_like() {
    // Long and hexadecimal, as the store's own are, and short as none of them is.
    for (policy, version) in [("explicit", "18a2b3c4d5e6f708-1f4"), ("observed", "7")] {
        let (server, client) = server(policy).await;
        client.ensure_generated((versioned(version), "small")).await.unwrap();
        // The caller tells before the file goes.
        let deleted = client.notify_deleted(versioned(version)).await.unwrap();
        assert_eq!((deleted.removed, server.renditions()), (1, Vec::new()), "{policy}");
        for source in [versioned(version), versioned("8")] {
            refused(
                client.ensure_generated((source, "small")).await,
                Code::NotFound,
                "SOURCE_DELETED",
                Some("rendition.source.path"),
            );
        }
        client.notify_saved(versioned("8")).await.unwrap();
        let back = client.ensure_generated((versioned("8"), "small")).await.unwrap();
        assert!(back.rendition().is_ready(), "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_comes_back_is_noticed_by_those_who_send_versions_of_their_own() {
    let (server, client) = server("observed").await;
    client.notify_deleted(versioned("7")).await.unwrap();
    server.put(CAT.0, &png(80, 60, 2));
    let back = client.ensure_generated((versioned("8"), "small")).await.unwrap();
    assert!(back.rendition().key().contains(".8."), "{}", back.rendition().key());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_a_deleted_source_leaves_nothing_behind_after_a_restart() {
    let folder = tempfile::TempDir::new().unwrap();
    let options = || Options::default().config(SMALL).root(folder.path(), "queue");
    let server = TestServer::with(options()).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    client.ensure_generated(EnsureGenerated::new(CAT).strategy(Strategy::Background)).await.unwrap();
    hold.reached().await;
    // The job is in hand, so it stays; the file has not gone yet.
    assert_eq!(client.notify_deleted(CAT.0).await.unwrap().dropped_jobs, 0);
    let stopped = server.counts("renditions");
    server.stop().await;
    // A process that ends would take the write with it; here it goes on, and what it wrote is taken back.
    drop(hold);
    until("it has taken back what it wrote", || stopped.delete() == 1).await;
    let server = TestServer::with(options()).await;
    until("the job is over", || server.engine.queued() == 0).await;
    assert_eq!(server.renditions(), Vec::<String>::new());
    assert_eq!(server.counts("media").read(), 0, "it was not even read");
}
