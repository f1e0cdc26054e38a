//! PutSource.

use rendition_client::{Code, PutSource, Source};
use rendition_tests::{
    pictures::{SMALL, png, png_header, small},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

const STORES: &str = r#"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
accepts_puts = true
[stores.closed]
kind = "fs"
root = "{root}/closed"
source = true
[stores.explicit]
kind = "memory"
source = true
accepts_puts = true
version_policy = "explicit"
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
"#;

async fn server() -> TestServer {
    let options = Options { stores: Some(STORES.into()), ..Options::default() };
    TestServer::with(options.config(&format!("{SMALL}[limits]\nmax_source_bytes = \"1 MiB\"\n"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_put_is_stored_and_made_into_renditions() {
    let server = server().await;
    let client = server.client();
    // Several chunks.
    let image = png(300, 300, 1);
    assert!(image.len() > 4 * 65_536);
    let saved = client.put_source(PutSource::new("a/cat.png").recipe("small"), image.clone()).await.unwrap();
    assert_eq!(saved.source().dimensions(), Some((300, 300)));
    assert_eq!(std::fs::read(server.root().join("media/a/cat.png")).unwrap(), image);
    until("it is made", || server.renditions().len() == 1).await;
    assert_eq!(client.read_to_vec(("a/cat.png", "small")).await.unwrap(), small(&image));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_there_is_replaced_only_on_request() {
    let server = server().await;
    let client = server.client();
    client.put_source("cat.png", png(80, 60, 1)).await.unwrap();
    client.put_source("cat.png", png(80, 60, 1)).await.expect("the same bytes once more are the same source");
    let again = client.put_source("cat.png", png(80, 60, 2)).await;
    refused(again, Code::AlreadyExists, "SOURCE_EXISTS", Some("header.source.path"));
    let before = client.ensure_generated(("cat.png", "small")).await.unwrap().into_rendition();
    client.put_source(PutSource::new("cat.png").overwrite(), png(80, 60, 2)).await.unwrap();
    let after = client.ensure_generated(("cat.png", "small")).await.unwrap().into_rendition();
    assert_ne!(before.key(), after.key());
    assert_eq!(client.read_to_vec(("cat.png", "small")).await.unwrap(), small(&png(80, 60, 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_too_large_or_not_wanted_is_refused_and_not_stored() {
    let server = server().await;
    let client = server.client();
    let text = client.put_source("a.png", "plain text").await;
    refused(text, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    let cut_off = client.put_source("a.png", png(80, 60, 1)[..9000].to_vec()).await;
    refused(cut_off, Code::FailedPrecondition, "SOURCE_UNDECODABLE", None);
    let unknown = client.put_source(PutSource::new("a.png").recipe("nothing"), png(8, 8, 1)).await;
    refused(unknown, Code::NotFound, "SPEC_NOT_FOUND", Some("header.recipes.spec_id"));
    let vast = client.put_source("a.png", png_header(60_000, 60_000)).await;
    refused(vast, Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", None);
    let long = client.put_source("a.png", vec![0; (1 << 20) + 1]).await;
    refused(long, Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", None);
    let closed = client.put_source(Source::new("a.png").store("closed"), png(8, 8, 1)).await;
    refused(closed, Code::PermissionDenied, "NOT_PERMITTED", Some("header.source.store"));
    let climbing = client.put_source("../a.png", png(8, 8, 1)).await;
    refused(climbing, Code::InvalidArgument, "INVALID_PATH", Some("header.source.path"));
    let versioned = client.put_source(Source::new("a.png").version("1"), png(8, 8, 1)).await;
    refused(versioned, Code::InvalidArgument, "INVALID_VERSION", Some("header.source.version"));
    let unversioned = client.put_source(Source::new("a.png").store("explicit"), png(8, 8, 1)).await;
    refused(unversioned, Code::InvalidArgument, "INVALID_VERSION", Some("header.source.version"));
    assert!(!server.root().join("media/a.png").exists());
    client.put_source(Source::new("a.png").store("explicit").version("1"), png(8, 8, 1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_puts_at_once_do_not_wait_for_one_another_for_ever() {
    let server = server().await;
    let client = server.client();
    let puts = (0..64).map(|number| client.put_source(format!("{number}.png"), png(20, 20, number as u8)));
    let all =
        tokio::time::timeout(std::time::Duration::from_secs(20), futures_util::future::join_all(puts)).await;
    assert!(all.expect("they end").iter().all(Result::is_ok));
}
