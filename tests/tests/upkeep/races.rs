//! Collections and verifications beside other work, other servers, and those who delete behind us.

use std::time::{Duration, SystemTime};

use rendition_client::{CollectGarbage, EnsureGenerated, GarbageReason, Verify};
use rendition_server::{model::Clock, storage::Operation};
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png},
    test_server::{Options, TestServer},
};

use super::{HOUR, SOURCES, collected, ended, furnished, key_of, path, remove_source};

/// Sources whose path is their identity: one that comes back has the same key.
const IMMUTABLE: &str = "[stores.media]\nkind = \"fs\"\nroot = \"{root}/media\"\nsource = true\n\
                         version_policy = \"immutable\"\n\
                         [stores.renditions]\nkind = \"fs\"\nroot = \"{root}/renditions\"\n";

/// A server two days after it made its renditions; the last source is gone.
async fn two_days_later() -> (TestServer, rendition_client::Client, String) {
    let clock = Clock::manual(SystemTime::now().into());
    let options = Options { clock: Some(clock), stores: Some(IMMUTABLE.into()), ..Options::default() };
    let server = TestServer::with(options.config(SMALL)).await;
    for number in 0..SOURCES {
        server.put(&path(number), &png(80, 60, number));
        server.client().ensure_generated((path(number), "small")).await.unwrap();
    }
    let client = server.client();
    let key = key_of(&server, 3);
    remove_source(&server, 3);
    // Files that are written from now on would be two days old by the server's clock; so time does not go on for them.
    let old = SystemTime::now() - 48 * HOUR;
    for key in server.renditions() {
        std::fs::File::options().write(true).open(server.rendition(&key)).unwrap().set_modified(old).unwrap();
    }
    (server, client, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rendition_that_is_made_during_a_collection_stays() {
    let (server, client, key) = two_days_later().await;
    // The removal looks once more: it is held there, after the rendition was found to be garbage.
    let mut hold = server.faults("renditions").hold_next(Operation::Stat);
    let collecting = tokio::spawn({
        let client = client.clone();
        async move { collected(&client, CollectGarbage::new()).await }
    });
    hold.reached().await;
    server.put(&path(3), &png(80, 60, 3));
    client.notify_saved(path(3)).await.unwrap();
    let forced = client.ensure_generated(EnsureGenerated::new((path(3), "small")).force()).await.unwrap();
    assert_eq!(forced.rendition().key(), key);
    hold.release();
    let (went, last) = collecting.await.unwrap();
    assert_eq!((went.len(), last.garbage(), last.removed()), (0, 1, 0));
    assert!(server.rendition(&key).exists());
    assert!(!client.read_to_vec((path(3), "small")).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flight_that_is_writing_is_not_harmed_by_a_collection() {
    let (server, client, key) = two_days_later().await;
    server.put(&path(3), &png(80, 60, 3));
    client.notify_saved(path(3)).await.unwrap();
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let flying = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated(EnsureGenerated::new((path(3), "small")).force()).await }
    });
    hold.reached().await;
    remove_source(&server, 3);
    let (went, last) = collected(&client, CollectGarbage::new()).await;
    assert_eq!((went.len(), last.garbage(), last.removed()), (0, 1, 0));
    hold.release();
    assert!(flying.await.unwrap().unwrap().rendition().is_ready());
    assert!(server.rendition(&key).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_collections_at_once_remove_each_rendition_once_and_fail_at_none() {
    let (server, client) = furnished("").await;
    for number in 0..3 {
        remove_source(&server, number);
    }
    server.clock.advance(48 * HOUR);
    let (one, other) =
        tokio::join!(collected(&client, CollectGarbage::new()), collected(&client, CollectGarbage::new()));
    assert_eq!((one.1.failed(), other.1.failed()), (0, 0));
    assert!(one.1.removed() + other.1.removed() >= 3);
    assert_eq!(server.renditions().len(), usize::from(SOURCES) - 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_by_the_new_configuration_leaves_what_the_old_one_makes_during_a_rollout() {
    let folder = tempfile::TempDir::new().unwrap();
    let clock = super::clock();
    let options = |config: &str, queue: &str| {
        let options = Options { clock: Some(clock.clone()), ..Options::default() };
        options.config(config).root(folder.path(), queue)
    };
    let changed = SMALL.replace("40", "41")
        + "[specs.added]\noperations = [{ resize_to_fit = { width = 22 } }]\noutput = { png = {} }\n";
    let (old, new) =
        (TestServer::with(options(SMALL, "old")).await, TestServer::with(options(&changed, "new")).await);
    for number in 0..SOURCES {
        old.put(&path(number), &png(80, 60, number));
    }
    let all = |spec: &'static str| (0..SOURCES).map(move |number| (path(number), spec));
    old.client().batch_ensure_generated(all("small")).await.unwrap();
    new.client().batch_ensure_generated(all("small")).await.unwrap();
    new.client().batch_ensure_generated(all("added")).await.unwrap();
    clock.advance(23 * HOUR);
    let both = old.renditions();
    for server in [&new, &old] {
        let (went, last) = collected(&server.client(), CollectGarbage::new()).await;
        assert_eq!(went, []);
        assert!(last.spared() >= u64::from(SOURCES), "each thinks that the other's are garbage, and waits");
    }
    assert_eq!(old.renditions(), both);
    assert!(old.client().exists((path(1), "small")).await.unwrap().exists());

    // The rollout is over.
    old.stop().await;
    clock.advance(2 * HOUR);
    let (went, _) = collected(&new.client(), CollectGarbage::new().max_share(0.5)).await;
    assert_eq!(went.len(), usize::from(SOURCES));
    assert!(went.iter().all(|(_, reason)| *reason == GarbageReason::SpecChanged));
    assert_eq!(new.renditions().len(), 2 * usize::from(SOURCES));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lifecycle_rule_deletes_behind_us_is_made_anew_when_somebody_wants_it() {
    let (server, client) = furnished("[media]\naccess = \"open\"\n").await;
    let url = client.url((path(3), "small")).await.unwrap().url().to_owned();
    for number in [3, 4, 5] {
        std::fs::remove_file(server.rendition(&key_of(&server, number))).unwrap();
    }
    // It is still remembered, and found out by who reads it.
    assert!(client.exists((path(3), "small")).await.unwrap().exists());
    assert_eq!(http_get(&url).await.0, 200);
    assert!(!client.read_to_vec((path(4), "small")).await.unwrap().is_empty());
    let at_once = EnsureGenerated::new((path(5), "small")).max_age(Duration::ZERO);
    assert!(client.ensure_generated(at_once).await.unwrap().rendition().is_ready());
    assert_eq!(server.renditions().len(), usize::from(SOURCES));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lifecycle_rule_deletes_during_a_verification_is_no_finding() {
    let (server, client) = furnished("").await;
    let mut hold = server.faults("renditions").hold_next(Operation::Read);
    let verifying = tokio::spawn({
        let client = client.clone();
        async move { ended(client.verify(Verify::new().reads_per_second(0)).await).await }
    });
    hold.reached().await;
    for key in server.renditions() {
        std::fs::remove_file(server.rendition(&key)).unwrap();
    }
    hold.release();
    let last = verifying.await.unwrap();
    assert_eq!((last.found(), last.unreadable()), (0, 0));
}
