//! The same service on every kind of store.

use std::time::Duration;

use bytes::Bytes;
use rendition_client::{EnsureGenerated, Evidence, Exists, Outcome, Url, UrlKind, UrlOptions};
use rendition_server::storage::{StoreLimits, StoreSettings, WriteMode, WriteOptions, open};
use rendition_tests::{
    http_get::http_get,
    http_request::http_request,
    pictures::{SMALL, png, small},
    s3_server::S3Server,
    test_server::{Options, TestServer},
};

use super::{CAT, told};

/// A store in a bucket of a server.
fn bucket(name: &str, s3: &S3Server, source: bool) -> String {
    format!(
        "[stores.{name}]\nkind = \"s3\"\nbucket = {:?}\nendpoint = {:?}\naccess_key_id = {:?}\n\
         secret_access_key = {:?}\nsource = {source}\n",
        s3.bucket, s3.endpoint, s3.access_key_id, s3.secret_access_key
    )
}

const MEDIA: &str = "[stores.media]\nkind = \"fs\"\nroot = \"{root}/media\"\nsource = true\n";
const LIFETIME: &str = "[media]\naccess = \"open\"\nlifetime = \"1d\"\n";

async fn server(stores: String) -> TestServer {
    let config = format!("{LIFETIME}{SMALL}");
    TestServer::with(Options { stores: Some(stores), ..Options::default().config(&config) }).await
}

/// What every rendition store must do.
async fn serves(server: &TestServer, source: &[u8]) {
    let client = server.client();
    assert!(!client.exists(CAT).await.unwrap().exists());
    let made = client.ensure_generated(CAT).await.unwrap();
    assert_eq!((told(made.rendition()), made.outcome()), (("ready", "generated"), Outcome::Generated));
    let at_once = Exists::new(CAT).max_age(Duration::ZERO).include_image_info();
    let seen = client.exists(at_once).await.unwrap().into_rendition();
    assert_eq!((seen.is_ready(), seen.evidence()), (true, Evidence::Storage));
    let image = seen.image().unwrap();
    let expected = small(source);
    assert_eq!((image.dimensions(), image.size_bytes()), (Some((40, 30)), Some(expected.len() as u64)));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), expected);
    let (status, headers, body) = http_get(made.rendition().url()).await;
    assert_eq!((status, body.to_vec()), (200, expected.clone()));
    let etag = headers["etag"].to_str().unwrap();
    assert_eq!(etag.trim_matches('"'), image.etag().unwrap());
    let part = http_request("GET", made.rendition().url(), &[("range", "bytes=3-9")]).await;
    assert_eq!((part.status, part.body.to_vec()), (206, expected[3..10].to_vec()));
    let forced = client.ensure_generated(EnsureGenerated::new(CAT).force()).await.unwrap();
    assert_eq!((forced.outcome(), forced.rendition().key()), (Outcome::Generated, made.rendition().key()));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn renditions_are_kept_in_memory() {
    let server = server(format!("{MEDIA}[stores.renditions]\nkind = \"memory\"\n")).await;
    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    serves(&server, &source).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_renditions_are_kept_in_a_bucket() {
    let (sources, renditions) = (S3Server::start(), S3Server::start());
    let stores = bucket("media", &sources, true) + &bucket("renditions", &renditions, false);
    let server = server(stores).await;
    let uploads = open("uploads", &StoreSettings::S3(sources.settings()), &StoreLimits::default()).unwrap();
    let overwrite = WriteOptions { mode: WriteMode::Overwrite, ..WriteOptions::default() };
    let (old, new) = (png(80, 60, 1), png(80, 60, 2));
    uploads.write(CAT.0, Bytes::from(old.clone()), &overwrite).await.unwrap();
    serves(&server, &old).await;

    let client = server.client();
    let first = client.url(CAT).await.unwrap().key().to_owned();
    uploads.write(CAT.0, Bytes::from(new.clone()), &overwrite).await.unwrap();
    let second = client.ensure_generated(EnsureGenerated::new(CAT).max_age(Duration::ZERO)).await.unwrap();
    assert_ne!(second.rendition().key(), first, "its version is the entity tag");
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), small(&new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presigned_url_is_given_for_what_is_ready_only_and_works_without_this_server() {
    let s3 = S3Server::start();
    let server = server(format!("{MEDIA}{}", bucket("renditions", &s3, false))).await;
    let source = png(80, 60, 1);
    server.put(CAT.0, &source);
    let client = server.client();
    let presigned = || UrlOptions::new().kind(UrlKind::Presigned);
    let before = client.url(Url::new(CAT).url_options(presigned())).await.unwrap();
    assert!(before.url().starts_with(&server.http), "{}: a media URL makes what is missing", before.url());

    client.ensure_generated(CAT).await.unwrap();
    let ready = client.url(Url::new(CAT).url_options(presigned().download_name("my cat.png"))).await.unwrap();
    assert!(ready.url().starts_with(&s3.endpoint), "{}", ready.url());
    let left = ready.url_expire_time().unwrap().duration_since(std::time::SystemTime::now()).unwrap();
    assert!(left > Duration::from_secs(20 * 3600) && left <= Duration::from_secs(24 * 3600), "{left:?}");
    let reads = server.counts("renditions").read();
    let (status, _, body) = http_get(ready.url()).await;
    assert_eq!((status, body.to_vec()), (200, small(&source)));
    assert_eq!(server.counts("renditions").read(), reads);
    let altered = ready.url().replace("small.", "large.");
    assert_ne!(http_get(&altered).await.0, 200);
}
