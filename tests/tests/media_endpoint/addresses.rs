//! Kinds of URLs, where each leads, and source names that a URL could get wrong.

use std::time::Duration;

use bytes::Bytes;
use rendition_client::{Client, Code, EnsureGenerated, Rendition, Source, Spec, Url, UrlKind, UrlOptions};
use rendition_server::storage::{StoreLimits, StoreSettings, WriteMode, WriteOptions, open};
use rendition_tests::{
    http_request::http_request,
    pictures::{SMALL, png, small},
    refusals::refused,
    s3_server::S3Server,
    test_server::{Options, TestServer},
};

use super::{CAT, ODD_NAMES, get, server};

const CDN: &str = "https://cdn.example.org/images";

/// A server whose renditions have a public base that this stands behind.
async fn with_base(serves: &str) -> (TestServer, Client) {
    let base = format!("[stores.renditions.public_base]\nurl = \"{CDN}/\"\nserves = \"{serves}\"\n{SMALL}");
    let server = TestServer::with(Options::default().config(&base).manual_clock()).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

async fn url(client: &Client, options: UrlOptions) -> Rendition {
    client.url(Url::new(CAT).url_options(options)).await.unwrap()
}

fn public() -> UrlOptions {
    UrlOptions::new().kind(UrlKind::Public)
}

#[tokio::test(flavor = "multi_thread")]
async fn source_names_of_every_kind_are_percent_encoded_and_served() {
    let (server, client) = server().await;
    let inline = Spec::builder().resize_to_fit((40, 0)).png(());
    for (seed, name) in ODD_NAMES.into_iter().enumerate() {
        let source = png(80, 60, seed as u8);
        server.put(name, &source);
        let open = client.url((name, "small")).await.unwrap();
        let signed = client.url((name, &inline)).await.unwrap();
        assert!(signed.url().contains("signature="), "{}", signed.url());
        for url in [open.url(), signed.url()] {
            let unreserved = |c: char| c.is_ascii_alphanumeric() || "-_.~/:%".contains(c);
            assert!(url.split('?').next().unwrap().chars().all(unreserved), "{url}");
            let answer = get(url).await;
            assert_eq!((answer.status, answer.body.to_vec()), (200, small(&source)), "{name} {url}");
        }
        // Whatever else is encoded on the way, it is the same URL.
        let recoded = signed.url().replace('-', "%2D").replace('.', "%2e");
        let (path, query) = (recoded.split('?').next().unwrap(), signed.url().split('?').nth(1).unwrap());
        let path = path.replacen("127%2e0%2e0%2e1", "127.0.0.1", 1);
        assert_eq!(get(&format!("{path}?{query}")).await.status, 200, "{name} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn source_names_of_every_kind_lead_to_their_objects_in_a_bucket() {
    let s3 = S3Server::start();
    let stores = format!(
        "[stores.media]\nkind = \"fs\"\nroot = \"{{root}}/media\"\nsource = true\n\
         [stores.renditions]\nkind = \"s3\"\nbucket = {:?}\nendpoint = {:?}\naccess_key_id = {:?}\nsecret_access_key = {:?}\n\
         public_base = {{ url = {:?} }}\n",
        s3.bucket,
        s3.endpoint,
        s3.access_key_id,
        s3.secret_access_key,
        format!("{}/{}", s3.endpoint, s3.bucket),
    );
    let server = TestServer::with(Options { stores: Some(stores), ..Options::default().config(SMALL) }).await;
    let client = server.client();
    let everything = open("all", &StoreSettings::S3(s3.settings()), &StoreLimits::default()).unwrap();
    for (seed, name) in ODD_NAMES.into_iter().enumerate() {
        let source = png(80, 60, seed as u8);
        server.put(name, &source);
        let presigned = UrlOptions::new().kind(UrlKind::Presigned).download_name("a \"b\"; 100%.png");
        let asked = EnsureGenerated::new((name, "small")).url_options(presigned);
        let made = client.ensure_generated(asked).await.unwrap().into_rendition();
        assert!(made.url().starts_with(&s3.endpoint), "{}", made.url());
        let answer = get(made.url()).await;
        assert_eq!((answer.status, answer.body.to_vec()), (200, small(&source)), "{name} {}", made.url());
        let expected =
            "attachment; filename=\"a _b_; 100_.png\"; filename*=UTF-8''a%20%22b%22%3B%20100%25.png";
        assert_eq!(answer.header("content-disposition"), expected, "{name}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{name}");
        // The bucket is not public here, so that its own reader says what lies where the public URL leads.
        let public = client.url(Url::new((name, "small")).url_options(public())).await.unwrap();
        let path = public.url().strip_prefix(&format!("{}/{}/", s3.endpoint, s3.bucket)).unwrap();
        let key = percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned();
        assert_eq!(key, made.key());
        assert_eq!(everything.read_range(&key, 0..8).await.unwrap().unwrap(), small(&source)[..8]);
    }
    let overwrite = WriteOptions { mode: WriteMode::Overwrite, ..WriteOptions::default() };
    everything.write("sentinel", Bytes::from_static(b"x"), &overwrite).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_url_of_the_store_is_given_for_what_is_ready_only() {
    let (server, client) = with_base("store").await;
    let before = url(&client, public()).await;
    assert_eq!(
        before.url(),
        url(&client, UrlOptions::new()).await.url(),
        "a media URL makes what is missing"
    );
    assert!(before.url().starts_with(&server.http));
    client.ensure_generated(CAT).await.unwrap();
    let ready = url(&client, public()).await;
    assert_eq!(ready.url(), format!("{CDN}/{}", ready.key()));
    assert_eq!(ready.url_expire_time(), None);
    assert_eq!(url(&client, public().path_only()).await.url(), format!("/images/{}", ready.key()));
    // The key is the path of the object, so what serves the folder serves the rendition.
    assert_eq!(std::fs::read(server.rendition(ready.key())).unwrap(), small(&png(80, 60, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_url_of_the_endpoint_is_always_given_and_works_at_the_origin() {
    let (server, client) = with_base("media").await;
    let open = url(&client, public()).await;
    assert_eq!(open.url(), format!("{CDN}/r/{}", open.key()));
    let download = url(&client, public().download_name("cat.png")).await;
    assert!(download.url().starts_with(CDN) && download.url().contains("signature="), "{}", download.url());
    assert!(server.renditions().is_empty());
    for url in [open.url(), download.url()] {
        assert_eq!(get(&url.replace(CDN, &server.http)).await.status, 200, "{url}");
    }
    client.ensure_generated(CAT).await.unwrap();
    assert_eq!(url(&client, public()).await.url(), open.url(), "it stays when the rendition is READY");
    assert_eq!(url(&client, public().path_only()).await.url(), format!("/images/r/{}", open.key()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kind_cannot_give_is_unsupported_and_the_way_out_is_named() {
    let (_server, client) = server().await;
    let (_stored, of_store) = with_base("store").await;
    let s3 = S3Server::start();
    let bucket = format!(
        "[stores.media]\nkind = \"fs\"\nroot = \"{{root}}/media\"\nsource = true\n[stores.renditions]\nkind = \"s3\"\n\
         bucket = {:?}\nendpoint = {:?}\naccess_key_id = {:?}\nsecret_access_key = {:?}\n",
        s3.bucket, s3.endpoint, s3.access_key_id, s3.secret_access_key
    );
    let in_bucket =
        TestServer::with(Options { stores: Some(bucket), ..Options::default().config(SMALL) }).await;
    in_bucket.put(CAT.0, &png(80, 60, 1));
    let presigning = in_bucket.client();
    let presigned = || UrlOptions::new().kind(UrlKind::Presigned);
    for (client, options, field, way_out) in [
        (&client, public(), "kind", "ask for a media URL, or configure stores.renditions.public_base"),
        (&client, presigned(), "kind", "ask for a media URL"),
        (&client, UrlOptions::new().negotiate(), "negotiate", "ask without negotiate"),
        (&of_store, public().download_name("a"), "download_name", "ask for a media URL or a presigned one"),
        (&of_store, public().negotiate(), "negotiate", "send accept instead, or ask for a media URL"),
        (&presigning, presigned().path_only(), "path_only", "ask without path_only, or for a media URL"),
        (&presigning, presigned().negotiate(), "negotiate", "send accept instead, or ask for a media URL"),
    ] {
        let field = format!("url_options.{field}");
        let url = client.url(Url::new(CAT).url_options(options.clone())).await;
        let said = url.as_ref().unwrap_err().to_string();
        assert!(said.contains(way_out), "{said}");
        refused(url, Code::FailedPrecondition, "URL_KIND_UNSUPPORTED", Some(&field));
        let ensured = client.ensure_generated(EnsureGenerated::new(CAT).url_options(options)).await;
        refused(ensured, Code::FailedPrecondition, "URL_KIND_UNSUPPORTED", Some(&field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_honoured_for_a_minute_longer_than_it_says() {
    let options = Options::default().config(&format!("[media]\naccess = \"signed\"\n{SMALL}")).manual_clock();
    let server = TestServer::with(options).await;
    server.put(CAT.0, &png(80, 60, 1));
    let asked = Url::new(CAT).url_options(UrlOptions::new().lifetime(Duration::from_secs(3600)));
    let url = server.client().url(asked).await.unwrap();
    let expires = url.url_expire_time().unwrap();
    let left = expires.duration_since(server.clock.now().into()).unwrap();
    server.clock.advance(left + Duration::from_secs(59));
    assert_eq!(get(url.url()).await.status, 200);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(get(url.url()).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_of_a_version_that_a_caller_sent_is_signed_at_the_public_base_too() {
    let (server, client) = with_base("media").await;
    let source = Source::new(CAT.0).version("of-my-own");
    let url = client.url(Url::new((source, "small")).url_options(public())).await.unwrap();
    let at_origin = url.url().replace(CDN, &server.http);
    assert_eq!(get(&at_origin).await.status, 200);
    let unsigned = at_origin.split('?').next().unwrap();
    assert_eq!(http_request("GET", unsigned, &[]).await.status, 404);
}
