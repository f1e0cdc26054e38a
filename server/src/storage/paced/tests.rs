//! The pace of a store that fails on purpose. Time stands still and is moved by who sleeps.
#![allow(clippy::unwrap_used)]

use futures_util::future::join_all;

use super::super::{Counting, Counts, FaultRates, Faulty, StoreSettings, open};
use super::*;

const LIMITS: StoreLimits = StoreLimits {
    concurrency: 8,
    least_concurrency: 2,
    timeout: Duration::from_secs(5),
    io_timeout: Duration::from_secs(10),
    retries: 2,
    first_retry_delay: Duration::from_millis(50),
    retry_percent: 20,
};

/// A store of which this share of stats fails so, and the counts of the attempts that reach it.
fn failing(share: f64, kind: StorageErrorKind) -> (Arc<Paced>, Arc<Counts>) {
    let rates = FaultRates { operations: vec![Operation::Stat], fail: share, kind, ..FaultRates::default() };
    over(Faulty::new(memory(), 1, rates))
}

fn memory() -> Arc<dyn Store> {
    open("memory", &StoreSettings::Memory, &StoreLimits::default()).unwrap()
}

fn over(store: impl Store) -> (Arc<Paced>, Arc<Counts>) {
    let counting = Counting::new(Arc::new(store));
    let counts = counting.counts();
    (Arc::new(Paced::new("bucket", Arc::new(counting), &LIMITS)), counts)
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_and_what_does_not_is_not() {
    for (kind, attempts) in [
        (StorageErrorKind::Throttled, 3),
        (StorageErrorKind::Unavailable, 3),
        (StorageErrorKind::NotPermitted, 1),
        (StorageErrorKind::Full, 1),
        (StorageErrorKind::Unexpected, 1),
    ] {
        let (store, counts) = failing(1.0, kind);
        assert_eq!(store.stat("a").await.unwrap_err().kind(), kind);
        assert_eq!(counts.stat(), attempts, "{kind:?}");
    }
    let faulty = Faulty::scripted(memory());
    faulty.fail_next(Operation::Stat, StorageErrorKind::Throttled);
    let (store, counts) = over(faulty);
    assert_eq!(store.stat("a").await.unwrap(), None);
    assert_eq!(counts.stat(), 2);
}

#[tokio::test(start_paused = true)]
async fn in_an_outage_the_load_grows_by_the_share_of_retries_and_no_more() {
    let (store, counts) = failing(1.0, StorageErrorKind::Unavailable);
    for _ in 0..1000 {
        store.stat("a").await.unwrap_err();
    }
    // What a call puts into a full bucket is lost.
    assert!((1245..=1250).contains(&counts.stat()), "{}, and without a budget 3000", counts.stat());
}

#[tokio::test(start_paused = true)]
async fn while_few_calls_fail_every_one_of_them_is_tried_again() {
    let (store, counts) = failing(0.1, StorageErrorKind::Throttled);
    let mut failed = 0;
    for _ in 0..2000 {
        failed += u32::from(store.stat("a").await.is_err());
    }
    assert!(failed < 10, "{failed} of 2000, where about two fail three times in a row");
    assert!((2150..2350).contains(&counts.stat()), "{}", counts.stat());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_throttles_is_asked_less_at_a_time_and_more_again_when_it_answers() {
    let operations = vec![Operation::Stat];
    let longest_delay = Duration::from_millis(10);
    let late = FaultRates { operations, delay: 1.0, longest_delay, ..FaultRates::default() };
    let faulty = Faulty::new(memory(), 1, late);
    for _ in 0..40 {
        faulty.fail_next(Operation::Stat, StorageErrorKind::Throttled);
    }
    let (store, _) = over(faulty);
    join_all((0..8).map(|_| store.stat("a"))).await;
    assert_eq!(store.calls.limit(), 2);
    for _ in 0..100 {
        join_all((0..8).map(|_| store.stat("a"))).await;
    }
    assert_eq!(store.calls.limit(), 8);
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_reach_the_store_than_there_are_places() {
    let faulty = Faulty::scripted(memory());
    let mut holds: Vec<_> = (0..9).map(|_| faulty.hold_next(Operation::Stat)).collect();
    let (store, counts) = over(faulty);
    let calls: Vec<_> = (0..9)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.stat("a").await })
        })
        .collect();
    for hold in &mut holds[..8] {
        hold.reached().await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(counts.stat(), 8, "the ninth waits");
    holds.remove(0).release();
    holds.last_mut().unwrap().reached().await;
    assert_eq!(counts.stat(), 9);
    drop(holds);
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_in_time_is_told_so() {
    let faulty = Faulty::scripted(memory());
    let holds: Vec<_> = (0..8).map(|_| faulty.hold_next(Operation::Stat)).collect();
    let (store, counts) = over(faulty);
    let held: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.stat("a").await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(store.stat("a").await.unwrap_err().kind(), StorageErrorKind::Unavailable);
    assert_eq!(counts.stat(), 8, "it never came to the store");
    assert!(store.probe().await.is_ok(), "health needs no place");
    drop(holds);
    join_all(held).await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_keeps_its_place_until_its_reader_lets_go_and_keeps_nobody_else_waiting() {
    let (store, counts) = over(Faulty::scripted(memory()));
    store.write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap();
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(store.read_stream("a", None).await.unwrap().unwrap());
    }
    assert!(store.stat("a").await.unwrap().is_some());
    assert!(store.read_stream("a", None).await.is_err(), "eight slow readers, and no place for a ninth");
    streams.pop();
    assert!(store.read_stream("a", None).await.unwrap().is_some());
    assert_eq!(counts.read(), 9);
}
