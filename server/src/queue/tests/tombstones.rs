//! The marks of deleted sources.

use super::*;
use crate::queue::Tombstone;

fn tombstone(until: SystemTime) -> Tombstone {
    Tombstone { until, version: Some("1".to_owned()) }
}

#[tokio::test]
async fn a_mark_is_found_by_store_and_path_alone_and_outlives_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    let mark = tombstone(now + Duration::from_secs(3600));
    let queue = Queue::open(folder.path()).unwrap();
    assert!(!queue.has_tombstones());
    queue.bury("media/a/b.jpg", mark.clone()).await.unwrap();
    drop(queue);

    let queue = Queue::open(folder.path()).unwrap();
    let found = queue.tombstone("media", "a/b.jpg", now).unwrap();
    assert_eq!(found.version, mark.version);
    assert_eq!(queue.tombstone("media", "a/b.jpg", mark.until), None, "it holds no more");
    for (store, path) in [("media", "a"), ("media/a", "b.jpg"), ("other", "a/b.jpg")] {
        assert_eq!(queue.tombstone(store, path, now), None, "{store} {path}");
    }
    queue.exhume("media/a/b.jpg").await.unwrap();
    assert!(!queue.has_tombstones());
}

#[tokio::test]
async fn marks_that_hold_no_more_are_taken_away_and_cost_nothing_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    let later = now + Duration::from_secs(60);
    let queue = Queue::open(folder.path()).unwrap();
    queue.bury("media/old", tombstone(later)).await.unwrap();
    queue.bury("media/young", tombstone(later + Duration::from_secs(1))).await.unwrap();
    let transactions = queue.transactions();
    queue.prune_tombstones(now).await.unwrap();
    assert_eq!(queue.transactions(), transactions, "there was nothing to write");
    queue.prune_tombstones(later).await.unwrap();
    assert!(queue.tombstone("media", "old", now).is_none());
    assert!(queue.tombstone("media", "young", now).is_some());
    queue.prune_tombstones(later + Duration::from_secs(1)).await.unwrap();
    assert!(!queue.has_tombstones());
    drop(queue);
    assert!(!Queue::open(folder.path()).unwrap().has_tombstones());
}

#[tokio::test]
async fn a_source_that_is_deleted_again_meanwhile_keeps_its_new_mark() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    let queue = Queue::open(folder.path()).unwrap();
    queue.bury("media/a", tombstone(now)).await.unwrap();
    // Both are sent before either is written.
    let again = queue.bury("media/a", tombstone(now + Duration::from_secs(60)));
    let (again, pruned) = tokio::join!(again, queue.prune_tombstones(now));
    again.and(pruned).unwrap();
    assert!(queue.tombstone("media", "a", now).is_some());
}
