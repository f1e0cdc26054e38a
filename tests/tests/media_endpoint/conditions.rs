//! Conditional requests and ranges.

use std::time::Duration;

use rendition_tests::http_request::http_request;

use super::{CAT, get, server};

#[tokio::test(flavor = "multi_thread")]
async fn who_has_it_already_is_told_so() {
    let (server, client) = server().await;
    let url = client.ensure_generated(CAT).await.unwrap().into_rendition().url().to_owned();
    let etag = get(&url).await.header("etag").to_owned();
    let reads = server.counts("renditions").read();
    for tags in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".into()] {
        let answer = http_request("GET", &url, &[("if-none-match", &tags)]).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{tags}");
        assert_eq!(answer.header("etag"), etag);
        assert!(!answer.header("cache-control").is_empty());
    }
    assert_eq!(server.counts("renditions").read(), reads, "nothing was read for it");
    let other = http_request("GET", &url, &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status, 200);
    let unmatched = http_request("GET", &url, &[("if-match", "\"other\"")]).await;
    assert_eq!(unmatched.status, 412);
    let matched = http_request("GET", &url, &[("if-match", &etag)]).await;
    assert_eq!(matched.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_are_served_and_what_is_out_of_range_is_refused() {
    let (_server, client) = server().await;
    let url = client.ensure_generated(CAT).await.unwrap().into_rendition().url().to_owned();
    let whole = get(&url).await.body;
    let size = whole.len();
    let last = size - 1;
    for (range, expected) in [
        ("bytes=0-9".to_owned(), 0..10),
        ("bytes=10-".to_owned(), 10..size),
        ("bytes=-7".to_owned(), size - 7..size),
        (format!("bytes={last}-999999"), last..size),
    ] {
        let answer = http_request("GET", &url, &[("range", &range)]).await;
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.body, whole.slice(expected.clone()), "{range}");
        let told = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
        assert_eq!(answer.header("content-range"), told);
        assert_eq!(answer.header("content-length"), expected.len().to_string());
    }
    let head = http_request("HEAD", &url, &[("range", "bytes=0-9")]).await;
    assert_eq!((head.status, head.header("content-length")), (200, size.to_string().as_str()));
    let beyond = http_request("GET", &url, &[("range", &format!("bytes={size}-"))]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, format!("bytes */{size}").as_str()));
    for ignored in ["bytes=9-3", "lines=1-2", "bytes=0-1,4-5", "nonsense"] {
        assert_eq!(http_request("GET", &url, &[("range", ignored)]).await.status, 200, "{ignored}");
    }
    let stale = http_request("GET", &url, &[("range", "bytes=0-9"), ("if-range", "\"other\"")]).await;
    assert_eq!((stale.status, stale.body.len()), (200, size));
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_do_where_no_tag_is_sent_and_a_tag_wins_over_them() {
    let (_server, client) = server().await;
    let url = client.ensure_generated(CAT).await.unwrap().into_rendition().url().to_owned();
    let whole = get(&url).await;
    let modified = whole.header("last-modified").to_owned();
    let time = httpdate::parse_http_date(&modified).unwrap();
    let before = httpdate::fmt_http_date(time - Duration::from_secs(1));
    let after = httpdate::fmt_http_date(time + Duration::from_secs(3600));
    for method in ["GET", "HEAD"] {
        for (headers, status) in [
            (&[("if-modified-since", modified.as_str())][..], 304),
            (&[("if-modified-since", &after)], 304),
            (&[("if-modified-since", &before)], 200),
            (&[("if-modified-since", "no date")], 200),
            (&[("if-modified-since", &after), ("if-none-match", "\"other\"")], 200),
            (&[("if-modified-since", &before), ("if-none-match", whole.header("etag"))], 304),
            (&[("if-unmodified-since", &before)], 412),
            (&[("if-unmodified-since", &modified)], 200),
            (&[("if-match", "\"other\""), ("if-none-match", "*")], 412),
        ] {
            let answer = http_request(method, &url, headers).await;
            assert_eq!(answer.status, status, "{method} {headers:?}");
            assert_eq!(answer.body.is_empty(), status != 200 || method == "HEAD", "{method} {headers:?}");
        }
    }
    for (date, status) in [(&modified, 206), (&before, 200), (&after, 200)] {
        let headers = [("range", "bytes=0-9"), ("if-range", date.as_str())];
        assert_eq!(http_request("GET", &url, &headers).await.status, status, "{date}");
    }
}
