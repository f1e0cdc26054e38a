//! `Explain`: what a key or a URL is, and why it is as it is.

use std::time::{Duration, SystemTime};

use rendition_client::{
    Code, Explain, Reason, SignatureStanding, Source, SourceStanding, SpecStanding, State, Strategy, Url,
    UrlOptions,
};
use rendition_server::{
    model::Timestamp,
    storage::{Operation, StorageErrorKind},
};
use rendition_tests::{
    http_get::http_get,
    pictures::png,
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{START, put, server, specs};

const CAT: (&str, &str) = ("cat.png", "card");

async fn with_cat() -> TestServer {
    let server = server(40).await;
    put(&server, CAT.0, &png(80, 60, 1), Duration::ZERO);
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_rendition_is_told_with_its_parts_and_two_looks() {
    let server = with_cat().await;
    let client = server.client();
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    let before = server.serving_calls();
    let told = client.explain(made.key()).await.unwrap();
    assert_eq!(server.serving_calls() - before, 2, "one at the source, one at the rendition");
    assert_eq!(told.summary(), "it is stored and of the present version");
    assert_eq!((told.advice(), told.signature(), told.is_honoured()), (None, None, None));
    assert_eq!((told.source_store(), told.source_path(), told.spec_id()), ("media", CAT.0, Some("card")));
    assert_eq!(told.source_version(), told.present_version());
    assert_eq!(
        (told.spec_standing(), told.present_digest()),
        (SpecStanding::Configured, Some(told.digest()))
    );
    assert_eq!(told.source_standing(), SourceStanding::Current);
    assert_eq!(told.remembered_state(), Some(State::Ready));
    assert_eq!(told.stored_bytes(), made.image().unwrap().size_bytes());
    assert_eq!(told.etag(), made.image().unwrap().etag());
    assert!(told.expire_time() > told.checked_at());
    assert_eq!((told.is_generating(), told.is_queued(), told.crashes()), (false, false, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_starts_nothing_and_remembers_nothing() {
    let server = with_cat().await;
    let client = server.client();
    let key = client.url(CAT).await.unwrap().key().to_owned();
    for _ in 0..2 {
        let told = client.explain(key.as_str()).await.unwrap();
        assert!(told.summary().starts_with("it is missing"), "{}", told.summary());
        assert_eq!(told.advice(), Some("ask for it: rendition ensure cat.png --spec card"));
        assert_eq!((told.remembered_state(), told.stored_bytes()), (None, None));
    }
    assert_eq!((server.renditions().len(), server.engine.queued()), (0, 0));
    assert_eq!(client.url(CAT).await.unwrap().state(), State::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_does_to_a_key_is_told() {
    let server = with_cat().await;
    let client = server.client();
    let key = client.ensure_generated(CAT).await.unwrap().rendition().key().to_owned();
    put(&server, CAT.0, &png(80, 60, 2), Duration::from_secs(1));
    let told = client.explain(key.as_str()).await.unwrap();
    assert_eq!(told.source_standing(), SourceStanding::Stale);
    assert_ne!(told.source_version(), told.present_version());
    assert!(told.summary().contains("stale") && told.summary().contains(told.present_version().unwrap()));

    std::fs::remove_file(server.root().join("media").join(CAT.0)).unwrap();
    let told = client.explain(key.as_str()).await.unwrap();
    assert_eq!(told.source_standing(), SourceStanding::Gone);
    assert!(told.summary().starts_with("it is stored, though"), "{}", told.summary());

    client.notify_deleted(CAT.0).await.unwrap();
    let told = client.explain(key.as_str()).await.unwrap();
    assert_eq!(told.source_standing(), SourceStanding::Deleted);
    assert!(told.deleted_until().is_some());
    assert!(told.advice().unwrap().contains("rendition saved cat.png"));

    let own = client.url((Source::new("dog.png").version("v7"), "card")).await.unwrap().key().to_owned();
    put(&server, "dog.png", &png(80, 60, 2), Duration::ZERO);
    assert_eq!(client.explain(own).await.unwrap().source_standing(), SourceStanding::Unverifiable);
    let elsewhere = key.replacen("media/", "attic/", 1);
    assert_eq!(client.explain(elsewhere).await.unwrap().source_standing(), SourceStanding::NoStore);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_the_spec_is_told() {
    let server = with_cat().await;
    let client = server.client();
    let key = client.ensure_generated((CAT.0, "strict")).await.unwrap().rendition().key().to_owned();
    server.reload(&specs(44)).await;
    let told = client.explain(key.as_str()).await.unwrap();
    assert_eq!((told.spec_standing(), told.stands_in_until()), (SpecStanding::Changed, None));
    assert!(told.summary().contains(told.present_digest().unwrap()), "{}", told.summary());
    assert_ne!(told.present_digest(), Some(told.digest()));
    server.reload("[specs.other]\noutput = { png = {} }\n").await;
    let told = client.explain(key.as_str()).await.unwrap();
    assert_eq!((told.spec_standing(), told.present_digest()), (SpecStanding::Removed, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_form_is_told_apart_from_what_may_go_for_as_long_as_it_may_stand_in() {
    let week = Duration::from_secs(7 * 24 * 3600);
    let server = with_cat().await;
    let client = server.client();
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    put(&server, "dog.png", &png(80, 60, 2), Duration::ZERO);
    let never_made = client.url(("dog.png", "card")).await.unwrap().url().to_owned();
    server.reload(&specs(44)).await;
    let told = client.explain(Explain::from(made.url())).await.unwrap();
    assert_eq!((told.spec_standing(), told.is_honoured()), (SpecStanding::Earlier, Some(true)));
    assert_eq!(told.stands_in_until(), Some(SystemTime::from(Timestamp::from_millis(START)) + week));
    assert_eq!(told.advice(), None, "{}", told.summary());
    assert_eq!(http_get(made.url()).await.0, 200);
    let told = client.explain(Explain::from(never_made.as_str())).await.unwrap();
    assert_eq!((told.spec_standing(), told.is_honoured()), (SpecStanding::Earlier, Some(false)));
    assert_eq!(http_get(&never_made).await.0, 404);
    server.clock.advance(week);
    let told = client.explain(Explain::from(made.url())).await.unwrap();
    assert_eq!((told.spec_standing(), told.is_honoured()), (SpecStanding::Changed, Some(false)));
    assert_ne!(http_get(made.url()).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_jobs_and_deletions_behind_the_server_are_told() {
    let server = with_cat().await;
    let client = server.client();
    put(&server, "broken.png", b"no image", Duration::ZERO);
    let key = client.url(("broken.png", "card")).await.unwrap().key().to_owned();
    client.ensure_generated(("broken.png", "card")).await.unwrap_err();
    let told = client.explain(key).await.unwrap();
    let failure = told.failure().unwrap();
    assert_eq!((failure.reason(), failure.attempts()), (Reason::SourceUndecodable, 1));
    assert!(failure.retry_time().is_some());
    assert!(
        told.summary().contains("SOURCE_UNDECODABLE")
            && told.advice().unwrap().contains("replace the source")
    );

    let hold = server.faults("media").hold_next(Operation::Read);
    let job = rendition_client::EnsureGenerated::new(CAT).strategy(Strategy::Background);
    let key = client.ensure_generated(job).await.unwrap().rendition().key().to_owned();
    let told = client.explain(key.as_str()).await.unwrap();
    assert!(told.is_queued() && told.stored_bytes().is_none(), "{}", told.summary());
    drop(hold);
    client.ensure_generated(CAT).await.unwrap();
    until("the job is done", || server.engine.queued() == 0).await;
    std::fs::remove_file(server.rendition(&key)).unwrap();
    let told = client.explain(key.as_str()).await.unwrap();
    assert!(told.summary().contains("deleted behind this server"), "{}", told.summary());
    server.faults("renditions").fail_next(Operation::Stat, StorageErrorKind::Unavailable);
    let told = client.explain(key.as_str()).await.unwrap();
    assert!(told.object_problem().is_some(), "{}", told.summary());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signature_of_a_url_is_judged_and_no_secret_is_told() {
    let config = specs(40).replace("public = true\n", "");
    let server = TestServer::with(Options::default().config(&config).manual_clock()).await;
    put(&server, CAT.0, &png(80, 60, 1), Duration::ZERO);
    let client = server.client();
    let options = UrlOptions::new().lifetime(Duration::from_secs(60));
    let signed = client.url(Url::new(CAT).url_options(options)).await.unwrap().url().to_owned();
    let told = client.explain(signed.as_str()).await.unwrap();
    assert_eq!((told.signature(), told.is_honoured()), (Some(SignatureStanding::Valid), Some(true)));
    assert_eq!(told.signing_key_id(), Some("local"));
    assert!(told.url_expire_time().is_some());
    let judged = async |url: &str| {
        let told = client.explain(Explain::Url(url.to_owned())).await.unwrap();
        assert_eq!(told.is_honoured(), Some(false), "{url}");
        told.signature().unwrap()
    };
    let path = signed.split_once('?').unwrap().0;
    assert_eq!(judged(path).await, SignatureStanding::None);
    assert_eq!(judged(&signed.replace("/card.", "/strict.")).await, SignatureStanding::Forged);
    assert_eq!(judged(&signed.replace("key=local", "key=k9")).await, SignatureStanding::UnknownKey);
    server.clock.advance(Duration::from_secs(200));
    assert_eq!(judged(&signed).await, SignatureStanding::Expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_url_is_honoured_for_the_present_version_alone() {
    let server = with_cat().await;
    let client = server.client();
    let open = client.url(CAT).await.unwrap().url().to_owned();
    let told = client.explain(open.as_str()).await.unwrap();
    assert_eq!((told.signature(), told.is_honoured()), (Some(SignatureStanding::None), Some(true)));
    put(&server, CAT.0, &png(80, 60, 2), Duration::from_secs(1));
    assert_eq!(client.explain(open.as_str()).await.unwrap().is_honoured(), Some(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_neither_a_key_nor_a_url_is_refused_by_its_field() {
    let server = with_cat().await;
    let client = server.client();
    refused(client.explain("cat.png").await, Code::InvalidArgument, "INVALID_ARGUMENT", Some("key"));
    let url = client.explain("https://example.org/cat.png").await;
    refused(url, Code::InvalidArgument, "INVALID_ARGUMENT", Some("url"));
}
