//! What a CDN and a browser's rules ask of an origin.

use rendition_client::Client;
use rendition_tests::{
    http_request::http_request,
    pictures::{SMALL, png},
    test_server::{Options, TestServer},
};

use super::{CAT, get};

async fn server(media: &str) -> (TestServer, Client) {
    let server =
        TestServer::with(Options::default().config(&format!("[media]\n{media}\n{SMALL}")).manual_clock())
            .await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_safe_to_be_opened_in_a_browser() {
    let (server, client) = server("").await;
    let url = client.url(CAT).await.unwrap().url().to_owned();
    let etag = get(&url).await.header("etag").to_owned();
    for (method, url, headers, status) in [
        ("GET", url.clone(), vec![], 200),
        ("HEAD", url.clone(), vec![], 200),
        ("GET", url.clone(), vec![("if-none-match", etag.as_str())], 304),
        ("GET", url.clone(), vec![("range", "bytes=0-1")], 206),
        ("GET", url.clone(), vec![("range", "bytes=999999-")], 416),
        ("POST", url.clone(), vec![], 405),
        ("OPTIONS", url.clone(), vec![], 204),
        ("GET", format!("{}/r/x", server.http), vec![], 404),
        ("GET", format!("{}/", server.http), vec![], 404),
    ] {
        let answer = http_request(method, &url, &headers).await;
        assert_eq!(answer.status, status, "{method} {url}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {url}");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(answer.header("access-control-allow-origin"), "", "nobody was allowed");
        if status >= 400 {
            assert_eq!(answer.header("cache-control"), "no-store", "{method} {url}");
        }
    }
    let (_server, client) = self::server("cross_origin_resource_policy = \"same-site\"").await;
    let url = client.url(CAT).await.unwrap();
    assert_eq!(get(url.url()).await.header("cross-origin-resource-policy"), "same-site");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_allowed_origins_may_read_and_are_told_so_when_they_ask_ahead() {
    let (_server, client) =
        server("cors_origins = [\"https://shop.example.org\", \"http://localhost:3000\"]").await;
    let url = client.url(CAT).await.unwrap().url().to_owned();
    for origin in ["https://shop.example.org", "http://localhost:3000"] {
        let answer = http_request("GET", &url, &[("origin", origin)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert!(answer.header("access-control-expose-headers").contains("etag"));
        assert_eq!(answer.header("vary"), "Origin");
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "range"),
        ];
        let ahead = http_request("OPTIONS", &url, &asked).await;
        assert_eq!((ahead.status, ahead.header("access-control-allow-origin")), (204, origin));
        assert_eq!(ahead.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
        assert!(ahead.header("access-control-allow-headers").contains("range"));
        assert_eq!(ahead.header("access-control-max-age"), "86400");
    }
    for origin in ["https://evil.example.org", "https://shop.example.org.evil.org", "null"] {
        let answer = http_request("GET", &url, &[("origin", origin)]).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""), "{origin}");
        assert_eq!(answer.header("vary"), "Origin", "or a cache would give it to those who are allowed");
        let asked = [("origin", origin), ("access-control-request-method", "GET")];
        let ahead = http_request("OPTIONS", &url, &asked).await;
        assert_eq!((ahead.status, ahead.header("access-control-allow-methods")), (204, ""), "{origin}");
    }
    let missing = http_request("GET", &format!("{url}x"), &[("origin", "http://localhost:3000")]).await;
    assert_eq!(
        missing.header("access-control-allow-origin"),
        "http://localhost:3000",
        "errors can be read, too"
    );

    let (_server, client) = server("cors_origins = [\"*\"]").await;
    let url = client.url(CAT).await.unwrap().url().to_owned();
    let answer = http_request("GET", &url, &[("origin", "https://anybody.example.org")]).await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), ("*", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_name_their_source_to_caches_under_the_configured_header() {
    let (server, client) = server("").await;
    server.put("a, b c.png", &png(80, 60, 1));
    for (source, tag) in [(CAT.0, "media/photos/cat.png"), ("a, b c.png", "media/a%2C%20b%20c.png")] {
        let url = client.url((source, CAT.1)).await.unwrap().url().to_owned();
        let first = get(&url).await;
        assert_eq!(first.header("cache-tag"), tag);
        let again = http_request("GET", &url, &[("if-none-match", first.header("etag"))]).await;
        assert_eq!((again.status, again.header("cache-tag")), (304, tag));
    }
    let (_server, client) = self::server("cache_tag_header = \"Surrogate-Key\"").await;
    let answer = get(client.url(CAT).await.unwrap().url()).await;
    assert_eq!((answer.header("surrogate-key"), answer.header("cache-tag")), ("media/photos/cat.png", ""));
    let (_server, client) = self::server("cache_tag_header = \"none\"").await;
    assert_eq!(get(client.url(CAT).await.unwrap().url()).await.header("cache-tag"), "");
}
