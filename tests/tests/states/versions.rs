//! The three version policies, and versions that callers send.

use rendition_client::{Code, EnsureGenerated, Outcome, Source, Strategy};
use rendition_tests::{
    pictures::{png, small},
    refusals::refused,
    test_server::{Options, TestServer},
};

use super::{CAT, options};

const STORES: &str = r#"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
[stores.frozen]
kind = "fs"
root = "{root}/frozen"
source = true
version_policy = "immutable"
[stores.told]
kind = "fs"
root = "{root}/told"
source = true
version_policy = "explicit"
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
"#;

async fn server() -> TestServer {
    let server = TestServer::with(Options { stores: Some(STORES.into()), ..options() }).await;
    for store in ["media", "frozen", "told"] {
        let file = server.root().join(store).join(CAT.0);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, png(80, 60, 1)).unwrap();
    }
    server
}

fn cat(store: &str) -> (Source, &'static str) {
    (Source::new(CAT.0).store(store), CAT.1)
}

/// The version tag in a key.
fn tag(key: &str) -> &str {
    key.rsplit('/').next().unwrap().split('.').nth(1).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_immutable_stores_keys_name_no_version_and_cost_no_look_at_the_source() {
    let server = server().await;
    let client = server.client();
    let url = client.url(cat("frozen")).await.unwrap();
    assert_eq!(tag(url.key()), "0");
    assert_eq!(server.counts("frozen").total(), 0);
    let ensured = client.ensure_generated(cat("frozen")).await.unwrap();
    assert_eq!((ensured.outcome(), ensured.rendition().key()), (Outcome::Generated, url.key()));
    // Even a replaced source keeps its key: that is what the operator promised.
    std::fs::write(server.root().join("frozen").join(CAT.0), png(80, 60, 2)).unwrap();
    let again = client.ensure_generated(cat("frozen")).await.unwrap();
    assert_eq!((again.outcome(), again.rendition().key()), (Outcome::Found, url.key()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explicit_store_wants_the_version_and_uses_it_as_it_is() {
    let server = server().await;
    let client = server.client();
    let field = Some("rendition.source.version");
    let (code, reason) = (Code::InvalidArgument, "INVALID_VERSION");
    refused(client.ensure_generated(cat("told")).await, code, reason, field);
    refused(client.exists(cat("told")).await, code, reason, field);
    refused(client.url(cat("told")).await, code, reason, field);
    for (version, expected) in
        [("v2024-06", "v2024-06"), ("0", "~MA"), ("a/b c", "~YS9iIGM"), ("Größe", "~R3LDtsOfZQ")]
    {
        let sent = (Source::new(CAT.0).store("told").version(version), CAT.1);
        let ensured = client.ensure_generated(sent).await.unwrap();
        assert_eq!(tag(ensured.rendition().key()), expected);
        assert!(ensured.rendition().is_ready());
    }
    let optimistic = EnsureGenerated::new(cat("told")).strategy(Strategy::Optimistic);
    refused(client.ensure_generated(optimistic).await, code, reason, field);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_the_caller_sends_is_used_under_every_policy() {
    let server = server().await;
    let client = server.client();
    for store in ["media", "frozen", "told"] {
        let sent = (Source::new(CAT.0).store(store).version("mine"), CAT.1);
        let ensured = client.ensure_generated(sent).await.unwrap();
        assert_eq!(tag(ensured.rendition().key()), "mine");
        let key = server.rendition(ensured.rendition().key());
        assert_eq!(std::fs::read(key).unwrap(), small(&png(80, 60, 1)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observed_version_is_the_stores_and_the_same_until_the_source_changes() {
    let server = server().await;
    let client = server.client();
    let first = client.ensure_generated(cat("media")).await.unwrap().into_rendition();
    let again =
        client.ensure_generated(EnsureGenerated::new(cat("media")).max_age(std::time::Duration::ZERO));
    assert_eq!(again.await.unwrap().rendition().key(), first.key());
    // Who knows the version may send it, and saves the look.
    let known = (Source::new(CAT.0).store("media").version(tag(first.key())), CAT.1);
    let stats = server.counts("media").stat();
    let found = client.ensure_generated(known).await.unwrap();
    assert_eq!((found.outcome(), found.rendition().key()), (Outcome::Found, first.key()));
    assert_eq!(server.counts("media").stat(), stats);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_the_stores_own_that_is_gone_is_source_changed() {
    let server = server().await;
    let client = server.client();
    let old = tag(client.url(cat("media")).await.unwrap().key()).to_owned();
    server.put(CAT.0, &png(80, 60, 2));
    let sent = (Source::new(CAT.0).store("media").version(old), CAT.1);
    refused(
        client.ensure_generated(sent).await,
        Code::Aborted,
        "SOURCE_CHANGED",
        Some("rendition.source.version"),
    );
    assert_eq!(server.renditions(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_of_the_same_name_in_two_stores_never_meet() {
    let server = server().await;
    let client = server.client();
    std::fs::write(server.root().join("frozen").join(CAT.0), png(80, 60, 7)).unwrap();
    assert_eq!(client.read_to_vec(cat("media")).await.unwrap(), small(&png(80, 60, 1)));
    assert_eq!(client.read_to_vec(cat("frozen")).await.unwrap(), small(&png(80, 60, 7)));
}
