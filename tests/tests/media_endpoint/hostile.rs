//! Requests that mean no good, each with its outcome.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use prost::Message;
use rendition_client::{Source, Spec};
use rendition_proto::v1::{self, rendition_service_client::RenditionServiceClient};
use rendition_tests::{
    http_request::http_request,
    pictures::{SMALL, png},
    refusals::at_once,
    test_server::{Options, TestServer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tonic_types::StatusExt;

use super::{CAT, get, server};

#[tokio::test(flavor = "multi_thread")]
async fn invented_versions_are_404_and_nothing_is_made_for_them() {
    let (server, client) = server().await;
    let url = client.url(CAT).await.unwrap().url().to_owned();
    let file = url.rsplit('/').next().unwrap();
    let version = file.split('.').nth(1).unwrap();
    for invented in ["0", "1", "abc", "~MA", "~~", "18ea9dd61bdeb6f0-3d798", ""] {
        let other = url.replace(&format!("small.{version}."), &format!("small.{invented}."));
        let answer = at_once(get(&other)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (404, "no-store"), "{other}");
    }
    assert!(server.renditions().is_empty());
    assert_eq!(get(&url).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_version_that_the_store_no_longer_has_is_409_and_one_that_it_never_had_is_not_made_up() {
    let (server, client) = server().await;
    let observed = client.url(CAT).await.unwrap();
    let version = observed.key().rsplit('/').next().unwrap().split('.').nth(1).unwrap().to_owned();
    server.put(CAT.0, &png(80, 60, 2));
    let old = client.url((Source::new(CAT.0).version(version), "small")).await.unwrap();
    let answer = at_once(get(old.url())).await;
    assert_eq!((answer.status, answer.header("cache-control")), (409, "no-store"));
    assert!(server.renditions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_specs_that_were_removed_or_changed_are_404() {
    let root = tempfile::tempdir().unwrap();
    let signed = "[media]\naccess = \"signed\"\n";
    let before =
        TestServer::with(Options::default().root(root.path(), "queue").config(&format!("{signed}{SMALL}")))
            .await;
    before.put(CAT.0, &png(80, 60, 1));
    let url = before.client().ensure_generated(CAT).await.unwrap().into_rendition().url().to_owned();
    assert_eq!(get(&url).await.status, 200);
    let path = url.strip_prefix(&before.http).unwrap().to_owned();
    before.stop().await;
    for specs in [SMALL.replace("specs.small", "specs.other"), SMALL.replace("width = 40", "width = 41")] {
        let after = TestServer::with(
            Options::default().root(root.path(), "queue").config(&format!("{signed}{specs}")),
        )
        .await;
        let answer = get(&format!("{}{path}", after.http)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (404, "no-store"), "{specs}");
        assert!(String::from_utf8_lossy(&answer.body).contains("SPEC_NOT_FOUND"));
        after.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn abuse_of_ranges_gives_the_whole_or_416_and_never_more_than_one_copy() {
    let (_server, client) = server().await;
    let url = client.ensure_generated(CAT).await.unwrap().into_rendition().url().to_owned();
    let size = get(&url).await.body.len();
    let many = format!("bytes={}", vec!["0-"; 1000].join(","));
    let overlapping =
        format!("bytes={}", (0..500).map(|from| format!("{from}-")).collect::<Vec<_>>().join(","));
    for (range, status) in [
        (many.as_str(), 200),
        (&overlapping, 200),
        ("bytes=-", 200),
        ("bytes=--1", 200),
        ("bytes=1-0", 200),
        ("bytes=0x0-0x5", 200),
        ("bytes=0-18446744073709551616", 206),
        ("bytes=18446744073709551615-18446744073709551616", 416),
        ("bytes=-0", 416),
        ("bytes=-18446744073709551616", 206),
    ] {
        let answer = at_once(http_request("GET", &url, &[("range", range)])).await;
        assert_eq!(answer.status, status, "{range:.60}");
        assert!(answer.body.len() <= size, "{range:.60}: {} bytes", answer.body.len());
    }
}

/// A server whose rendition `large` has megabytes that no socket takes in one go, and its URL.
async fn with_large(media: &str) -> (TestServer, String, usize) {
    let spec = "[specs.large]\noperations = []\noutput = { png = {} }\npublic = true\n";
    let server = TestServer::with(Options::default().config(&format!("[media]\n{media}\n{spec}"))).await;
    // Marsaglia's xorshift: nothing that a codec could foresee.
    let mut state = 1_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    let noise: Vec<u8> = (0..3 * 1800 * 1800).map(|_| next()).collect();
    server.put("large.png", &rendition_tests::pictures::encode_png(1800, 1800, &noise));
    let url = server
        .client()
        .ensure_generated(("large.png", "large"))
        .await
        .unwrap()
        .into_rendition()
        .url()
        .to_owned();
    let size = get(&url).await.body.len();
    assert!(size > 8 << 20, "{size} bytes");
    (server, url, size)
}

/// Asks for a URL on a connection of its own and takes nothing yet.
async fn ask(server: &TestServer, url: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream =
        socket.connect(server.http.strip_prefix("http://").unwrap().parse().unwrap()).await.unwrap();
    let path = url.strip_prefix(&server.http).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_readers_hold_up_nobody_and_are_cut_off_after_the_stall_timeout() {
    let (server, url, size) = with_large("stall_timeout = \"1s\"").await;
    let slow = join_all((0..100).map(|_| ask(&server, &url))).await;
    let begun = Instant::now();
    assert_eq!(get(&url).await.body.len(), size, "others are served meanwhile");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    tokio::time::sleep(Duration::from_millis(2500)).await;
    for mut stream in slow {
        let mut taken = Vec::new();
        // The end comes early: an error, or fewer bytes than were promised.
        let end = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut taken)).await;
        assert!(end.is_ok(), "still open after {} bytes", taken.len());
        assert!(taken.len() < size, "{} bytes", taken.len());
    }
    assert_eq!(get(&url).await.body.len(), size);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_most_wait_until_one_is_free() {
    let (server, url, size) = with_large("stall_timeout = \"1s\"\nmax_connections = 2").await;
    let _slow = (ask(&server, &url).await, ask(&server, &url).await);
    // The two are cut off, and then there is room again.
    let answer = tokio::time::timeout(Duration::from_secs(20), get(&url)).await.unwrap();
    assert_eq!(answer.body.len(), size);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_over_grpc_and_takes_nothing_is_cut_off_as_well() {
    let (server, _, size) = with_large("stall_timeout = \"1s\"").await;
    let mut raw = RenditionServiceClient::connect(server.grpc.clone()).await.unwrap();
    let (source, recipe) =
        (v1::Source { path: "large.png".into(), ..Default::default() }, "large".to_owned());
    let recipe = v1::Recipe { recipe: Some(v1::recipe::Recipe::SpecId(recipe)) };
    let rendition = v1::RenditionRef { source: Some(source), recipe: Some(recipe), accept: vec![] };
    let asked = v1::ReadRequest { rendition: Some(rendition) };
    let mut slow = raw.read(asked.clone()).await.unwrap().into_inner();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let (mut taken, mut end) = (0, None);
    while end.is_none() {
        match slow.message().await {
            Ok(part) => taken += part.map_or_else(|| panic!("all of it"), |part| part.encoded_len()),
            Err(status) => end = Some(status),
        }
    }
    assert!(taken < size, "{taken} bytes");
    let reason = end.unwrap().get_error_details().error_info().unwrap().reason.clone();
    assert_eq!(reason, "DEADLINE_EXCEEDED");
    let mut all = raw.read(asked).await.unwrap().into_inner();
    let mut taken = 0;
    while let Some(part) = all.message().await.unwrap() {
        taken += part.encoded_len();
    }
    assert!(taken >= size, "{taken} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_signature_is_a_wrong_one_also_where_none_is_needed() {
    let server =
        TestServer::with(Options::default().config(&format!("[media]\naccess = \"open\"\n{SMALL}"))).await;
    server.put(CAT.0, &png(80, 60, 1));
    let url = server.client().url(CAT).await.unwrap().url().to_owned();
    assert_eq!(get(&url).await.status, 200);
    for query in ["signature=x", "signature=", "signature=x&key=k", "expires=9999999999&signature=x"] {
        let answer = at_once(get(&format!("{url}?{query}&download=invoice.exe"))).await;
        assert_eq!((answer.status, answer.header("cache-control")), (403, "no-store"), "{query}");
    }
    // Without one there is nothing that could be taken from the query.
    let answer = get(&format!("{url}?download=invoice.exe")).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.header("content-disposition").contains("invoice"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_say_what_it_speaks_makes_room_for_others() {
    let server = TestServer::with(Options::default().config("[media]\nmax_connections = 2\n")).await;
    let address = server.http.strip_prefix("http://").unwrap();
    let _silent = TcpStream::connect(address).await.unwrap();
    let mut hesitant = TcpStream::connect(address).await.unwrap();
    hesitant.write_all(b"PRI * HTTP/2.0\r\n").await.unwrap();
    let url = format!("{}/", server.http);
    let answer = tokio::time::timeout(Duration::from_secs(20), get(&url)).await.unwrap();
    assert_eq!(answer.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spec_that_was_altered_in_its_url_is_403_and_nothing_is_made() {
    let (server, client) = server().await;
    let inline = Spec::builder().resize_to_fit((40, 0)).png(());
    let other = Spec::builder().resize_to_fit((4000, 0)).png(());
    let url = client.url((CAT.0, &inline)).await.unwrap().url().to_owned();
    let spec = |url: &str| url.split("&spec=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let foreign = spec(client.url((CAT.0, &other)).await.unwrap().url());
    for altered in
        [url.replace(&spec(&url), &foreign), url.replace(&spec(&url), ""), url.replace("&spec=", "&sbec=")]
    {
        assert_eq!(get(&altered).await.status, 403, "{altered}");
    }
    assert!(server.renditions().is_empty());
    assert_eq!(get(&url).await.status, 200);
}
