//! What an S3 store makes of servers that refuse, fail, hang, or change under the reader.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::TryStreamExt;
use rendition_server::storage::{
    ReadOptions, S3Settings, Secret, StorageErrorKind, Store, StoreLimits, StoreSettings, WriteOptions,
    Written, open,
};
use rendition_tests::http_get::http_get;
use rendition_tests::s3_server::S3Server;
use rendition_tests::scripted_server::{Answer, ScriptedServer};

/// Impatient, so that failures come soon.
const LIMITS: StoreLimits = StoreLimits {
    concurrency: 4,
    least_concurrency: 1,
    timeout: Duration::from_millis(500),
    io_timeout: Duration::from_millis(500),
    retries: 2,
    first_retry_delay: Duration::from_millis(1),
    retry_percent: 20,
};

fn store(settings: S3Settings) -> Arc<dyn Store> {
    open("bucket", &StoreSettings::S3(settings), &LIMITS).unwrap()
}

fn at(endpoint: &str) -> S3Settings {
    S3Settings {
        bucket: "renditions".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        access_key_id: Some("tester".to_owned()),
        secret_access_key: Some(Secret::new("hush hush")),
        ..S3Settings::default()
    }
}

fn failure(status: &str, code: &str) -> Answer {
    Answer::response(
        status,
        "content-type: application/xml\r\n",
        &format!("<Error><Code>{code}</Code></Error>"),
    )
}

fn object(etag: &str, body: &str) -> Answer {
    Answer::response("200 OK", &format!("etag: \"{etag}\"\r\n"), body)
}

