//! A server that starts anew: it knows what the last one knew, believes it no longer than that one would have, and starts
//! whatever lies in the file that it was kept in.
//!
//! `RENDITION_LONG=1` lets 100,000 renditions be known instead of 4,000.
#![allow(clippy::unwrap_used)]

use std::{path::PathBuf, time::Duration};

use rendition_client::{Exists, RenditionRef, State};
use rendition_server::model::{Clock, Timestamp};
use rendition_tests::{
    pictures::{SMALL, png},
    server_process::Installation,
    test_server::{Options, TestServer},
    until::until,
};
use tempfile::TempDir;

/// A source's path never changes its meaning, so that a URL asks no store.
const IMMUTABLE: &str = r#"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
version_policy = "immutable"
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
"#;

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

async fn start(folder: &TempDir, clock: &Clock, stores: Option<&str>, config: &str) -> TestServer {
    let options = Options {
        clock: Some(clock.clone()),
        stores: stores.map(str::to_owned),
        ..Options::default().config(&format!("{config}{SMALL}")).root(folder.path(), "queue")
    };
    TestServer::with(options).await
}

fn kept(folder: &TempDir) -> PathBuf {
    folder.path().join("queue/existence")
}

/// Puts renditions where they belong without making them, and lets the server see them.
async fn know(server: &TestServer, names: &[RenditionRef]) {
    let client = server.client();
    for names in names.chunks(1000) {
        for rendition in client.batch_url(names).await.unwrap() {
            let file = server.rendition(rendition.unwrap().key());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, b"x").unwrap();
        }
        assert!(client.batch_exists(names).await.unwrap().into_iter().all(|known| known.unwrap().exists()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_with_many_known_keys_a_page_of_fifty_makes_no_storage_call() {
    let count = if std::env::var_os("RENDITION_LONG").is_some() { 100_000 } else { 4_000 };
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(START);
    let names: Vec<RenditionRef> =
        (0..count).map(|number| (format!("photos/{}/{number}.png", number % 100), "small").into()).collect();
    let server = start(&folder, &clock, Some(IMMUTABLE), "").await;
    know(&server, &names).await;
    server.stop().await;

    clock.advance(Duration::from_secs(3600));
    let server = start(&folder, &clock, Some(IMMUTABLE), "").await;
    let client = server.client();
    let page: Vec<&RenditionRef> = names.iter().step_by(count / 50).collect();
    assert_eq!(page.len(), 50);
    for rendition in client.batch_url(page.iter().copied()).await.unwrap() {
        let rendition = rendition.unwrap();
        assert_eq!((rendition.state().as_str(), rendition.evidence().as_str()), ("ready", "cache"));
        let age = clock.now().since(Timestamp::from(rendition.checked_at().unwrap()));
        assert_eq!(age, Duration::from_secs(3600), "it has aged meanwhile");
    }
    for ensured in client.batch_ensure_generated(page.iter().copied()).await.unwrap() {
        assert!(ensured.unwrap().rendition().is_ready());
    }
    assert_eq!(server.serving_calls(), 0);
    // Evidence that is too old for a caller is renewed like any other.
    let young = Exists::new(page[0].clone()).max_age(Duration::from_secs(60));
    assert_eq!(client.exists(young).await.unwrap().rendition().evidence().as_str(), "storage");
    clock.advance(Duration::from_secs(23 * 3600));
    assert_eq!(client.url(page[1].clone()).await.unwrap().state(), State::Unknown, "a day is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_sources_are_known_after_a_restart_for_as_long_as_they_would_have_been() {
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(START);
    let config = "[cache]\nsource_ttl = \"5m\"\n";
    let server = start(&folder, &clock, None, config).await;
    server.put("cat.png", &png(80, 60, 1));
    server.client().ensure_generated(("cat.png", "small")).await.unwrap();
    server.stop().await;
    clock.advance(Duration::from_secs(60));
    let server = start(&folder, &clock, None, config).await;
    assert!(server.client().ensure_generated(("cat.png", "small")).await.unwrap().rendition().is_ready());
    assert_eq!(server.serving_calls(), 0);
    server.stop().await;
    clock.advance(Duration::from_secs(300));
    let server = start(&folder, &clock, None, config).await;
    assert!(server.client().ensure_generated(("cat.png", "small")).await.unwrap().rendition().is_ready());
    assert_eq!((server.counts("media").stat(), server.serving_calls()), (1, 1), "the source is looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_purged_does_not_come_back_though_the_server_was_killed() {
    let folder = TempDir::new().unwrap();
    let config = format!("[cache]\nsave_every = \"1s\"\n{SMALL}");
    let installation = Installation::new(env!("CARGO_BIN_EXE_faulty-server"), folder.path(), &config);
    let names = ["cat.png", "dog.png"];
    let server = installation.start();
    let client = server.client();
    for name in names {
        installation.put(name, &png(80, 60, 1));
        client.ensure_generated((name, "small")).await.unwrap();
    }
    let holds = |text: &str| {
        let bytes = std::fs::read(kept(&folder)).unwrap_or_default();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    };
    until("both are written down", || names.iter().all(|name| holds(&format!("media/{name}")))).await;
    client.purge_renditions("cat.png").await.unwrap();
    server.kill();

    let server = installation.start();
    let mut states = Vec::new();
    for name in names {
        states.push(server.client().url((name, "small")).await.unwrap().state());
    }
    assert_eq!(states, [State::Unknown, State::Ready]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_foreign_file_and_one_that_cannot_be_written_stop_no_server() {
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(START);
    for bytes in [
        &b"what is this"[..],
        b"rendition existence 1\n but then nonsense that is long enough for a hash",
        b"",
    ] {
        std::fs::create_dir_all(folder.path().join("queue")).unwrap();
        std::fs::write(kept(&folder), bytes).unwrap();
        let server = start(&folder, &clock, None, "").await;
        server.put("cat.png", &png(80, 60, 1));
        assert!(server.client().ensure_generated(("cat.png", "small")).await.unwrap().rendition().is_ready());
        server.stop().await;
    }
    std::fs::remove_file(kept(&folder)).unwrap();
    std::fs::create_dir(kept(&folder)).unwrap();
    start(&folder, &clock, None, "").await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn never_saved_means_neither_written_nor_read() {
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(START);
    let server = start(&folder, &clock, Some(IMMUTABLE), "").await;
    know(&server, &[("cat.png", "small").into()]).await;
    server.stop().await;
    let server = start(&folder, &clock, Some(IMMUTABLE), "[cache]\nsave_every = \"never\"\n").await;
    assert_eq!(server.client().url(("cat.png", "small")).await.unwrap().state(), State::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_moved_elsewhere_is_asked_anew() {
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(START);
    let server = start(&folder, &clock, Some(IMMUTABLE), "").await;
    know(&server, &[("cat.png", "small").into()]).await;
    server.stop().await;
    let elsewhere = IMMUTABLE.replace("{root}/renditions", "{root}/elsewhere");
    let server = start(&folder, &clock, Some(&elsewhere), "").await;
    assert_eq!(server.client().url(("cat.png", "small")).await.unwrap().state(), State::Unknown);
}
