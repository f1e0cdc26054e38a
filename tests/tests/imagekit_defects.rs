//! The known defects of django-imagekit, each by the number of its issue, and Rendition without them.
//!
//! `RENDITION_LONG=1` lets the herd be of 500 callers.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use futures_util::future::join_all;
use rendition_client::{
    Code, EnsureGenerated, Ensured, Error, Evidence, Exists, Outcome, Reason, Source, State, Strategy,
};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png, small},
    refusals::refused,
    server_process::Installation,
    test_server::{Options, TestServer},
    until::until,
};
use tempfile::TempDir;

const CAT: (&str, &str) = ("photos/cat.png", "small");

fn options() -> Options {
    Options::default().config(SMALL)
}

/// How many of these answers are READY with this outcome.
fn count(answers: &[Result<Ensured, Error>], outcome: Outcome) -> usize {
    let ready = answers.iter().flatten().filter(|answer| answer.rendition().is_ready());
    ready.filter(|answer| answer.outcome() == outcome).count()
}

/// Waits until everything that was queued is done.
async fn worked_off(server: &TestServer) {
    until("the queue is worked off", || server.engine.queued() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_296_a_source_uploaded_after_it_was_missed_is_found() {
    let server = TestServer::with(options().manual_clock()).await;
    let client = server.client();
    let missing = client.ensure_generated(CAT).await;
    refused(missing, Code::NotFound, "SOURCE_NOT_FOUND", Some("rendition.source.path"));

    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let asked = EnsureGenerated::new(CAT).max_age(Duration::ZERO);
    let ensured = client.ensure_generated(asked).await.unwrap();
    assert_eq!((ensured.rendition().state(), ensured.outcome()), (State::Ready, Outcome::Generated));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&source));
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_296_a_missed_source_is_looked_for_again_after_five_seconds_by_callers_who_ask_for_nothing() {
    let server = TestServer::with(options().manual_clock()).await;
    let client = server.client();
    client.ensure_generated(CAT).await.unwrap_err();
    server.put(CAT.0, &png(80, 60, 1));
    server.clock.advance(Duration::from_secs(5));
    assert!(client.ensure_generated(CAT).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_296_a_damaged_source_that_is_replaced_is_generated_at_once() {
    let server = TestServer::with(options().manual_clock()).await;
    let client = server.client();
    server.put(CAT.0, b"this is no image");
    let failed =
        refused(client.ensure_generated(CAT).await, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    assert!(failed.retry_after.is_some());

    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let ensured = client.ensure_generated(CAT).await.unwrap();
    assert_eq!((ensured.rendition().state(), ensured.outcome()), (State::Ready, Outcome::Generated));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&source));
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_315_a_herd_of_callers_of_one_missing_key_has_it_generated_once() {
    let callers = if std::env::var_os("RENDITION_LONG").is_some() { 500 } else { 50 };
    let server = TestServer::with(options()).await;
    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let clients: Vec<_> = (0..callers).map(|_| server.client()).collect();
    let herd = join_all(clients.iter().map(|client| client.ensure_generated(CAT)));
    let (answers, ()) = tokio::join!(herd, async {
        hold.reached().await;
        until("all callers wait", || server.engine.waiting() == callers).await;
        hold.release();
    });
    assert_eq!(count(&answers, Outcome::Generated), 1, "{answers:?}");
    assert_eq!(count(&answers, Outcome::Coalesced), callers - 1, "{answers:?}");
    let (media, renditions) = (server.counts("media"), server.counts("renditions"));
    assert_eq!((media.stat(), media.read(), renditions.stat(), renditions.write()), (1, 1, 1, 1));
    let keys: Vec<&str> = answers.iter().flatten().map(|answer| answer.rendition().key()).collect();
    assert_eq!(server.renditions(), [keys[0]], "no orphan");
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(server.temporary_files(), Vec::<std::path::PathBuf>::new());
    assert_eq!(server.engine.flights(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_315_two_servers_on_one_store_that_make_the_same_key_leave_one_whole_object() {
    let one = TestServer::with(options()).await;
    let two = TestServer::with(options().root(one.root(), "queue-2")).await;
    let source = png(80, 60, 1);
    one.put(CAT.0, &source);
    let mut holds = [
        one.faults("renditions").hold_next(Operation::Write),
        two.faults("renditions").hold_next(Operation::Write),
    ];
    let (client_1, client_2) = (one.client(), two.client());
    let asked = async { tokio::join!(client_1.ensure_generated(CAT), client_2.ensure_generated(CAT)) };
    let ((answer_1, answer_2), ()) = tokio::join!(asked, async {
        // Both have found nothing and made it: the worst case.
        for hold in &mut holds {
            hold.reached().await;
        }
        for hold in holds {
            hold.release();
        }
    });
    let answers = [answer_1, answer_2];
    assert_eq!(count(&answers, Outcome::Generated), 1, "{answers:?}");
    assert_eq!(count(&answers, Outcome::Found), 1, "{answers:?}");
    let found = answers.iter().flatten().find(|answer| answer.outcome() == Outcome::Found).unwrap();
    assert_eq!(found.rendition().evidence(), Evidence::Storage);
    let key = found.rendition().key();
    assert_eq!(one.renditions(), [key]);
    let stored = std::fs::read(one.rendition(key)).unwrap();
    assert_eq!(stored, small(&source));
    assert_eq!(found.rendition().image().unwrap().size_bytes(), Some(stored.len() as u64));
    assert_eq!(one.temporary_files(), Vec::<std::path::PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_315_a_second_server_finds_what_the_first_one_made() {
    let one = TestServer::with(options()).await;
    let two = TestServer::with(options().root(one.root(), "queue-2")).await;
    one.put(CAT.0, &png(80, 60, 1));
    assert_eq!(one.client().ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated);
    let found = two.client().ensure_generated(CAT).await.unwrap();
    assert_eq!((found.outcome(), found.rendition().evidence()), (Outcome::Found, Evidence::Storage));
    assert_eq!((two.counts("media").read(), two.counts("renditions").write()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_460_a_rendition_deleted_behind_the_cache_is_made_anew_when_it_is_read() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();

    std::fs::remove_file(server.rendition(made.key())).unwrap();
    assert!(client.exists(CAT).await.unwrap().exists(), "the cache cannot know it yet");
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&source));
    assert_eq!(std::fs::read(server.rendition(made.key())).unwrap(), small(&source));

    std::fs::remove_file(server.rendition(made.key())).unwrap();
    let (status, _, body) = http_get(made.url()).await;
    assert_eq!((status, body.to_vec()), (200, small(&source)));
    assert!(server.rendition(made.key()).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_460_who_asks_with_max_age_zero_is_told_that_a_rendition_was_deleted_behind_the_cache() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    server.put(CAT.0, &png(80, 60, 1));
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    std::fs::remove_file(server.rendition(made.key())).unwrap();

    let told = client.exists(Exists::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert!(!told.exists());
    assert_eq!((told.rendition().state(), told.rendition().evidence()), (State::Absent, Evidence::Storage));
    let healed = client.ensure_generated(EnsureGenerated::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert_eq!((healed.outcome(), healed.rendition().key()), (Outcome::Generated, made.key()));
    assert!(server.rendition(made.key()).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_466_force_rewrites_what_is_stored_and_keeps_key_and_url() {
    let server = TestServer::with(options().manual_clock()).await;
    let client = server.client();
    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    std::fs::write(server.rendition(made.key()), b"damaged").unwrap();

    let unforced = client.ensure_generated(CAT).await.unwrap();
    assert_eq!(unforced.outcome(), Outcome::Found);
    let forced = client.ensure_generated(EnsureGenerated::new(CAT).force()).await.unwrap();
    assert_eq!(forced.outcome(), Outcome::Generated);
    assert_eq!((forced.rendition().key(), forced.rendition().url()), (made.key(), made.url()));
    assert_eq!(std::fs::read(server.rendition(made.key())).unwrap(), small(&source));
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_466_force_joins_no_flight_begun_before_it() {
    let server = TestServer::with(options()).await;
    let (client, forcing) = (server.client(), server.client());
    server.put(CAT.0, &png(80, 60, 1));
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let older = tokio::spawn(async move { client.ensure_generated(CAT).await });
    hold.reached().await;
    let forced = forcing.ensure_generated(EnsureGenerated::new(CAT).force()).await.unwrap();
    assert_eq!(forced.outcome(), Outcome::Generated);
    assert!(!older.is_finished());
    hold.release();
    assert!(older.await.unwrap().unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_466_force_reads_the_source_anew_though_an_older_flight_holds_its_bytes() {
    let stores = "[stores.media]\nkind = \"fs\"\nroot = \"{root}/media\"\nsource = true\n\
                  version_policy = \"immutable\"\n[stores.renditions]\nkind = \"fs\"\nroot = \"{root}/renditions\"\n";
    let server = TestServer::with(Options { stores: Some(stores.into()), ..options() }).await;
    let (client, forcing) = (server.client(), server.client());
    server.put(CAT.0, &png(80, 60, 1));
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let older = tokio::spawn(async move { client.ensure_generated(CAT).await });
    hold.reached().await;
    let repaired = png(80, 60, 2);
    server.put(CAT.0, &repaired);
    let forced = forcing.ensure_generated(EnsureGenerated::new(CAT).force()).await.unwrap();
    hold.release();
    older.await.unwrap().unwrap();
    assert_eq!(std::fs::read(server.rendition(forced.rendition().key())).unwrap(), small(&repaired));
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_349_a_source_replaced_under_its_name_gets_a_new_key_after_source_ttl() {
    let server = TestServer::with(options().manual_clock()).await;
    let client = server.client();
    let (old, new) = (png(80, 60, 1), png(80, 60, 2));
    server.put(CAT.0, &old);
    let first = client.ensure_generated(CAT).await.unwrap().into_rendition();

    server.put(CAT.0, &new);
    assert_eq!(client.url(CAT).await.unwrap().key(), first.key(), "believed for source_ttl");
    server.clock.advance(Duration::from_secs(10));
    let second = client.ensure_generated(CAT).await.unwrap();
    assert_eq!(second.outcome(), Outcome::Generated);
    assert_ne!(second.rendition().key(), first.key());
    assert_ne!(second.rendition().url(), first.url());
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&new));
    assert_eq!(std::fs::read(server.rendition(first.key())).unwrap(), small(&old), "a key keeps its meaning");
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_349_a_source_replaced_under_its_name_is_seen_at_once_with_max_age_zero() {
    let server = TestServer::with(options().manual_clock()).await;
    let client = server.client();
    let new = png(80, 60, 2);
    server.put(CAT.0, &png(80, 60, 1));
    let first = client.ensure_generated(CAT).await.unwrap().into_rendition();
    server.put(CAT.0, &new);
    let second = client.ensure_generated(EnsureGenerated::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert_ne!(second.rendition().key(), first.key());
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&new));
}

#[tokio::test(flavor = "multi_thread")]
async fn background_asked_thrice_queues_once() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    server.put(CAT.0, &png(80, 60, 1));
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let background = || EnsureGenerated::new(CAT).strategy(Strategy::Background);
    let first = client.ensure_generated(background()).await.unwrap();
    assert_eq!(first.outcome(), Outcome::Queued);
    hold.reached().await;
    for _ in 0..2 {
        let again = client.ensure_generated(background()).await.unwrap();
        assert_eq!((again.outcome(), again.rendition().state()), (Outcome::Queued, State::Generating));
        assert_eq!(server.engine.queued(), 1);
    }
    hold.release();
    let done = client.watch([CAT]).await.unwrap().until_done().await.unwrap();
    assert_eq!(done[0].state(), State::Ready);
    worked_off(&server).await;
    let (media, renditions) = (server.counts("media"), server.counts("renditions"));
    assert_eq!((media.read(), renditions.write()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_254_a_missing_source_in_a_batch_of_fifty_costs_one_item() {
    let server = TestServer::with(options()).await;
    let paths: Vec<String> = (0..50).map(|number| format!("photos/{number}.png")).collect();
    for (number, path) in paths.iter().enumerate().filter(|(number, _)| *number != 17) {
        server.put(path, &png(60 + number as u32, 60, 1));
    }
    let asked = paths.iter().map(|path| (path.as_str(), "small"));
    let answers = server.client().batch_ensure_generated(asked).await.unwrap();
    for (number, answer) in answers.into_iter().enumerate() {
        if number == 17 {
            let error = refused(answer, Code::NotFound, "SOURCE_NOT_FOUND", Some("rendition.source.path"));
            assert_eq!(error.metadata["path"], paths[17]);
        } else {
            let answer = answer.unwrap();
            assert_eq!(answer.outcome(), Outcome::Generated);
            assert!(answer.rendition().key().starts_with(&format!("media/{}/", paths[number])));
        }
    }
    assert_eq!(server.renditions().len(), 49);
}

#[tokio::test(flavor = "multi_thread")]
async fn optimistic_makes_no_storage_call_and_its_url_generates_on_get() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let optimistic = || EnsureGenerated::new(CAT).strategy(Strategy::Optimistic);
    let cold = client.ensure_generated(optimistic()).await.unwrap();
    let view = cold.rendition();
    assert_eq!(
        (view.state(), view.evidence(), cold.outcome()),
        (State::Unknown, Evidence::Assumed, Outcome::Assumed)
    );
    assert_eq!(server.serving_calls(), 0);

    let (status, _, body) = http_get(view.url()).await;
    assert_eq!((status, body.to_vec()), (200, small(&source)));
    let before = server.serving_calls();
    let warm = client.ensure_generated(optimistic()).await.unwrap();
    assert_eq!((warm.rendition().state(), warm.outcome()), (State::Ready, Outcome::Found));
    assert_eq!(server.serving_calls(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_cancelled_in_mid_flight_harms_nobody() {
    let server = TestServer::with(options()).await;
    let (first, second) = (server.client(), server.client());
    let impatient = server.client().with_timeout(Duration::from_millis(150));
    server.put(CAT.0, &png(80, 60, 1));
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let cancelled = tokio::spawn(async move { first.ensure_generated(CAT).await });
    hold.reached().await;
    let staying = tokio::spawn(async move { second.ensure_generated(CAT).await });
    until("both wait", || server.engine.waiting() == 2).await;
    cancelled.abort();
    until("one is gone", || server.engine.waiting() == 1).await;
    let late = impatient.ensure_generated(CAT).await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
    hold.release();
    assert!(staying.await.unwrap().unwrap().rendition().is_ready());
    assert_eq!((server.counts("media").read(), server.counts("renditions").write()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_only_caller_went_away_is_not_stuck() {
    let server = TestServer::with(options()).await;
    let (first, second) = (server.client(), server.client());
    server.put(CAT.0, &png(80, 60, 1));
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let cancelled = tokio::spawn(async move { first.ensure_generated(CAT).await });
    hold.reached().await;
    cancelled.abort();
    until("the flight is given up", || server.engine.flights() == 0).await;
    hold.release();
    assert!(second.ensure_generated(CAT).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_replaced_while_it_is_read_lands_under_its_own_new_key_only() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    let (old, new) = (png(80, 60, 1), png(80, 60, 2));
    server.put(CAT.0, &old);
    let old_key = client.url(CAT).await.unwrap().key().to_owned();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated(CAT).await }
    });
    hold.reached().await;
    server.put(CAT.0, &new);
    hold.release();
    let ensured = asked.await.unwrap().unwrap();
    let key = ensured.rendition().key();
    assert!(ensured.rendition().is_ready());
    assert_ne!(key, old_key);
    assert_eq!(server.renditions(), [key], "nothing under the old key");
    assert_eq!(std::fs::read(server.rendition(key)).unwrap(), small(&new));
    assert_eq!(client.url(CAT).await.unwrap().key(), key);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_replaced_while_it_is_read_at_the_stores_version_that_was_sent_is_source_changed() {
    let server = TestServer::with(options()).await;
    let client = server.client();
    server.put(CAT.0, &png(80, 60, 1));
    let key = client.url(CAT).await.unwrap().key().to_owned();
    let version = key.rsplit('/').next().unwrap().split('.').nth(1).unwrap().to_owned();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let asked =
        tokio::spawn(
            async move { client.ensure_generated((Source::new(CAT.0).version(version), CAT.1)).await },
        );
    hold.reached().await;
    server.put(CAT.0, &png(80, 60, 2));
    hold.release();
    refused(asked.await.unwrap(), Code::Aborted, "SOURCE_CHANGED", Some("rendition.source.version"));
    assert_eq!(server.renditions(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_decoder_is_a_typed_error_and_leaves_no_key_stuck() {
    const MARKER: &[u8] = b"panic, please";
    let hook = |bytes: &[u8]| assert!(!bytes.ends_with(MARKER), "as asked");
    let server = TestServer::with(options().before_decode(hook)).await;
    let client = server.client();
    server.put(CAT.0, &[&png(80, 60, 1), MARKER].concat());
    server.put("photos/dog.png", &png(80, 60, 3));

    let panicked =
        refused(client.ensure_generated(CAT).await, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    assert_eq!(panicked.metadata["cause"], "panicked");
    assert_eq!(server.engine.flights(), 0);
    assert!(client.ensure_generated(("photos/dog.png", "small")).await.unwrap().rendition().is_ready());
    let view = client.exists(CAT).await.unwrap().into_rendition();
    assert_eq!(view.state(), State::Failed);
    assert_eq!(view.failure().unwrap().reason(), Reason::SourceUndecodable);

    server.put(CAT.0, &png(80, 60, 1));
    let repaired = client.ensure_generated(EnsureGenerated::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert!(repaired.rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_in_a_decoder_fails_its_key_after_the_second_crash_and_kills_no_more() {
    let folder = TempDir::new().unwrap();
    let installation = Installation::new(env!("CARGO_BIN_EXE_faulty-server"), folder.path(), SMALL);
    installation.put(CAT.0, &[&png(80, 60, 1), b"abort!".as_slice()].concat());
    installation.put("photos/dog.png", &png(80, 60, 3));
    for _ in 0..2 {
        let mut server = installation.start();
        let answer = server.client().ensure_generated(CAT).await;
        assert_eq!(answer.unwrap_err().code(), Code::Unavailable);
        assert!(!server.ended().await.success());
    }

    let server = installation.start();
    let client = server.client();
    let crashed =
        refused(client.ensure_generated(CAT).await, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    assert_eq!(crashed.metadata["cause"], "crashed");
    let view = client.exists(CAT).await.unwrap().into_rendition();
    assert_eq!(view.state(), State::Failed);
    assert!(client.ensure_generated(("photos/dog.png", "small")).await.unwrap().rendition().is_ready());
}
