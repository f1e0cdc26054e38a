//! The media endpoint and the URLs that lead to it, as browsers, caches and strangers use them.
#![allow(clippy::unwrap_used)]

mod addresses;
mod conditions;
mod hostile;
mod negotiation;
mod origin;
mod placeholders;
mod serving;

use rendition_client::Client;
use rendition_tests::{
    http_request::{HttpAnswer, http_request},
    pictures::{SMALL, png},
    test_server::{Options, TestServer},
};

const CAT: (&str, &str) = ("photos/cat.png", "small");

async fn server() -> (TestServer, Client) {
    let server = TestServer::with(Options::default().config(SMALL).manual_clock()).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

async fn get(url: &str) -> HttpAnswer {
    http_request("GET", url, &[]).await
}

/// Source names that a URL could get wrong.
const ODD_NAMES: [&str; 14] = [
    "with space.png",
    "Größe/日本.png",
    "100%.png",
    "a?b=c&d#e.png",
    "plus+plus.png",
    "per%2fcent.png",
    "per%20cent.png",
    "semi;colon,comma:'\"<>.png",
    "emoji-\u{1f63a}.png",
    "-_.~.png",
    "CAPS.PNG",
    "e\u{301} and \u{e9}.png",
    "[brackets] {braces} |pipe| ^`.png",
    "$@!*()=&.png",
];
