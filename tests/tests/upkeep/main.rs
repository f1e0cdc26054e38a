//! What is done for many renditions at once: prewarming, collecting garbage, verifying.
#![allow(clippy::unwrap_used)]

mod brakes;
mod garbage;
mod kills;
mod prewarm;
mod races;
mod remote;
mod verify;

use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use rendition_client::{Client, CollectGarbage, Collected, Error, GarbageReason, Progress};
use rendition_server::model::Clock;
use rendition_tests::{
    pictures::{SMALL, png},
    test_server::{Options, TestServer},
};

const HOUR: Duration = Duration::from_secs(3600);
/// How many sources most tests have: one of them is less than a fifth.
const SOURCES: u8 = 16;

/// All that was told, up to an error.
async fn told<T: Send + 'static>(progress: Result<Progress<T>, Error>) -> (Vec<T>, Option<Error>) {
    let (mut told, mut failed) = (Vec::new(), None);
    match progress {
        Ok(mut progress) => {
            while let Some(next) = progress.next().await {
                match next {
                    Ok(next) => told.push(next),
                    Err(error) => failed = Some(error),
                }
            }
        }
        Err(error) => failed = Some(error),
    }
    (told, failed)
}

/// The last thing that was told; nothing may fail.
async fn ended<T: Send + 'static>(progress: Result<Progress<T>, Error>) -> T {
    let (mut told, failed) = told(progress).await;
    assert!(failed.is_none(), "{failed:?}");
    told.pop().unwrap()
}

/// What a collection collected, by key, with the last thing that it told.
async fn collected(client: &Client, which: CollectGarbage) -> (Vec<(String, GarbageReason)>, Collected) {
    let (mut told, failed) = told(client.collect_garbage(which).await).await;
    assert!(failed.is_none(), "{failed:?}");
    (keys(&told), told.pop().unwrap())
}

fn keys(told: &[Collected]) -> Vec<(String, GarbageReason)> {
    let collected = told.iter().flat_map(Collected::collected);
    let mut keys: Vec<_> = collected.map(|one| (one.key().to_owned(), one.reason())).collect();
    keys.sort_by(|one, other| one.0.cmp(&other.0));
    keys
}

/// A clock that stands at now: files that are written have the system's time.
fn clock() -> Clock {
    Clock::manual(SystemTime::now().into())
}

fn path(number: u8) -> String {
    format!("photos/{number:02}.png")
}

/// A server with some sources, each with its rendition by the spec `small`.
async fn furnished(config: &str) -> (TestServer, Client) {
    let options = Options { clock: Some(clock()), ..Options::default() };
    let server = TestServer::with(options.config(&format!("{config}{SMALL}"))).await;
    for number in 0..SOURCES {
        server.put(&path(number), &png(80, 60, number));
    }
    let client = server.client();
    let all = (0..SOURCES).map(|number| (path(number), "small"));
    let made = client.batch_ensure_generated(all).await.unwrap();
    assert!(made.into_iter().all(|made| made.unwrap().rendition().is_ready()));
    (server, client)
}

/// The key of a source's rendition.
fn key_of(server: &TestServer, number: u8) -> String {
    let folder = format!("media/{}/", path(number));
    server.renditions().into_iter().find(|key| key.starts_with(&folder)).unwrap()
}

fn remove_source(server: &TestServer, number: u8) {
    std::fs::remove_file(server.root().join("media").join(path(number))).unwrap();
}

/// Puts a file where a rendition would lie.
fn plant(server: &TestServer, key: &str, bytes: &[u8]) {
    let file = server.rendition(key);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}
