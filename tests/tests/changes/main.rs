//! Configurations that change under a running server, and what is shown meanwhile.
#![allow(clippy::unwrap_used)]

mod changed_source;
mod changed_spec;
mod explain;
mod plan;
mod reload;

use std::time::{Duration, SystemTime};

use rendition_client::{Ensured, Outcome};
use rendition_server::model::{Clock, Timestamp};
use rendition_tests::test_server::{Options, TestServer};

/// Where the tests' clocks begin, in milliseconds since 1970.
const START: u64 = 1_700_000_000_000;

/// A spec `card` of some width that older renditions may stand in for, and `strict` that none may.
fn specs(width: u32) -> String {
    let spec = |id: &str, more: &str| {
        format!(
            "[specs.{id}]\noperations = [{{ resize_to_fit = {{ width = {width} }} }}]\noutput = {{ png = {{}} }}\npublic = true\n{more}"
        )
    };
    spec("card", "stale_while_revalidate = \"1h\"\nprevious_for = \"7d\"\n") + &spec("strict", "")
}

/// A server on these specs with a clock that stands still.
async fn server(width: u32) -> TestServer {
    TestServer::with(Options::default().config(&specs(width)).manual_clock()).await
}

/// Puts a source that was written so long after the clock's beginning.
fn put(server: &TestServer, path: &str, bytes: &[u8], after: Duration) {
    server.put(path, bytes);
    set_modified(&server.root().join("media").join(path), after);
}

/// Sets when a file was written, by the clock's beginning.
fn set_modified(file: &std::path::Path, after: Duration) {
    let at = SystemTime::from(Timestamp::from_millis(START)) + after;
    std::fs::File::options().write(true).open(file).unwrap().set_modified(at).unwrap();
}

/// What an answer did, and whether an older rendition stands in.
fn told(ensured: &Ensured) -> (Outcome, bool) {
    (ensured.outcome(), ensured.rendition().is_stale())
}

/// A clock that stands at its beginning.
fn clock() -> Clock {
    Clock::manual(Timestamp::from_millis(START))
}
