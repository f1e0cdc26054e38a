//! Bad input: every kind of it is answered within a second with its typed error, and leaves the server answering.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use rendition_client::{
    Client, Code, Crop, EnsureGenerated, Jpeg, Resize, ResizeToFill, ResizeToFit, Source, Spec, UrlKind,
    UrlOptions,
};
use rendition_proto::v1::{self, rendition_service_client::RenditionServiceClient};
use rendition_tests::{
    http_get::http_get,
    pictures::{SMALL, jpeg, png, png_header},
    refusals::{at_once, refused},
    test_server::{Options, TestServer},
};
use tonic_types::StatusExt;

const GOOD: (&str, &str) = ("good.png", "small");

async fn server(config: &str) -> (TestServer, Client) {
    let server = TestServer::with(Options::default().config(&format!("{config}{SMALL}"))).await;
    server.put(GOOD.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

/// The server still does its work, for a key that it has not made before.
async fn still_answers(server: &TestServer) {
    server.put("after.png", &png(90, 60, 1));
    let asked = EnsureGenerated::new(("after.png", "small")).max_age(Duration::ZERO);
    let ensured = at_once(server.client().ensure_generated(asked)).await.unwrap();
    assert!(ensured.rendition().is_ready());
    assert_eq!(server.engine.flights(), 0);
}

/// What is wrong with a source: the same error by every way to the bytes, and a state for those who only ask.
async fn refused_for_its_bytes(server: &TestServer, path: &str, reason: &str) {
    let client = server.client();
    refused(at_once(client.ensure_generated((path, "small"))).await, Code::FailedPrecondition, reason, None);
    refused(at_once(client.read_to_vec((path, "small"))).await, Code::FailedPrecondition, reason, None);
    let view = at_once(client.exists((path, "small"))).await.unwrap().into_rendition();
    assert_eq!(view.failure().unwrap().reason().as_str(), reason);
    let url = at_once(client.url((path, "small"))).await.unwrap();
    let (status, headers, body) = at_once(http_get(url.url())).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (422, "no-store"));
    assert!(String::from_utf8_lossy(&body).contains(reason));
    still_answers(server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_store_is_store_not_found() {
    let (server, client) = server("").await;
    for store in ["archive", "renditions", "Not a name", "../media"] {
        let asked = client.ensure_generated((Source::new(GOOD.0).store(store), GOOD.1));
        refused(at_once(asked).await, Code::NotFound, "STORE_NOT_FOUND", Some("rendition.source.store"));
    }
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_spec_is_spec_not_found() {
    let (server, client) = server("").await;
    for id in ["portrait", "inline", "", "Small", "../small"] {
        let asked = client.ensure_generated((GOOD.0, id));
        refused(at_once(asked).await, Code::NotFound, "SPEC_NOT_FOUND", Some("rendition.recipe.spec_id"));
    }
    refused(at_once(client.get_spec("portrait")).await, Code::NotFound, "SPEC_NOT_FOUND", Some("id"));
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_paths_are_invalid_path_by_every_call_and_no_storage_sees_them() {
    let (server, client) = server("").await;
    let long = "a/".repeat(300) + "b.png";
    let of_a_rendition = "cat.jpg/small.0.00000000000000000000000000000000.png";
    let hostile = [
        "",
        "/etc/passwd",
        "../secret.png",
        "photos/../../secret.png",
        "photos//cat.png",
        "photos/./cat.png",
        "photos/",
        "photos\\cat.png",
        "cat\0.png",
        "cat\n.png",
        "\u{85}cat.png",
        "..",
        ".",
        ".rendition-tmp/x",
        &long,
        &"x".repeat(256),
        of_a_rendition,
    ];
    for path in hostile {
        let field = Some("rendition.source.path");
        let (code, reason) = (Code::InvalidArgument, "INVALID_PATH");
        let named = (path, "small");
        refused(at_once(client.ensure_generated(named)).await, code, reason, field);
        refused(at_once(client.exists(named)).await, code, reason, field);
        refused(at_once(client.url(named)).await, code, reason, field);
        refused(at_once(client.read_to_vec(named)).await, code, reason, field);
        let watched = at_once(client.watch([named])).await.map(|_| ());
        refused(watched, code, reason, Some("renditions[0].source.path"));
        let batch = at_once(client.batch_ensure_generated([named, GOOD])).await.unwrap();
        let [bad, good]: [_; 2] = batch.try_into().unwrap();
        refused(bad, code, reason, field);
        assert!(good.unwrap().rendition().is_ready());
    }
    assert_eq!(server.counts("media").stat(), 1, "the good one's");
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_is_source_not_found_and_a_state_for_those_who_only_ask() {
    let (server, client) = server("").await;
    let named = ("nobody.png", "small");
    let field = Some("rendition.source.path");
    refused(at_once(client.ensure_generated(named)).await, Code::NotFound, "SOURCE_NOT_FOUND", field);
    refused(at_once(client.read_to_vec(named)).await, Code::NotFound, "SOURCE_NOT_FOUND", field);
    let view = at_once(client.exists(named)).await.unwrap().into_rendition();
    assert_eq!(view.failure().unwrap().reason().as_str(), "SOURCE_NOT_FOUND");
    let url = at_once(client.url(named)).await.unwrap();
    assert_eq!(url.failure().unwrap().reason().as_str(), "SOURCE_NOT_FOUND");
    assert_eq!(at_once(http_get(url.url())).await.0, 404);
    // A folder is no source.
    server.put("folder/cat.png", &png(80, 60, 1));
    refused(
        at_once(client.ensure_generated(("folder", "small"))).await,
        Code::NotFound,
        "SOURCE_NOT_FOUND",
        field,
    );
    still_answers(&server).await;
}

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
    server.put("tiff.jpg", b"II*\0 and so on");
    refused_for_its_bytes(&server, "tiff.jpg", "SOURCE_UNSUPPORTED").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn zero_and_absurd_sizes_are_invalid_spec_with_the_fields_path() {
    let (server, client) = server("").await;
    let specs = || Spec::builder();
    let bad: [(Spec, &str); 9] = [
        (specs().resize(Resize::new(0, 10)).png(()), "operations[0].resize.width"),
        (specs().resize(Resize::new(10, 65_536)).png(()), "operations[0].resize.height"),
        (specs().resize_to_fit((0, 0)).png(()), "operations[0].resize_to_fit"),
        (specs().resize_to_fit((u32::MAX, 10)).png(()), "operations[0].resize_to_fit.width"),
        (
            specs().resize_to_fit((9, 9)).resize_to_fill(ResizeToFill::new(0, 1)).png(()),
            "operations[1].resize_to_fill.width",
        ),
        (specs().crop(Crop::new(1, 0)).png(()), "operations[0].crop.height"),
        (specs().jpeg(101), "output.jpeg.quality"),
        (specs().jpeg(0), "output.jpeg.quality"),
        (specs().jpeg(Jpeg::new().background("mauve")), "output.jpeg.background"),
    ];
    for (spec, field) in bad {
        let answer = at_once(client.ensure_generated((GOOD.0, &spec))).await;
        let status = answer.unwrap_err();
        let fields: Vec<_> = status.violations().iter().map(|violation| violation.field.clone()).collect();
        assert_eq!(status.reason().unwrap().as_str(), "INVALID_SPEC", "{field}");
        assert_eq!(status.code(), Code::InvalidArgument, "{field}");
        assert_eq!(fields.len(), 1, "{field}");
        assert!(fields[0].starts_with(&format!("rendition.recipe.spec.{field}")), "{fields:?} {field}");
    }
    let many = (0..33).fold(specs(), |spec, _| spec.resize_to_fit((9, 9))).png(());
    let field = Some("rendition.recipe.spec.operations");
    refused(client.ensure_generated((GOOD.0, &many)).await, Code::InvalidArgument, "INVALID_SPEC", field);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_more_pixels_than_the_limit_is_refused_before_any_is_made() {
    let (server, client) = server("[limits]\nmax_output_pixels = 1000000\n").await;
    let spec =
        Spec::builder().resize(Resize::new(2000, 2000).upscale(rendition_client::Upscale::Allow)).png(());
    let asked = at_once(client.ensure_generated((GOOD.0, &spec))).await;
    refused(asked, Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", None);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inline_specs_are_refused_where_they_are_disabled() {
    let (server, client) = server("[limits]\ninline_specs = false\n").await;
    let spec = Spec::builder().resize_to_fit(ResizeToFit::width(40)).png(());
    let named = (GOOD.0, &spec);
    let (code, field) = (Code::PermissionDenied, Some("rendition.recipe.spec"));
    refused(at_once(client.ensure_generated(named)).await, code, "INLINE_SPECS_DISABLED", field);
    refused(at_once(client.exists(named)).await, code, "INLINE_SPECS_DISABLED", field);
    refused(at_once(client.url(named)).await, code, "INLINE_SPECS_DISABLED", field);
    refused(at_once(client.read_to_vec(named)).await, code, "INLINE_SPECS_DISABLED", field);
    still_answers(&server).await;
}

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
async fn a_message_over_the_limit_is_message_too_large() {
    let (server, _) = server("[limits]\nmax_message_bytes = \"64 KiB\"\n").await;
    let client = Client::builder(server.grpc.as_str()).max_message_bytes(64 << 20).build().unwrap();
    let path = "x".repeat(1 << 20);
    refused(
        at_once(client.ensure_generated((path, "small"))).await,
        Code::InvalidArgument,
        "MESSAGE_TOO_LARGE",
        None,
    );
    let specs = client.get_spec("y".repeat(1 << 20));
    refused(at_once(specs).await, Code::InvalidArgument, "MESSAGE_TOO_LARGE", None);
    assert!(client.ensure_generated(GOOD).await.unwrap().rendition().is_ready(), "on the same connection");
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_more_items_than_the_limit_is_batch_too_large() {
    let (server, client) = server("").await;
    let (code, reason) = (Code::InvalidArgument, "BATCH_TOO_LARGE");
    let many = || vec![GOOD; 1001];
    refused(at_once(client.batch_ensure_generated(many())).await, code, reason, Some("requests"));
    refused(at_once(client.batch_exists(many())).await, code, reason, Some("requests"));
    refused(at_once(client.batch_url(many())).await, code, reason, Some("requests"));
    let watched = at_once(client.watch(many())).await.map(|_| ());
    refused(watched, code, reason, Some("renditions"));
    assert_eq!(client.batch_exists(vec![GOOD; 1000]).await.unwrap().len(), 1000);
    assert_eq!(client.batch_exists(Vec::<(&str, &str)>::new()).await.unwrap().len(), 0);
    still_answers(&server).await;
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
        let url = client.url(rendition_client::Url::new(GOOD).url_options(options));
        refused(at_once(url).await, code, reason, Some(&field));
    }
    assert_eq!(server.serving_calls(), 0);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_too_long_is_invalid_version() {
    let (server, client) = server("").await;
    let asked = client.ensure_generated((Source::new(GOOD.0).version("v".repeat(65)), GOOD.1));
    let field = Some("rendition.source.version");
    refused(at_once(asked).await, Code::InvalidArgument, "INVALID_VERSION", field);
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_with_nothing_or_nonsense_in_them_name_the_field() {
    let (server, _) = server("").await;
    let mut raw = RenditionServiceClient::connect(server.grpc.clone()).await.unwrap();
    let source = || Some(v1::Source { path: GOOD.0.into(), ..Default::default() });
    let recipe = |recipe| Some(v1::Recipe { recipe });
    let small = || recipe(Some(v1::recipe::Recipe::SpecId("small".into())));
    let rendition = |source, recipe| Some(v1::RenditionRef { source, recipe, accept: vec![] });
    let ask = |rendition| v1::EnsureGeneratedRequest { rendition, ..Default::default() };
    let empty = v1::Spec::default();
    let no_operation = v1::Spec { operations: vec![v1::Operation::default()], ..Default::default() };
    let inline = |spec| recipe(Some(v1::recipe::Recipe::Spec(spec)));
    let backwards = prost_types::Duration { seconds: -1, nanos: 0 };
    let zero = v1::Source { dimensions: Some(v1::Dimensions::default()), ..source().unwrap() };
    let bad = [
        (ask(None), "INVALID_ARGUMENT", "rendition"),
        (ask(rendition(None, small())), "INVALID_PATH", "rendition.source.path"),
        (ask(rendition(source(), None)), "INVALID_SPEC", "rendition.recipe"),
        (ask(rendition(source(), recipe(None))), "INVALID_SPEC", "rendition.recipe"),
        (ask(rendition(source(), inline(empty))), "INVALID_SPEC", "rendition.recipe.spec.output"),
        (
            ask(rendition(source(), inline(no_operation))),
            "INVALID_SPEC",
            "rendition.recipe.spec.operations[0]",
        ),
        (ask(rendition(Some(zero), small())), "INVALID_ARGUMENT", "rendition.source.dimensions"),
        (
            v1::EnsureGeneratedRequest { strategy: 99, ..ask(rendition(source(), small())) },
            "INVALID_ARGUMENT",
            "strategy",
        ),
        (
            v1::EnsureGeneratedRequest { max_wait: Some(backwards), ..ask(rendition(source(), small())) },
            "INVALID_ARGUMENT",
            "max_wait",
        ),
    ];
    for (message, reason, field) in bad {
        let status = at_once(raw.ensure_generated(message)).await.unwrap_err();
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "rendition"), "{field}");
        assert_eq!(status.code(), Code::InvalidArgument, "{field}");
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, field);
    }
    still_answers(&server).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_symbolic_link_out_of_the_store_gives_nothing_away() {
    let (server, client) = server("").await;
    let secret = server.root().join("secret.png");
    std::fs::write(&secret, png(80, 60, 9)).unwrap();
    let media = server.root().join("media");
    std::os::unix::fs::symlink(&secret, media.join("link.png")).unwrap();
    std::os::unix::fs::symlink(server.root(), media.join("up")).unwrap();
    for path in ["link.png", "up/secret.png"] {
        let error = at_once(client.ensure_generated((path, "small"))).await.unwrap_err();
        let reason = error.reason().unwrap().as_str().to_owned();
        assert!(matches!(reason.as_str(), "NOT_PERMITTED" | "SOURCE_NOT_FOUND"), "{error:?}");
    }
    assert_eq!(server.renditions(), Vec::<String>::new());
    still_answers(&server).await;
}
