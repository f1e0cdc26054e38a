//! Sources whose bytes are at fault.

use rendition_client::Code;
use rendition_tests::{
    pictures::{SMALL, jpeg, png, png_header},
    refusals::{at_once, refused},
    test_server::{Options, TestServer},
};

use super::{refused_for_its_bytes, server};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_source_is_undecodable() {
    let (server, _) = server("").await;
    server.put("empty.png", b"");
    refused_for_its_bytes(&server, "empty.png", "SOURCE_UNDECODABLE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_source_is_undecodable_wherever_it_is_cut() {
    let (server, _) = server("").await;
    for (kind, whole) in [("png", png(200, 150, 1)), ("jpg", jpeg(200, 150, 1))] {
        for (name, length) in [("header", 20), ("start", 60), ("half", whole.len() / 2)] {
            let path = format!("cut-{name}.{kind}");
            server.put(&path, &whole[..length]);
            refused_for_its_bytes(&server, &path, "SOURCE_UNDECODABLE").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_extension_counts_for_nothing_and_the_bytes_for_everything() {
    let (server, client) = server("").await;
    server.put("really-png.jpg", &png(80, 60, 1));
    assert!(client.ensure_generated(("really-png.jpg", "small")).await.unwrap().rendition().is_ready());
    server.put("no-extension", &jpeg(80, 60, 1));
    assert!(client.ensure_generated(("no-extension", "small")).await.unwrap().rendition().is_ready());
    server.put("text.jpg", b"dear diary, today I was an image");
    refused_for_its_bytes(&server, "text.jpg", "SOURCE_UNDECODABLE").await;
    server.put("jxl.jpg", b"\xff\x0a and so on");
    refused_for_its_bytes(&server, "jxl.jpg", "SOURCE_UNSUPPORTED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_more_than_100_megapixels_in_a_few_bytes_is_refused_before_it_is_decoded() {
    let decoded = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = decoded.clone();
    let options = Options::default().config(SMALL).before_decode(move |bytes| {
        seen.fetch_or(bytes.len() < 40, std::sync::atomic::Ordering::SeqCst);
    });
    let server = TestServer::with(options).await;
    for (path, width, height) in [
        ("wide.png", 20_000, 5_001),
        ("huge.png", 2_147_483_647, 2_147_483_647),
        ("thin.png", 1, 2_000_000_000),
    ] {
        server.put(path, &png_header(width, height));
        refused_for_its_bytes(&server, path, "SOURCE_LIMIT_EXCEEDED").await;
    }
    assert!(!decoded.load(std::sync::atomic::Ordering::SeqCst));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_more_bytes_than_the_limit_is_refused_without_being_read() {
    let (server, client) = server("[limits]\nmax_source_bytes = \"4 KiB\"\n").await;
    server.put("heavy.png", &png(200, 150, 1));
    let refusal = refused(
        at_once(client.ensure_generated(("heavy.png", "small"))).await,
        Code::FailedPrecondition,
        "SOURCE_LIMIT_EXCEEDED",
        None,
    );
    assert_eq!(refusal.metadata["limit"], "max_source_bytes");
    assert_eq!(server.counts("media").read(), 0);
}
