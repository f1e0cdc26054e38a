//! What a collection takes, and what it leaves.

use std::time::Duration;

use futures_util::StreamExt;
use rendition_client::{Code, CollectGarbage, CollectionPhase, GarbageReason, Prewarm, Spec};
use rendition_server::storage::Operation;
use rendition_tests::{
    pictures::{SMALL, png},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{HOUR, clock, collected, furnished, key_of, path, plant, remove_source, told};

const DIGEST: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test(flavor = "multi_thread")]
async fn what_no_source_and_no_spec_accounts_for_goes_and_everything_else_stays() {
    let (server, client) = furnished("").await;
    remove_source(&server, 3);
    let (gone, of_old_spec, of_no_spec) = (
        key_of(&server, 3),
        format!("media/{}/small.v1.{DIGEST}.png", path(4)),
        format!("media/{}/removed.v1.{DIGEST}.png", path(5)),
    );
    plant(&server, &of_old_spec, b"x");
    plant(&server, &of_no_spec, b"x");
    plant(&server, "media/photos/readme.txt", b"not ours");
    let before = server.renditions();
    server.clock.advance(48 * HOUR);

    let expected = [
        (gone, GarbageReason::SourceGone),
        (of_old_spec, GarbageReason::SpecChanged),
        (of_no_spec, GarbageReason::SpecGone),
    ];
    let counts = server.counts("media");
    let (lists, stats) = (counts.list(), counts.stat());
    let (would, last) = collected(&client, CollectGarbage::new().dry_run()).await;
    assert_eq!(would, expected);
    assert_eq!((last.seen(), last.garbage(), last.foreign(), last.removed()), (18, 3, 1, 0));
    assert_eq!(server.renditions(), before, "a dry run removes nothing");
    assert!(
        counts.list() - lists <= 3 && counts.stat() - stats <= 3,
        "sources are listed, not asked one by one"
    );

    let (went, last) = collected(&client, CollectGarbage::new()).await;
    assert_eq!(went, expected);
    assert_eq!((last.phase(), last.removed(), last.failed()), (CollectionPhase::Done, 3, 0));
    assert_eq!(last.resume_token(), None);
    let left: Vec<String> =
        before.into_iter().filter(|key| !expected.iter().any(|(gone, _)| gone == key)).collect();
    assert_eq!(server.renditions(), left);
    let (went, last) = collected(&client, CollectGarbage::new()).await;
    assert_eq!((went.len(), last.seen(), last.garbage()), (0, 15, 0), "nothing is left to collect");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_is_no_longer_believed_to_be_there() {
    let (server, client) = furnished("").await;
    // The configuration still has the spec, and the source comes back with its old version.
    let file = server.root().join("media").join(path(3));
    let (bytes, modified) =
        (std::fs::read(&file).unwrap(), std::fs::metadata(&file).unwrap().modified().unwrap());
    remove_source(&server, 3);
    server.clock.advance(48 * HOUR);
    assert_eq!(collected(&client, CollectGarbage::new()).await.1.removed(), 1);
    std::fs::write(&file, bytes).unwrap();
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    client.notify_saved(path(3)).await.unwrap();
    assert!(!client.exists((path(3), "small")).await.unwrap().exists());
    assert!(client.ensure_generated((path(3), "small")).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_formats_of_an_auto_output_are_accounted_for() {
    let auto = "[specs.wide]\noperations = [{ resize_to_fit = { width = 30 } }]\n\
                output = { auto = { formats = [\"webp\", \"jpeg\"] } }\n";
    let (server, client) = furnished(auto).await;
    let request = Prewarm::of("photos/0").spec("wide");
    let last = super::ended(client.prewarm(request).await).await;
    assert_eq!(last.done(), 20, "two formats of ten sources");
    server.clock.advance(48 * HOUR);
    assert_eq!(collected(&client, CollectGarbage::new()).await.1.garbage(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_young_is_spared_and_no_grace_may_be_shorter_than_a_generation() {
    let (server, client) = furnished("[limits]\ngeneration_timeout = \"30s\"\n").await;
    remove_source(&server, 3);
    server.clock.advance(23 * HOUR);
    let (went, last) = collected(&client, CollectGarbage::new()).await;
    assert_eq!((went.len(), last.spared(), last.garbage()), (0, 1, 0));
    let shorter = CollectGarbage::new().grace_period(22 * HOUR);
    assert_eq!(collected(&client, shorter).await.1.removed(), 1);
    refused(
        client.collect_garbage(CollectGarbage::new().grace_period(Duration::from_secs(30))).await,
        Code::InvalidArgument,
        "INVALID_ARGUMENT",
        Some("grace_period"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn renditions_of_specs_that_callers_sent_go_by_their_age_and_only_if_one_is_given() {
    let (server, client) = furnished("").await;
    let inline = Spec::builder().resize_to_fit((10, 10)).webp(70);
    for number in [3, 4] {
        client.ensure_generated((path(number), &inline)).await.unwrap();
    }
    remove_source(&server, 3);
    server.clock.advance(48 * HOUR);
    let (went, _) = collected(&client, CollectGarbage::new()).await;
    assert_eq!(went.len(), 1, "{went:?}");
    assert!(!went[0].0.contains("/inline."));
    // Younger than the age: only that of the source that is gone.
    let (went, _) = collected(&client, CollectGarbage::new().inline_age(72 * HOUR)).await;
    assert_eq!(went.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(), [GarbageReason::SourceGone]);
    assert!(went[0].0.starts_with(&format!("media/{}/inline.", path(3))));
    let (went, _) = collected(&client, CollectGarbage::new().inline_age(40 * HOUR)).await;
    assert_eq!(went.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(), [GarbageReason::InlineAged]);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_that_are_gone_go_if_that_is_asked_for() {
    let (server, client) = furnished("").await;
    let old = key_of(&server, 3);
    server.put(&path(3), &png(80, 60, 99));
    server.clock.advance(48 * HOUR);
    assert_eq!(collected(&client, CollectGarbage::new()).await.0, []);
    let (went, _) = collected(&client, CollectGarbage::new().stale_versions()).await;
    assert_eq!(went, [(old, GarbageReason::VersionGone)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn renditions_of_a_store_that_is_not_configured_are_garbage() {
    let (server, client) = furnished("").await;
    let key = format!("uploads/cat.png/small.v1.{DIGEST}.png");
    plant(&server, &key, b"x");
    server.clock.advance(48 * HOUR);
    let (went, _) = collected(&client, CollectGarbage::new()).await;
    assert_eq!(went, [(key, GarbageReason::StoreGone)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_collection_stops_and_goes_on_by_its_token_where_it_stood() {
    const GARBAGE: u64 = 5000;
    let options = Options { clock: Some(clock()), ..Options::default() };
    let server = TestServer::with(options.config(SMALL)).await;
    server.put("cat.png", &png(80, 60, 1));
    let client = server.client();
    for number in 0..GARBAGE {
        plant(&server, &format!("media/p/{number:04}.png/removed.v1.{DIGEST}.png"), b"x");
    }
    server.clock.advance(48 * HOUR);
    let request = CollectGarbage::new().max_share(1.0).removals_per_second(0);
    let mut progress = client.collect_garbage(request.clone()).await.unwrap();
    let mut token = String::new();
    while let Some(told) = progress.next().await {
        let told = told.unwrap();
        token = told.resume_token().expect("it is not at its end").to_owned();
        if told.removed() >= 4200 {
            break;
        }
    }
    drop(progress);
    // What is in hand ends, and nothing new begins.
    let (mut deleted, mut since) = (0, 0);
    until("it stops", || {
        let now = server.counts("renditions").of(Operation::Delete);
        since = if std::mem::replace(&mut deleted, now) == now { since + 1 } else { 0 };
        since > 100
    })
    .await;
    assert!(!server.renditions().is_empty(), "it did not run on to its end");
    let lists = server.counts("renditions").list();
    let last = super::ended(client.collect_garbage(request.clone().resume(&token)).await).await;
    assert_eq!((last.seen(), last.garbage()), (GARBAGE, GARBAGE), "the counting is not done again");
    assert!(server.counts("renditions").list() - lists <= 3, "and what was finished is not listed again");
    assert_eq!(server.renditions(), Vec::<String>::new());

    let other = CollectGarbage::new().stale_versions().resume(&token);
    for (request, told) in [(other, "other fields"), (CollectGarbage::new().resume("nonsense"), "none that")]
    {
        let status = refused(
            client.collect_garbage(request).await,
            Code::InvalidArgument,
            "INVALID_ARGUMENT",
            Some("resume_token"),
        );
        assert!(status.message.contains(told), "{}", status.message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_removed_in_a_second_than_is_allowed() {
    let (server, client) = furnished("").await;
    for number in 0..12 {
        plant(&server, &format!("media/{}/removed.v1.{DIGEST}.png", path(number)), b"x");
    }
    server.clock.advance(48 * HOUR);
    let begun = std::time::Instant::now();
    let request = CollectGarbage::new().max_share(1.0).removals_per_second(20);
    let (told, failed) = told(client.collect_garbage(request).await).await;
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(told.last().unwrap().removed(), 12);
    assert!(begun.elapsed() >= Duration::from_millis(550), "{:?}", begun.elapsed());
}
