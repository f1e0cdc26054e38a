//! Whole pages: many renditions in one call, and families of one picture in several widths and formats.
#![allow(clippy::unwrap_used)]

mod batches;
mod families;
mod pictures;
mod s3;

use rendition_tests::test_server::{Options, TestServer};

/// A family of three widths in two formats, over the specs of other tests.
const HERO: &str = r#"
[families.hero]
widths = [40, 80, 160]
outputs = [{ webp = { quality = 80 } }, { jpeg = { quality = 80 } }]
sizes = "(max-width: 700px) 100vw, 700px"
public = true
"#;

/// Two folders, the specs `small` and the family `hero`, a clock that stands still.
fn options() -> Options {
    Options::default().config(&format!("{}{HERO}", rendition_tests::pictures::SMALL)).manual_clock()
}

/// A server on those.
async fn server() -> TestServer {
    TestServer::with(options()).await
}
