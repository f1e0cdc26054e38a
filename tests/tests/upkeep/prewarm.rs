//! Prewarming: what is made, what is told, and how it stops and goes on.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::StreamExt;
use rendition_client::{Client, Code, OutputFormat, Prewarm, Reason, StoredRenditions};
use rendition_server::storage::{Operation, StorageErrorKind};
use rendition_tests::{
    pictures::{SMALL, png},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{ended, told};

/// Specs that share a decode, and for which sources they are meant.
const SPECS: &str = r#"
[specs.one]
operations = [{ resize_to_fit = { width = 20 } }]
output = { png = {} }
sources = ["photos/**"]
[specs.two]
operations = [{ resize_to_fit = { width = 20 } }]
output = { auto = { formats = ["webp", "jpeg"] } }
sources = ["photos/*.png"]
[specs.three]
operations = [{ resize_to_fit = { width = 20 } }]
output = { gif = {} }
sources = ["avatars/**"]
"#;

struct Furnished {
    server: TestServer,
    client: Client,
    decodes: Arc<AtomicU64>,
}

/// Twelve photographs, two of them a folder deeper, and three avatars.
async fn furnished() -> Furnished {
    let decodes = Arc::new(AtomicU64::new(0));
    let counted = decodes.clone();
    let options = Options::default().config(&format!("{SMALL}{SPECS}")).before_decode(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let server = TestServer::with(options).await;
    for number in 0..10 {
        server.put(&format!("photos/{number:02}.png"), &png(80, 60, number));
    }
    for number in 0..2 {
        server.put(&format!("photos/deep/{number}.png"), &png(80, 60, 100 + number));
    }
    for number in 0..3 {
        server.put(&format!("avatars/{number}.png"), &png(80, 60, 50 + number));
    }
    let client = server.client();
    Furnished { server, client, decodes }
}

/// The folders and labels of what is stored.
fn stored(server: &TestServer) -> BTreeSet<(String, String)> {
    let parts = server.renditions().into_iter().map(|key| {
        let (folder, file) = key.rsplit_once('/').unwrap();
        let mut pieces = file.split('.');
        (folder.to_owned(), format!("{}.{}", pieces.next().unwrap(), pieces.next_back().unwrap()))
    });
    parts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sources_that_are_meant_get_the_specs_that_are_named_with_one_read_and_one_decode_each() {
    let Furnished { server, client, decodes } = furnished().await;
    let request = Prewarm::of("photos/*.png").spec("one").spec("two");
    let last = ended(client.prewarm(request.clone()).await).await;
    assert_eq!((last.done(), last.skipped(), last.failed()), (30, 0, 0), "two formats of the auto output");
    assert_eq!((last.sources_done(), last.sources_total()), (10, Some(10)));
    assert_eq!((last.resume_token(), last.failures().len()), (None, 0));
    assert_eq!(stored(&server).len(), 30);
    assert!(
        stored(&server).iter().all(|(folder, _)| !folder.contains("deep")),
        "a star stays in its segment"
    );
    assert_eq!(server.counts("media").read(), 10);
    assert_eq!(decodes.load(Ordering::SeqCst), 10);

    let (reads, writes) = (server.counts("media").read(), server.counts("renditions").write());
    let last = ended(client.prewarm(request).await).await;
    assert_eq!((last.done(), last.skipped()), (0, 30));
    assert_eq!((server.counts("media").read(), server.counts("renditions").write()), (reads, writes));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_named_specs_each_source_gets_those_that_are_meant_for_it() {
    let Furnished { server, client, .. } = furnished().await;
    let last = ended(client.prewarm("").await).await;
    // Ten photographs by three renditions, two by one, three avatars by one.
    assert_eq!((last.done(), last.sources_done()), (35, 15));
    let labels = |folder: &str| -> Vec<String> {
        let of = stored(&server).into_iter().filter(|(of, _)| of == folder);
        of.map(|(_, label)| label).collect()
    };
    assert_eq!(labels("media/photos/03.png"), ["one.png", "two.jpg", "two.webp"]);
    assert_eq!(labels("media/photos/deep/1.png"), ["one.png"]);
    assert_eq!(labels("media/avatars/2.png"), ["three.gif"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_auto_output_only_the_formats_that_are_asked_for_are_made() {
    let Furnished { server, client, .. } = furnished().await;
    let request = Prewarm::of("photos/00").spec("one").spec("two").accept(OutputFormat::Webp);
    assert_eq!(ended(client.prewarm(request).await).await.done(), 2);
    let labels: Vec<String> = stored(&server).into_iter().map(|(_, label)| label).collect();
    assert_eq!(labels, ["one.png", "two.webp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_told_with_its_reason_and_stops_nothing() {
    let Furnished { server, client, .. } = furnished().await;
    server.put("photos/03.png", b"no image at all");
    // What may pass by itself is tried again.
    server.faults("media").fail_next(Operation::Read, StorageErrorKind::Unavailable);
    let (told, failed) = told(client.prewarm(Prewarm::of("photos/").spec("small")).await).await;
    assert!(failed.is_none(), "{failed:?}");
    let last = told.last().unwrap();
    assert_eq!((last.done(), last.failed(), last.sources_done()), (11, 1, 12));
    let failures: Vec<_> = told.iter().flat_map(|told| told.failures()).collect();
    assert_eq!(failures.len(), 1);
    assert_eq!((failures[0].path(), failures[0].spec_id()), ("photos/03.png", "small"));
    assert_eq!(failures[0].error().reason(), Some(&Reason::SourceUndecodable));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_makes_nothing_and_counts_what_would_be_made() {
    let Furnished { server, client, .. } = furnished().await;
    client.ensure_generated(("photos/04.png", "small")).await.unwrap();
    let before = server.renditions();
    let last = ended(client.prewarm(Prewarm::of("photos/").spec("small").dry_run()).await).await;
    assert_eq!((last.done(), last.skipped()), (11, 1));
    let again = Prewarm::of("photos/").spec("small").dry_run().force();
    assert_eq!(ended(client.prewarm(again).await).await.done(), 12);
    assert_eq!(server.renditions(), before);
    assert_eq!(server.counts("media").read(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_missing_leaves_what_is_out_of_date_and_force_makes_everything_again() {
    let Furnished { server, client, .. } = furnished().await;
    let all = || Prewarm::of("photos/").spec("small");
    assert_eq!(ended(client.prewarm(all()).await).await.done(), 12);
    server.put("photos/05.png", &png(80, 60, 200));
    client.notify_saved("photos/05.png").await.unwrap();
    server.put("photos/20.png", &png(80, 60, 201));

    let last = ended(client.prewarm(all().only_missing()).await).await;
    assert_eq!((last.done(), last.skipped()), (1, 12), "only the new one");
    assert_eq!(client.list_renditions(StoredRenditions::of("photos/05.png").stale()).await.unwrap().len(), 1);
    let last = ended(client.prewarm(all()).await).await;
    assert_eq!((last.done(), last.skipped()), (1, 12), "the one that is out of date");
    let writes = server.counts("renditions").write();
    let last = ended(client.prewarm(all().force()).await).await;
    assert_eq!((last.done(), last.skipped()), (13, 0));
    assert_eq!(server.counts("renditions").write(), writes + 13);
    refused(
        client.prewarm(all().force().only_missing()).await,
        Code::InvalidArgument,
        "INVALID_ARGUMENT",
        Some("only_missing"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_prewarm_ends_what_is_in_work_and_begins_nothing_new() {
    let Furnished { server, client, .. } = furnished().await;
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let mut progress = client.prewarm(Prewarm::of("photos/").spec("small").concurrency(1)).await.unwrap();
    let first = progress.next().await.unwrap().unwrap();
    hold.reached().await;
    drop(progress);
    // The server hears of it before the held write ends.
    until("the server has heard", || server.engine.waiting() == 0).await;
    hold.release();
    until("what was in work is done", || server.engine.flights() == 0).await;
    assert_eq!(server.renditions().len(), 1, "it was on its way");
    assert_eq!(server.counts("media").read(), 1);

    let rest = Prewarm::of("photos/").spec("small").concurrency(1).resume(first.resume_token().unwrap());
    let last = ended(client.prewarm(rest).await).await;
    assert_eq!((last.done(), last.skipped()), (11, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_before_the_token_is_not_looked_at_again() {
    let Furnished { server, client, .. } = furnished().await;
    // The fourth is held: the mark stays before it, however much comes after.
    for _ in 0..3 {
        drop(server.faults("media").hold_next(Operation::Read));
    }
    let hold = server.faults("media").hold_next(Operation::Read);
    let request = || Prewarm::of("photos/").spec("small").concurrency(1);
    let mut progress = client.prewarm(request()).await.unwrap();
    let mut token = String::new();
    while let Some(told) = progress.next().await {
        let told = told.unwrap();
        token = told.resume_token().unwrap().to_owned();
        if told.sources_done() == 3 {
            break;
        }
    }
    drop(progress);
    until("the server has heard", || server.engine.waiting() == 0).await;
    drop(hold);
    until("nothing flies", || server.engine.flights() == 0).await;
    let stats = server.counts("renditions").stat();
    let last = ended(client.prewarm(request().resume(&token)).await).await;
    assert_eq!((last.sources_done(), last.sources_total()), (9, Some(9)));
    assert_eq!(last.done() + last.skipped(), 9);
    assert!(server.counts("renditions").stat() - stats <= 9);
    assert_eq!(stored(&server).len(), 12);
    for other in [Prewarm::of("avatars/").spec("small"), request().dry_run()] {
        refused(
            client.prewarm(other.resume(&token)).await,
            Code::InvalidArgument,
            "INVALID_ARGUMENT",
            Some("resume_token"),
        );
    }
}

/// Runs a prewarm up to its third source, exchanges the specs, and gives what it ended with.
async fn exchanged(specs: &str) -> (TestServer, Result<u64, (Code, String)>) {
    let Furnished { server, client, .. } = furnished().await;
    drop(server.faults("media").hold_next(Operation::Read));
    drop(server.faults("media").hold_next(Operation::Read));
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let mut progress = client.prewarm(Prewarm::of("photos/").spec("small").concurrency(1)).await.unwrap();
    hold.reached().await;
    server.reload(specs).await;
    hold.release();
    let mut done = 0;
    while let Some(told) = progress.next().await {
        match told {
            Ok(told) => done = told.done(),
            Err(error) => return (server, Err((error.code(), error.to_string()))),
        }
    }
    (server, Ok(done))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prewarm_goes_on_over_a_reload_that_leaves_its_specs_as_they_are_and_ends_over_another() {
    let (server, ended) = exchanged(SMALL).await;
    assert_eq!((ended, server.renditions().len()), (Ok(12), 12));
    let other = SMALL.replace("width = 40", "width = 44");
    assert_ne!(other, SMALL);
    let (server, ended) = exchanged(&other).await;
    let (code, message) = ended.unwrap_err();
    assert_eq!(code, Code::NotFound, "{message}");
    assert!(message.contains("SPEC_NOT_FOUND") && message.contains("start it again"), "{message}");
    assert_eq!(server.renditions().len(), 3, "nothing more is made by the old form");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_refused_at_once_with_its_field() {
    let Furnished { server: _server, client, .. } = furnished().await;
    for (request, code, reason, field) in [
        (Prewarm::of("/photos"), Code::InvalidArgument, "INVALID_ARGUMENT", "sources"),
        (Prewarm::of("a//*"), Code::InvalidArgument, "INVALID_ARGUMENT", "sources"),
        (Prewarm::of("").spec("small").spec("none"), Code::NotFound, "SPEC_NOT_FOUND", "spec_ids[1]"),
        (Prewarm::of("").store("none"), Code::NotFound, "STORE_NOT_FOUND", "store"),
        (Prewarm::of("").store("renditions"), Code::NotFound, "STORE_NOT_FOUND", "store"),
        (Prewarm::of("").resume("x"), Code::InvalidArgument, "INVALID_ARGUMENT", "resume_token"),
    ] {
        refused(client.prewarm(request).await, code, reason, Some(field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_drains_ends_a_prewarm_with_a_word_on_how_to_go_on() {
    let Furnished { server, client, .. } = furnished().await;
    let hold = server.faults("renditions").hold_next(Operation::Write);
    let mut progress = client.prewarm(Prewarm::of("photos/").spec("small").concurrency(1)).await.unwrap();
    let first = progress.next().await.unwrap().unwrap();
    assert!(first.resume_token().is_some());
    let stopping = tokio::spawn(server.stop());
    let error = loop {
        match progress.next().await.expect("it ends with an error") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.to_string().contains("resume_token"), "{error}");
    drop(hold);
    stopping.await.unwrap();
}