#[tokio::test]
async fn a_wrong_secret_is_not_permitted_and_is_not_printed() {
    let server = S3Server::start();
    let store = store(S3Settings { secret_access_key: Some(Secret::new("hush hush")), ..server.settings() });
    let write = store.write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap_err();
    for error in [write, store.stat("a").await.unwrap_err(), store.probe().await.unwrap_err()] {
        assert_eq!(error.kind(), StorageErrorKind::NotPermitted, "{error}");
        assert!(error.to_string().contains("credentials"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn a_missing_bucket_is_a_matter_of_the_settings() {
    let server = S3Server::start();
    let store = store(S3Settings { bucket: "elsewhere".to_owned(), ..server.settings() });
    let error = store.list("").await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Invalid, "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_soon() {
    let server = S3Server::start();
    let settings = server.settings();
    drop(server);
    let store = store(settings);
    let before = Instant::now();
    for error in [
        store.stat("a").await.unwrap_err(),
        store.read("a", &ReadOptions::default()).await.unwrap_err(),
        store.write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap_err(),
        store.list("a").await.unwrap_err(),
        store.probe().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error}");
        assert!(error.is_temporary());
    }
    assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_temporary_failure_is_tried_again_and_not_more_often_than_the_limits_say() {
    let busy = failure("503 Service Unavailable", "ServiceUnavailable");
    let server = ScriptedServer::start(vec![busy.clone(), busy.clone(), object("1", "")]).await;
    let stat = store(at(&server.endpoint)).stat("a").await.unwrap().unwrap();
    assert_eq!(stat.version.as_deref(), Some("1"));
    assert_eq!(server.requests().len(), 3);

    let server = ScriptedServer::start(vec![busy]).await;
    let store = store(at(&server.endpoint));
    assert_eq!(store.stat("a").await.unwrap_err().kind(), StorageErrorKind::Unavailable);
    assert_eq!(server.requests().len(), 3);
    let error = store.read("a", &ReadOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable);
    assert_eq!(server.requests().len(), 6);
    assert!(store.read_stream("a", None).await.is_err());
    assert_eq!(server.requests().len(), 9);
}

#[tokio::test]
async fn what_a_server_says_is_told_by_its_kind() {
    for (status, code, kind, attempts) in [
        ("403 Forbidden", "AccessDenied", StorageErrorKind::NotPermitted, 1),
        ("400 Bad Request", "ExpiredToken", StorageErrorKind::NotPermitted, 1),
        ("503 Slow Down", "SlowDown", StorageErrorKind::Throttled, 3),
        ("429 Too Many Requests", "TooManyRequests", StorageErrorKind::Throttled, 3),
        ("507 Insufficient Storage", "XMinioStorageFull", StorageErrorKind::Full, 1),
        ("500 Internal Server Error", "InternalError", StorageErrorKind::Unavailable, 3),
        ("418 I'm a teapot", "Teapot", StorageErrorKind::Unexpected, 1),
    ] {
        let server = ScriptedServer::start(vec![failure(status, code)]).await;
        let store = store(at(&server.endpoint));
        let error = store.write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(server.requests().len(), attempts, "{status}");
    }
}

#[tokio::test]
async fn a_silent_server_is_unavailable_after_the_time_limits() {
    let server = ScriptedServer::start(vec![Answer::Silence]).await;
    let limits =
        StoreLimits { timeout: Duration::from_millis(50), io_timeout: Duration::from_millis(50), ..LIMITS };
    let store = open("bucket", &StoreSettings::S3(at(&server.endpoint)), &limits).unwrap();
    let before = Instant::now();
    assert_eq!(store.stat("a").await.unwrap_err().kind(), StorageErrorKind::Unavailable);
    let error = store.read("a", &ReadOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable);
    assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_again_whole_and_never_pieced_together() {
    let broken = Answer::cut("200 OK", "content-length: 10\r\netag: \"1\"\r\n", "11111");
    let server = ScriptedServer::start(vec![broken.clone(), object("2", "2222222222")]).await;
    let read = store(at(&server.endpoint)).read("a", &ReadOptions::default()).await.unwrap().unwrap();
    assert_eq!((read.bytes, read.stat.version.as_deref()), (Bytes::from("2222222222"), Some("2")));
    assert!(!server.requests().iter().any(|head| head.to_lowercase().contains("\r\nrange:")));

    let server = ScriptedServer::start(vec![broken, object("2", "2222222222")]).await;
    let (stat, chunks) = store(at(&server.endpoint)).read_stream("a", None).await.unwrap().unwrap();
    assert_eq!(stat.version.as_deref(), Some("1"));
    let error = chunks.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unavailable, "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_object_that_is_too_large_costs_no_body() {
    // The body never comes: who waits for it fails.
    let headers = "content-length: 50000000\r\netag: \"1\"\r\n";
    let server = ScriptedServer::start(vec![Answer::cut("200 OK", headers, "")]).await;
    let options = ReadOptions { if_version: None, max_bytes: Some(1000) };
    let error = store(at(&server.endpoint)).read("a", &options).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::TooLarge { size: 50_000_000, max: 1000 }, "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn slow_readers_of_streams_do_not_keep_others_from_the_store() {
    let server = S3Server::start();
    let store = open("bucket", &server.store_settings(), &StoreLimits { concurrency: 2, ..LIMITS }).unwrap();
    store.write("a", Bytes::from(vec![1; 5_000_000]), &WriteOptions::default()).await.unwrap();
    let _first = store.read_stream("a", None).await.unwrap().unwrap();
    let _second = store.read_stream("a", None).await.unwrap().unwrap();
    assert!(store.stat("a").await.unwrap().is_some());
    assert_eq!(store.read("a", &ReadOptions::default()).await.unwrap().unwrap().bytes.len(), 5_000_000);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_to_be_there() {
    let lost = Answer::Bytes(String::new());
    let there = failure("412 Precondition Failed", "PreconditionFailed");
    let server = ScriptedServer::start(vec![lost, there]).await;
    let written =
        store(at(&server.endpoint)).write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap();
    assert_eq!(written, Written::AlreadyThere);
    assert!(server.requests().iter().all(|head| head.to_lowercase().contains("\r\nif-none-match: *\r\n")));
}

#[tokio::test]
async fn a_server_without_conditional_writes_is_asked_first_and_says_so_in_its_capabilities() {
    let server = S3Server::start();
    let store = store(S3Settings { conditional_writes: Some(false), ..server.settings() });
    assert!(!store.capabilities().create_only);
    let first = store.write("a", Bytes::from("first"), &WriteOptions::default()).await.unwrap();
    assert!(matches!(first, Written::Created(_)));
    let second = store.write("a", Bytes::from("second"), &WriteOptions::default()).await.unwrap();
    assert_eq!(second, Written::AlreadyThere);
}

#[tokio::test]
async fn a_url_for_readers_is_signed_for_the_address_that_readers_use() {
    let server = S3Server::start();
    let public = server.endpoint.replace("127.0.0.1", "localhost");
    let store = store(S3Settings { public_endpoint: Some(public.clone()), ..server.settings() });
    store.write("a", Bytes::from("x"), &WriteOptions::default()).await.unwrap();
    let url = store.presign_read("a", Duration::from_secs(60), None, None).await.unwrap().unwrap().url;
    assert!(url.starts_with(&public), "{url}");
    assert_eq!(http_get(&url).await.0, 200);
}

#[tokio::test]
async fn what_the_store_tells_browsers_is_stored_with_the_object() {
    let server = S3Server::start();
    let store = store(server.settings());
    let options = WriteOptions {
        media_type: Some("image/webp"),
        cache_control: Some("public, immutable".to_owned()),
        ..WriteOptions::default()
    };
    store.write("a", Bytes::from("x"), &options).await.unwrap();
    let url = store.presign_read("a", Duration::from_secs(60), None, None).await.unwrap().unwrap().url;
    let (_, headers, _) = http_get(&url).await;
    assert_eq!(headers["content-type"], "image/webp");
    assert_eq!(headers["cache-control"], "public, immutable");
}

#[tokio::test]
async fn a_path_that_the_library_would_trim_is_invalid_rather_than_another_one() {
    let server = S3Server::start();
    let store = store(server.settings());
    for path in [" a", "a ", "a/b\u{a0}"] {
        assert_eq!(store.stat(path).await.unwrap_err().kind(), StorageErrorKind::Invalid, "{path:?}");
    }
}

#[test]
fn settings_that_cannot_be_right_are_refused_before_anything_is_asked() {
    let whole = at("http://localhost:1");
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "\n").unwrap();
    for settings in [
        S3Settings { bucket: String::new(), ..whole.clone() },
        S3Settings { secret_access_key: None, ..whole.clone() },
        S3Settings { access_key_id: None, ..whole.clone() },
        S3Settings { secret_access_key_file: Some(empty.clone()), ..whole.clone() },
        S3Settings { secret_access_key: None, secret_access_key_file: Some(empty), ..whole.clone() },
        S3Settings { secret_access_key: None, secret_access_key_file: Some("/no/such/file".into()), ..whole },
    ] {
        let error = open("bucket", &StoreSettings::S3(settings), &LIMITS).err().unwrap();
        assert_eq!(error.kind(), StorageErrorKind::Invalid, "{error}");
    }
}

#[tokio::test]
async fn a_secret_may_lie_in_a_file() {
    let server = S3Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{}\n", server.secret_access_key)).unwrap();
    let settings =
        S3Settings { secret_access_key: None, secret_access_key_file: Some(file), ..server.settings() };
    store(settings).probe().await.unwrap();
}
