//! How renditions are served.

use std::time::Duration;

use futures_util::future::join_all;
use rendition_client::{EnsureGenerated, Outcome, Source, Strategy, Url, UrlOptions};
use rendition_server::storage::Operation;
use rendition_tests::{
    http_request::http_request,
    pictures::{SMALL, png, small},
    test_server::{Options, TestServer},
    until::until,
};

use super::{CAT, get, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_get_of_what_is_missing_generates_it_and_the_next_one_finds_it() {
    let (server, client) = server().await;
    let url = client.url(CAT).await.unwrap();
    let first = get(url.url()).await;
    assert_eq!((first.status, first.body.to_vec()), (200, small(&png(80, 60, 1))));
    assert_eq!(server.renditions(), [url.key()]);
    let second = get(url.url()).await;
    assert_eq!((second.status, second.body), (200, first.body));
    assert_eq!((server.counts("media").read(), server.counts("renditions").write()), (1, 1));
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Found);
}

#[tokio::test(flavor = "multi_thread")]
async fn gets_reads_and_calls_for_one_missing_rendition_share_one_generation() {
    let (server, client) = server().await;
    let url = client.url(CAT).await.unwrap().url().to_owned();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let gets = join_all((0..10).map(|_| get(&url)));
    let reads = join_all((0..10).map(|_| client.read_to_vec(CAT)));
    let calls = join_all((0..10).map(|_| client.ensure_generated(CAT)));
    let (gets, reads, calls, ()) = tokio::join!(gets, reads, calls, async {
        hold.reached().await;
        until("thirty wait", || server.engine.waiting() == 30).await;
        hold.release();
    });
    let expected = small(&png(80, 60, 1));
    assert!(gets.iter().all(|answer| answer.status == 200 && answer.body == expected));
    assert!(reads.iter().all(|bytes| *bytes.as_ref().unwrap() == expected));
    assert!(calls.iter().all(|ensured| ensured.as_ref().unwrap().rendition().is_ready()));
    assert_eq!((server.counts("media").read(), server.counts("renditions").write()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_what_it_is_and_that_it_may_be_kept_for_ever() {
    let (_server, client) = server().await;
    let made = client.ensure_generated(CAT).await.unwrap().into_rendition();
    let answer = get(made.url()).await;
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("last-modified").ends_with("GMT"));
    let etag = answer.header("etag");
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2, "a strong one: {etag}");
    assert_eq!(etag.trim_matches('"'), made.image().unwrap().etag().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let (_server, client) = server().await;
    let url = client.url(CAT).await.unwrap();
    let head = http_request("HEAD", url.url(), &[]).await;
    let get = get(url.url()).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "content-length", "etag", "cache-control", "accept-ranges", "last-modified"]
    {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_without_a_version_serves_the_current_one_and_may_be_kept_for_seconds_only() {
    let (server, client) = server().await;
    let optimistic = EnsureGenerated::new(CAT).strategy(Strategy::Optimistic);
    let url = client.ensure_generated(optimistic).await.unwrap().into_rendition().url().to_owned();
    let first = get(&url).await;
    assert_eq!((first.status, first.body.to_vec()), (200, small(&png(80, 60, 1))));
    assert_eq!(first.header("cache-control"), "public, max-age=10");
    server.put(CAT.0, &png(80, 60, 2));
    server.clock.advance(Duration::from_secs(10));
    let second = get(&url).await;
    assert_eq!((second.status, second.body.to_vec()), (200, small(&png(80, 60, 2))));
    assert_ne!(second.header("etag"), first.header("etag"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_of_an_older_version_that_is_stored_goes_on_being_served_where_it_is_signed() {
    let options = Options::default().config(&format!("[media]\naccess = \"signed\"\n{SMALL}")).manual_clock();
    let server = TestServer::with(options).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    let old = client.ensure_generated(CAT).await.unwrap().into_rendition();
    server.put(CAT.0, &png(80, 60, 2));
    server.clock.advance(Duration::from_secs(10));
    let new = client.ensure_generated(CAT).await.unwrap().into_rendition();
    assert_eq!(get(old.url()).await.body.to_vec(), small(&png(80, 60, 1)));
    assert_eq!(get(new.url()).await.body.to_vec(), small(&png(80, 60, 2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_name_comes_back_as_an_attachment_in_both_forms() {
    let (_server, client) = server().await;
    for (name, plain, encoded) in [
        ("cat.png", "cat.png", "cat.png"),
        ("Größe \"1\".png", "Gr__e _1_.png", "Gr%C3%B6%C3%9Fe%20%221%22.png"),
    ] {
        let asked = Url::new(CAT).url_options(UrlOptions::new().download_name(name));
        let url = client.url(asked).await.unwrap();
        assert!(url.url().contains("signature="), "the name is signed");
        let answer = get(url.url()).await;
        assert_eq!(answer.status, 200);
        let expected = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
        assert_eq!(answer.header("content-disposition"), expected);
    }
    let plain = client.url(CAT).await.unwrap();
    assert_eq!(get(plain.url()).await.header("content-disposition"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_other_than_get_head_and_options_are_refused() {
    let (server, client) = server().await;
    let url = client.url(CAT).await.unwrap();
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let answer = http_request(method, url.url(), &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, OPTIONS"), "{method}");
    }
    assert_eq!(server.renditions(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_url_stays_the_same_for_a_quarter_of_its_lifetime_and_works_for_three_quarters() {
    let options = Options::default().config(&format!("[media]\naccess = \"signed\"\n{SMALL}")).manual_clock();
    let server = TestServer::with(options).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    let hour = Duration::from_secs(3600);
    let asked = || Url::new(CAT).url_options(UrlOptions::new().lifetime(hour));
    // The clock begins 800 s into a quarter of an hour: 1,700,000,000 is 900 times 1,888,888 and 800 more.
    let first = client.url(asked()).await.unwrap();
    server.clock.advance(Duration::from_secs(99));
    assert_eq!(client.url(asked()).await.unwrap().url(), first.url());
    server.clock.advance(Duration::from_secs(1));
    let second = client.url(asked()).await.unwrap();
    assert_ne!(second.url(), first.url());
    server.clock.advance(Duration::from_secs(899));
    assert_eq!(client.url(asked()).await.unwrap().url(), second.url());
    let left = second.url_expire_time().unwrap().duration_since(server.clock.now().into()).unwrap();
    assert!(left >= hour * 3 / 4, "{left:?}");
    server.clock.advance(hour * 3 / 4);
    assert_eq!(get(second.url()).await.status, 200);
    server.clock.advance(hour / 4);
    assert_eq!(get(second.url()).await.status, 403);
    assert_eq!(get(client.url(asked()).await.unwrap().url()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_only_url_is_the_same_without_scheme_and_host() {
    let (server, client) = server().await;
    let asked = Url::new(CAT).url_options(UrlOptions::new().path_only());
    let path = client.url(asked).await.unwrap().url().to_owned();
    assert!(path.starts_with("/r/media/photos/cat.png/small."));
    assert_eq!(client.url(CAT).await.unwrap().url(), format!("{}{path}", server.http));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_plain_text_with_their_reason_and_never_cached() {
    let (server, client) = server().await;
    server.put("broken.png", b"no image");
    let source = Source::new("photos/cat.png").version("mine");
    let unsigned = client.url((source, "small")).await.unwrap().url().split('?').next().unwrap().to_owned();
    let broken = client.url(("broken.png", "small")).await.unwrap().url().to_owned();
    let missing = client.url(("nobody.png", "small")).await.unwrap().url().to_owned();
    for (url, status, reason) in [
        (broken.clone(), 422, "SOURCE_UNDECODABLE"),
        (missing, 404, "SOURCE_NOT_FOUND"),
        (unsigned, 404, "SOURCE_NOT_FOUND"),
        (format!("{}/r/nonsense", server.http), 404, "SPEC_NOT_FOUND"),
    ] {
        let answer = get(&url).await;
        assert_eq!((answer.status, answer.header("cache-control")), (status, "no-store"), "{url}");
        assert!(answer.header("content-type").starts_with("text/plain"));
        assert!(String::from_utf8_lossy(&answer.body).contains(reason), "{url}");
    }
    assert_eq!(get(&broken).await.header("retry-after"), "5");
}
