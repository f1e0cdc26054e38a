//! Sources that are saved, deleted, put and inspected, and what becomes of their renditions.
#![allow(clippy::unwrap_used)]

mod deleted;
mod inventory;
mod policies;
mod put;
mod saved;

use rendition_client::Client;
use rendition_tests::{
    pictures::{SMALL, png},
    test_server::{Options, TestServer},
};

const CAT: (&str, &str) = ("photos/cat.png", "small");

/// Specs whose strategies make ahead or not, for the photographs alone.
const AHEAD: &str = r#"
[specs.eager]
operations = [{ resize_to_fit = { width = 20 } }]
output = { png = {} }
strategy = "eager"
sources = ["photos/**"]
[specs.optimistic]
operations = [{ resize_to_fit = { width = 21 } }]
output = { png = {} }
strategy = "optimistic"
sources = ["photos/*.png"]
[specs.late]
operations = [{ resize_to_fit = { width = 22 } }]
output = { png = {} }
strategy = "background"
sources = ["photos/**"]
[specs.elsewhere]
operations = [{ resize_to_fit = { width = 23 } }]
output = { png = {} }
strategy = "eager"
sources = ["avatars/**"]
"#;

async fn server() -> (TestServer, Client) {
    let server = TestServer::with(Options::default().config(&format!("{SMALL}{AHEAD}"))).await;
    server.put(CAT.0, &png(80, 60, 1));
    let client = server.client();
    (server, client)
}

/// The label of a key: what stands before the first dot of its last segment.
fn label(key: &str) -> &str {
    key.rsplit('/').next().unwrap().split('.').next().unwrap()
}
