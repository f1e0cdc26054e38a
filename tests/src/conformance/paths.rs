//! Which paths there are.

use bytes::Bytes;
use rendition_server::storage::{ReadOptions, StorageError, StorageErrorKind};

use super::{Place, create, put};

pub async fn odd_characters_are_kept(Place { store, .. }: &Place) {
    let paths = [
        "with space/a b.jpg",
        "percent/100%.jpg",
        "percent/%41.jpg",
        "percent/A.jpg",
        "plus/a+b.jpg",
        "plus/a b.jpg",
        "ünïcode/日本語/😀.jpg",
        "quotes/'single'.jpg",
        "quotes/\"double\".jpg",
        "marks/a?b=c&d#e.jpg",
        "marks/a;b:c,d@e!$(f)*[g]{h}|i^j~k`l<m>n.jpg",
        "dots/...jpg",
        "dots/.hidden",
        "dash/-rf",
        "case/A",
        "case/a",
    ];
    for path in paths {
        put(store, path, path).await;
    }
    for path in paths {
        let object = store.read(path, &ReadOptions::default()).await.unwrap();
        assert_eq!(object.unwrap().bytes, path, "{path}");
        assert_eq!(store.stat(path).await.unwrap().unwrap().size, path.len() as u64, "{path}");
        let (folder, name) = path.rsplit_once('/').unwrap();
        let listed = store.list(folder).await.unwrap();
        assert!(listed.iter().any(|entry| entry.name == name && !entry.is_folder), "{path}: {listed:?}");
    }
    for path in paths {
        store.delete(path).await.unwrap();
        assert_eq!(store.stat(path).await.unwrap(), None, "{path}");
    }
    assert_eq!(store.list("").await.unwrap(), []);
}

fn assert_invalid<T: std::fmt::Debug>(path: &str, result: Result<T, StorageError>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Invalid, "{path:?}: {error}");
}

pub async fn what_would_lead_elsewhere_is_invalid(Place { store, .. }: &Place) {
    let too_long = "x".repeat(2000);
    for path in ["", "/", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", ".", "a/./b", "a\0b", &too_long]
    {
        assert_invalid(path, store.stat(path).await);
        assert_invalid(path, store.read(path, &ReadOptions::default()).await);
        assert_invalid(path, store.read_range(path, 0..1).await);
        assert_invalid(path, store.read_stream(path, None).await.map(|_| ()));
        assert_invalid(path, store.write(path, Bytes::from("x"), &create()).await);
        assert_invalid(path, store.delete(path).await);
        if !path.is_empty() {
            assert_invalid(path, store.list(path).await);
        }
        let lifetime = std::time::Duration::from_secs(60);
        assert_invalid(path, store.presign_read(path, lifetime, None, None).await);
    }
}
