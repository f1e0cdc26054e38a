//! SIGHUP: specs and overlays are exchanged, nothing else is.

use rendition_client::{Client, Code};
use rendition_server::storage::Operation;
use rendition_tests::{
    pictures::{SMALL, png},
    refusals::refused,
    server_process::{Installation, ServerProcess},
    test_server::{Options, TestServer},
    until::until,
};
use tempfile::TempDir;

const CAT: &str = "cat.png";
const WIDE: &str = "[specs.wide]\noperations = [{ resize_to_fit = { width = 60 } }]\noutput = { png = {} }\n";

fn started() -> (TempDir, Installation, ServerProcess) {
    let folder = TempDir::new().unwrap();
    let installation = Installation::new(env!("CARGO_BIN_EXE_faulty-server"), folder.path(), SMALL);
    installation.put(CAT, &png(80, 60, 1));
    let server = installation.start();
    (folder, installation, server)
}

/// The ids of the specs that a server has.
async fn specs(client: &Client) -> Vec<String> {
    client.list_specs().await.unwrap().iter().map(|spec| spec.id().to_owned()).collect()
}

/// Waits until a server has these specs.
async fn have(client: &Client, wanted: &[&str]) {
    for _ in 0..2000 {
        if specs(client).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the server never had the specs {wanted:?}, it has {:?}", specs(client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_brings_new_specs_and_takes_removed_ones_while_calls_go_on() {
    let (_folder, installation, server) = started();
    let client = server.client();
    let small = client.ensure_generated((CAT, "small")).await.unwrap().into_rendition();
    refused(
        client.ensure_generated((CAT, "wide")).await,
        Code::NotFound,
        "SPEC_NOT_FOUND",
        Some("rendition.recipe.spec_id"),
    );
    installation.configure(&format!("{SMALL}{WIDE}"));
    server.hang_up();
    have(&client, &["small", "wide"]).await;
    let wide = client.ensure_generated((CAT, "wide")).await.unwrap().into_rendition();
    assert_eq!(wide.image().unwrap().dimensions(), Some((60, 45)));
    let again = client.url((CAT, "small")).await.unwrap();
    assert!(again.is_ready(), "what was known stays known");
    assert_eq!(again.key(), small.key());
    installation.configure(WIDE);
    server.hang_up();
    have(&client, &["wide"]).await;
    refused(
        client.ensure_generated((CAT, "small")).await,
        Code::NotFound,
        "SPEC_NOT_FOUND",
        Some("rendition.recipe.spec_id"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_keeps_the_specs_that_run_and_the_next_sound_one_is_taken() {
    let (_folder, installation, server) = started();
    let client = server.client();
    for broken in ["[specs.wide]\noutput = { nonsense = {} }\n", "[specs.wide", "[limits]\nmax_batch = 0\n"] {
        installation.configure(&format!("{WIDE}{broken}"));
        server.hang_up();
        // No event tells that a file was refused: for as long as this takes, nothing of it is seen.
        for _ in 0..50 {
            assert_eq!(specs(&client).await, ["small"], "{broken}");
        }
    }
    assert!(client.ensure_generated((CAT, "small")).await.unwrap().rendition().is_ready());
    installation.configure(&format!("{SMALL}{WIDE}"));
    server.hang_up();
    have(&client, &["small", "wide"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_changes_no_other_section() {
    let (_folder, installation, server) = started();
    let client = server.client();
    installation.configure(&format!("[limits]\nmax_batch = 1\n{SMALL}{WIDE}"));
    server.hang_up();
    have(&client, &["small", "wide"]).await;
    let both = client.batch_url([(CAT, "small"), (CAT, "wide")]).await.unwrap();
    assert!(both.iter().all(Result::is_ok), "limits.max_batch counts from the next start on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_has_begun_goes_on_with_the_specs_that_it_began_with() {
    let server = TestServer::with(Options::default().config(SMALL)).await;
    server.put(CAT, &png(80, 60, 1));
    let client = server.client();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated((CAT, "small")).await }
    });
    hold.reached().await;
    server.reload(WIDE).await;
    refused(
        client.ensure_generated((CAT, "small")).await,
        Code::NotFound,
        "SPEC_NOT_FOUND",
        Some("rendition.recipe.spec_id"),
    );
    hold.release();
    let ensured = asked.await.unwrap().unwrap();
    assert!(ensured.rendition().is_ready());
    until("it is stored", || server.renditions() == [ensured.rendition().key()]).await;
}
