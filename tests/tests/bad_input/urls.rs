//! Media URLs that were not given by the server, and options for URLs that it cannot give.

use std::time::Duration;

use rendition_client::{Code, EnsureGenerated, Source, Spec, Url, UrlKind, UrlOptions};
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, png},
    refusals::{at_once, refused},
    test_server::{Options, TestServer},
};

use super::{GOOD, server, still_answers};

#[tokio::test(flavor = "multi_thread")]
async fn forged_altered_and_expired_urls_are_forbidden() {
    let options = Options::default().config(&format!("[media]\naccess = \"signed\"\n{SMALL}")).manual_clock();
    let server = TestServer::with(options).await;
    server.put(GOOD.0, &png(80, 60, 1));
    let url = server.client().url(GOOD).await.unwrap().url().to_owned();
    assert!(url.contains("signature="));
    let (path, query) = url.split_once('?').unwrap();
    let forged = [
        path.to_owned(),
        url.replace("signature=", "signature=A"),
        url.replace("expires=", "expires=9"),
        url.replace("good.png", "after.png"),
        url.replace("small.", "large."),
        url.replace("key=", "key=x"),
        format!("{path}?{query}&download=x.png"),
        format!("{path}?{}", query.replace("signature=", "sign=")),
        url.replace("signature=", "signature=%00%ff"),
    ];
    for url in &forged {
        let (status, headers, body) = at_once(http_get(url)).await;
        assert_eq!(status, 403, "{url}");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(String::from_utf8_lossy(&body).contains("NOT_PERMITTED"));
    }
    assert_eq!(server.renditions(), Vec::<String>::new(), "nothing was made for them");
    assert_eq!(at_once(http_get(&url)).await.0, 200);
    server.clock.advance(Duration::from_secs(8 * 24 * 3600));
    assert_eq!(at_once(http_get(&url)).await.0, 403);
    let fresh = server.client().url(GOOD).await.unwrap();
    assert_eq!(at_once(http_get(fresh.url())).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_endpoint_makes_nothing_unsigned_but_public_specs_at_its_own_versions() {
    let private = SMALL.replace("specs.small", "specs.private").replace("public = true", "public = false");
    let (server, client) = server(&private).await;
    let strip = |url: &str| url.split('?').next().unwrap().to_owned();
    let inline = Spec::builder().resize_to_fit((12, 0)).png(());
    let urls = [
        client.url((GOOD.0, "private")).await.unwrap(),
        client.url((GOOD.0, &inline)).await.unwrap(),
        client.url((Source::new(GOOD.0).version("of-my-own"), "small")).await.unwrap(),
    ];
    for url in &urls {
        assert!(url.url().contains("signature="), "{}", url.url());
        let (status, ..) = at_once(http_get(&strip(url.url()))).await;
        assert!(matches!(status, 403 | 404), "{status} {}", url.url());
    }
    assert_eq!(server.renditions(), Vec::<String>::new());
    let public = client.url(GOOD).await.unwrap();
    assert!(!public.url().contains('?'));
    for wrong in [public.url().replace("small.", "large."), public.url().replace(".png", ".webp")] {
        assert_eq!(at_once(http_get(&wrong)).await.0, 404, "{wrong}");
    }
    for hostile in [
        "/r/",
        "/r/media/../media/good.png",
        "/r/%2e%2e/%2e%2e/etc/passwd",
        "/r/%00",
        "/etc/passwd",
        "/r/%ff",
    ] {
        assert_eq!(at_once(http_get(&format!("{}{hostile}", server.http))).await.0, 404, "{hostile}");
    }
    assert_eq!(at_once(http_get(public.url())).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_url_options_are_refused_before_any_work_is_done_for_them() {
    let (server, client) = server("").await;
    let bad = [
        (UrlOptions::new().lifetime(Duration::ZERO), Code::InvalidArgument, "INVALID_ARGUMENT", "lifetime"),
        (
            UrlOptions::new().lifetime(Duration::from_secs(367 * 24 * 3600)),
            Code::InvalidArgument,
            "INVALID_ARGUMENT",
            "lifetime",
        ),
        (UrlOptions::new().download_name("../a"), Code::InvalidArgument, "INVALID_ARGUMENT", "download_name"),
        (
            UrlOptions::new().download_name("a\r\nb: c"),
            Code::InvalidArgument,
            "INVALID_ARGUMENT",
            "download_name",
        ),
        (
            UrlOptions::new().kind(UrlKind::Presigned),
            Code::FailedPrecondition,
            "URL_KIND_UNSUPPORTED",
            "kind",
        ),
    ];
    for (options, code, reason, field) in bad {
        let field = format!("url_options.{field}");
        let ensured = client.ensure_generated(EnsureGenerated::new(GOOD).url_options(options.clone()));
        refused(at_once(ensured).await, code, reason, Some(&field));
        let url = client.url(Url::new(GOOD).url_options(options));
        refused(at_once(url).await, code, reason, Some(&field));
    }
    assert_eq!(server.serving_calls(), 0);
    still_answers(&server).await;
}
