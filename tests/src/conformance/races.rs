//! What must hold while others are at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use rendition_server::storage::{ReadOptions, Written};

use super::{Place, create, overwrite, put};

pub async fn of_many_creators_exactly_one_creates(Place { store, second, .. }: &Place) {
    if !store.capabilities().create_only {
        return;
    }
    for round in 0..10 {
        let path = format!("folder-{round}/object");
        let creators = (0..12_u8).map(|number| {
            let store = Arc::clone(if number % 2 == 0 { store } else { second });
            let path = path.clone();
            tokio::spawn(async move {
                let bytes = Bytes::from(vec![number; 10_000]);
                matches!(store.write(&path, bytes, &create()).await.unwrap(), Written::Created(_))
            })
        });
        let created = join_all(creators).await;
        let winners: Vec<u8> = (0..)
            .zip(&created)
            .filter(|(_, created)| *created.as_ref().unwrap())
            .map(|(number, _)| number)
            .collect();
        assert_eq!(winners.len(), 1, "round {round}: {winners:?} created");
        let object = store.read(&path, &ReadOptions::default()).await.unwrap().unwrap();
        assert_eq!(object.bytes, vec![winners[0]; 10_000], "round {round}");
    }
}

/// As long as its number says, and made of nothing but it.
fn uniform(number: u8) -> Bytes {
    Bytes::from(vec![number; 100_000 + 7_919 * usize::from(number)])
}

pub async fn a_reader_never_sees_a_torn_object(Place { store, second, .. }: &Place) {
    put(store, "a/b", uniform(0)).await;
    let done = Arc::new(AtomicBool::new(false));
    let readers = (0..2).map(|_| {
        let (store, done) = (Arc::clone(second), Arc::clone(&done));
        tokio::spawn(async move {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) || reads == 0 {
                let object = store.read("a/b", &ReadOptions::default()).await.unwrap().unwrap();
                assert_eq!(object.stat.size, object.bytes.len() as u64);
                assert!(object.bytes == uniform(object.bytes[0]), "a torn object");
                let (stat, chunks) = store.read_stream("a/b", None).await.unwrap().unwrap();
                let streamed: Vec<Bytes> = chunks.try_collect().await.unwrap();
                let streamed = streamed.concat();
                assert_eq!(stat.size, streamed.len() as u64);
                assert!(streamed == uniform(streamed[0]), "a torn stream");
                reads += 1;
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    for number in 1..40 {
        store.write("a/b", uniform(number), &overwrite()).await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
}

pub async fn many_writers_in_a_folder_that_comes_and_goes(Place { store, second, .. }: &Place) {
    let writers = (0..4).map(|writer| {
        let store = Arc::clone(if writer % 2 == 0 { store } else { second });
        tokio::spawn(async move {
            for _ in 0..25 {
                let path = format!("a/b/{writer}");
                store.write(&path, Bytes::from("x"), &create()).await.unwrap();
                assert!(store.stat(&path).await.unwrap().is_some());
                store.delete(&path).await.unwrap();
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    assert_eq!(store.list("").await.unwrap(), []);
}
