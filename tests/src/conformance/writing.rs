//! Writing, replacing and deleting.

use bytes::Bytes;
use rendition_server::storage::{ReadOptions, WriteOptions, Written};

use super::{Place, create, noise, overwrite, put};

pub async fn what_was_written_is_read_back(Place { store, .. }: &Place) {
    let options = WriteOptions {
        media_type: Some("image/webp"),
        cache_control: Some("public, max-age=31536000, immutable".to_owned()),
        ..create()
    };
    let bytes = noise(5000);
    let written = store.write("media/cat.jpg/avatar.webp", bytes.clone(), &options).await.unwrap();
    let Written::Created(stat) = written else { panic!("{written:?}") };
    assert_eq!(stat.size, 5000);
    let object = store.read("media/cat.jpg/avatar.webp", &ReadOptions::default()).await.unwrap().unwrap();
    assert_eq!(object.bytes, bytes);
    assert_eq!(object.stat.size, 5000);
    if stat.version.is_some() {
        assert_eq!(object.stat.version, stat.version);
    }
}

pub async fn an_object_may_be_empty(Place { store, .. }: &Place) {
    put(store, "empty", "").await;
    let object = store.read("empty", &ReadOptions::default()).await.unwrap().unwrap();
    assert!(object.bytes.is_empty());
    assert_eq!(store.stat("empty").await.unwrap().unwrap().size, 0);
    assert_eq!(store.read_range("empty", 0..10).await.unwrap(), Some(Bytes::new()));
    let (stat, chunks) = store.read_stream("empty", None).await.unwrap().unwrap();
    assert_eq!(stat.size, 0);
    assert_eq!(futures_util::StreamExt::count(chunks).await, 0);
}

pub async fn a_big_object_comes_back_whole(Place { store, .. }: &Place) {
    let bytes = noise(20 << 20);
    put(store, "big", bytes.clone()).await;
    let object = store.read("big", &ReadOptions::default()).await.unwrap().unwrap();
    assert!(object.bytes == bytes, "the bytes differ");
}

pub async fn create_only_leaves_what_is_there(Place { store, .. }: &Place) {
    let first = put(store, "a/b", "first").await;
    let again = store.write("a/b", Bytes::from("second"), &create()).await.unwrap();
    assert_eq!(again, Written::AlreadyThere);
    let object = store.read("a/b", &ReadOptions::default()).await.unwrap().unwrap();
    assert_eq!(object.bytes, "first");
    if first.version.is_some() {
        assert_eq!(object.stat.version, first.version);
    }
}

pub async fn overwriting_replaces_bytes_and_version(Place { store, .. }: &Place) {
    put(store, "a/b", "first").await;
    let mut versions = vec![store.stat("a/b").await.unwrap().unwrap().version];
    // Of one size and at once, so that neither size nor a slow clock tells them apart.
    for bytes in ["2econd", "3econd", "4econd"] {
        let written = store.write("a/b", Bytes::from(bytes), &overwrite()).await.unwrap();
        assert!(matches!(written, Written::Created(_)), "{written:?}");
        let object = store.read("a/b", &ReadOptions::default()).await.unwrap().unwrap();
        assert_eq!(object.bytes, bytes);
        versions.push(object.stat.version);
    }
    if store.capabilities().versions {
        versions.sort();
        versions.dedup();
        assert_eq!(versions.len(), 4, "{versions:?}");
        assert!(!versions.contains(&None));
    }
}

pub async fn the_same_write_by_another_server_is_already_there(Place { store, second, .. }: &Place) {
    put(store, "a/b", "first").await;
    assert_eq!(second.write("a/b", Bytes::from("second"), &create()).await.unwrap(), Written::AlreadyThere);
    assert_eq!(second.read("a/b", &ReadOptions::default()).await.unwrap().unwrap().bytes, "first");
    second.delete("a/b").await.unwrap();
    assert_eq!(store.stat("a/b").await.unwrap(), None);
}

pub async fn a_deleted_object_is_gone_and_can_be_written_again(Place { store, .. }: &Place) {
    put(store, "a/b/c", "first").await;
    store.delete("a/b/c").await.unwrap();
    assert_eq!(store.stat("a/b/c").await.unwrap(), None);
    put(store, "a/b/c", "second").await;
    assert_eq!(store.read("a/b/c", &ReadOptions::default()).await.unwrap().unwrap().bytes, "second");
}

pub async fn deleting_what_is_not_there_is_fine(Place { store, .. }: &Place) {
    store.delete("nothing").await.unwrap();
    store.delete("no/such/folder/nothing").await.unwrap();
    put(store, "folder/object", "x").await;
    store.delete("folder/nothing").await.unwrap();
    store.delete("folder").await.unwrap();
    assert!(store.stat("folder/object").await.unwrap().is_some());
}
