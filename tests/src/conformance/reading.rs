//! Reading whole, in part, and bit by bit.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use rendition_server::storage::{ReadOptions, Stat, StorageErrorKind, Store};

use super::{Place, noise, overwrite, put};

async fn stream(store: &Arc<dyn Store>, path: &str, range: Option<std::ops::Range<u64>>) -> (Stat, Bytes) {
    let (stat, mut chunks) = store.read_stream(path, range).await.unwrap().unwrap();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = chunks.try_next().await.unwrap() {
        assert!(!chunk.is_empty() && chunk.len() <= 64 * 1024, "a chunk of {} bytes", chunk.len());
        bytes.extend_from_slice(&chunk);
    }
    (stat, bytes.freeze())
}

pub async fn what_is_not_there_is_none(Place { store, .. }: &Place) {
    put(store, "folder/object", "x").await;
    for path in ["nothing", "folder/nothing", "no/folder", "folder/object/below"] {
        assert_eq!(store.stat(path).await.unwrap(), None, "{path}");
        assert!(store.read(path, &ReadOptions::default()).await.unwrap().is_none(), "{path}");
        let at_a_version = ReadOptions { if_version: Some("1".to_owned()), max_bytes: Some(1) };
        assert!(store.read(path, &at_a_version).await.unwrap().is_none(), "{path}");
        assert!(store.read_range(path, 0..1).await.unwrap().is_none(), "{path}");
        assert!(store.read_range(path, 3..3).await.unwrap().is_none(), "{path}");
        assert!(store.read_stream(path, None).await.unwrap().is_none(), "{path}");
        assert!(store.read_stream(path, Some(5..9)).await.unwrap().is_none(), "{path}");
    }
}

pub async fn a_folder_is_no_object(Place { store, .. }: &Place) {
    put(store, "folder/object", "x").await;
    assert_eq!(store.stat("folder").await.unwrap(), None);
    assert!(store.read("folder", &ReadOptions::default()).await.unwrap().is_none());
    assert!(store.read_stream("folder", None).await.unwrap().is_none());
}

pub async fn stat_and_read_tell_the_same_facts(Place { store, .. }: &Place) {
    put(store, "a", noise(100)).await;
    let stat = store.stat("a").await.unwrap().unwrap();
    assert_eq!(stat.size, 100);
    assert_eq!(stat.version.is_some(), store.capabilities().versions);
    assert!(!stat.version.as_ref().is_some_and(|version| version.contains('"')), "{stat:?}");
    assert_eq!(store.read("a", &ReadOptions::default()).await.unwrap().unwrap().stat, stat);
    assert_eq!(store.read_stream("a", None).await.unwrap().unwrap().0, stat);
    assert_eq!(store.read_stream("a", Some(10..20)).await.unwrap().unwrap().0, stat);
    assert_eq!(store.stat("a").await.unwrap(), Some(stat));
}

pub async fn another_version_is_refused(Place { store, .. }: &Place) {
    if !store.capabilities().versions {
        return;
    }
    put(store, "a", "first").await;
    let at = |stat: Stat| ReadOptions { if_version: stat.version, max_bytes: None };
    let first = at(store.stat("a").await.unwrap().unwrap());
    assert_eq!(store.read("a", &first).await.unwrap().unwrap().bytes, "first");
    store.write("a", Bytes::from("other"), &overwrite()).await.unwrap();
    let error = store.read("a", &first).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::VersionMismatch, "{error}");
    assert!(!error.is_temporary());
    let second = at(store.stat("a").await.unwrap().unwrap());
    assert_eq!(store.read("a", &second).await.unwrap().unwrap().bytes, "other");
}

pub async fn an_object_above_the_limit_is_refused_with_its_size(Place { store, .. }: &Place) {
    put(store, "a", noise(1000)).await;
    let up_to = |max_bytes| ReadOptions { if_version: None, max_bytes: Some(max_bytes) };
    assert_eq!(store.read("a", &up_to(1000)).await.unwrap().unwrap().bytes.len(), 1000);
    let error = store.read("a", &up_to(999)).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::TooLarge { size: 1000, max: 999 }, "{error}");
}

pub async fn a_range_is_cut_at_the_end(Place { store, .. }: &Place) {
    let bytes = noise(100);
    put(store, "a", bytes.clone()).await;
    for (range, expected) in [
        (0..100, 0..100),
        (0..1, 0..1),
        (40..60, 40..60),
        (99..100, 99..100),
        (90..200, 90..100),
        (0..u64::from(u32::MAX), 0..100),
        (100..101, 100..100),
        (500..600, 100..100),
        (50..50, 50..50),
    ] {
        let read = store.read_range("a", range.clone()).await.unwrap().unwrap();
        assert_eq!(read, bytes.slice(expected.clone()), "{range:?}");
        let (stat, streamed) = stream(store, "a", Some(range.clone())).await;
        assert_eq!(streamed, bytes.slice(expected), "{range:?}");
        assert_eq!(stat.size, 100, "{range:?}");
    }
}

pub async fn a_stream_comes_in_small_chunks_and_whole(Place { store, .. }: &Place) {
    for length in [1, 64 * 1024, 64 * 1024 + 1, 1_000_003] {
        let bytes = noise(length);
        let path = format!("of-{length}-bytes");
        put(store, &path, bytes.clone()).await;
        let (stat, streamed) = stream(store, &path, None).await;
        assert_eq!(stat.size, length as u64);
        assert!(streamed == bytes, "the {length} bytes differ");
    }
}

pub async fn a_stream_of_a_range_is_that_range(Place { store, .. }: &Place) {
    let bytes = noise(500_000);
    put(store, "a", bytes.clone()).await;
    let (stat, streamed) = stream(store, "a", Some(1234..400_321)).await;
    assert_eq!(stat.size, 500_000);
    assert!(streamed == bytes.slice(1234..400_321), "the bytes differ");
}

pub async fn an_opened_stream_is_not_disturbed_by_a_deletion_after_its_end(Place { store, .. }: &Place) {
    put(store, "a", "abc").await;
    let (_, mut chunks) = store.read_stream("a", None).await.unwrap().unwrap();
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "abc");
    store.delete("a").await.unwrap();
    assert_eq!(chunks.try_next().await.unwrap(), None);
}

pub async fn a_store_that_works_answers_a_probe(Place { store, second, .. }: &Place) {
    store.probe().await.unwrap();
    second.probe().await.unwrap();
}
