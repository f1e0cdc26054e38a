//! Figure 1, its second half: within `source_ttl`, a cached call asks no storage.

use rendition_client::RenditionRef;

use super::{
    load::Call,
    report::{Bound, Report},
    served::SPEC,
};
use crate::{
    pictures,
    test_server::{Options, TestServer},
};

const CALLS: usize = 500;

/// Measures on a server in this process, whose storage calls are counted and whose clock stands still, so
/// that nothing expires meanwhile.
pub async fn run(report: &mut Report) {
    report.title(&format!("storage calls of {CALLS} cached calls each, within source_ttl"));
    let config = format!(
        "[specs.{SPEC}]\noperations = [{{ resize_to_fit = {{ width = 300, height = 300 }} }}]\noutput = {{ jpeg = {{}} }}\n"
    );
    let server = TestServer::with(Options::default().manual_clock().config(&config)).await;
    server.put("photo.jpg", &pictures::jpeg(640, 480, 1));
    let client = server.client();
    let name: RenditionRef = ("photo.jpg", SPEC).into();
    client.ensure_generated(name.clone()).await.unwrap();
    for call in Call::ALL {
        let before = server.storage_calls();
        for _ in 0..CALLS {
            assert!(call.send(&client, &name).await.unwrap(), "an answer that is not READY");
        }
        let calls = server.storage_calls() - before;
        report.must(&format!("{}: storage calls", call.name()), calls as f64, Bound::Exactly(0.0), "");
    }
    server.stop().await;
}
