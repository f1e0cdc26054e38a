//! Overlays of the configuration, by every way in which a spec that has one reaches its renditions.
#![allow(clippy::unwrap_used)]

use rendition_client::{Anchor, EnsureGenerated, Overlay, Png, Spec, Strategy};
use rendition_tests::{
    http_get::http_get,
    pictures::png,
    test_server::{Options, TestServer},
};

/// A server with one overlay and one spec that has it; the overlay's file lies in the folder.
async fn server(mark: &[u8]) -> (tempfile::TempDir, TestServer) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mark.png");
    std::fs::write(&file, mark).unwrap();
    let config = format!(
        "[overlays.mark]\nfile = {:?}\n[specs.signed]\n\
         operations = [{{ overlay = {{ name = \"mark\", anchor = \"top_left\" }} }}]\noutput = {{ png = {{}} }}\n",
        file.to_str().unwrap()
    );
    let server = TestServer::with(Options::default().config(&config)).await;
    server.put("cat.png", &png(80, 60, 1));
    (folder, server)
}

fn inline() -> Spec {
    Spec::builder().overlay(Overlay::new("mark").anchor(Anchor::TopLeft)).png(Png::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn named_inline_signed_and_queued_specs_have_the_overlay() {
    let (_folder, server) = server(&png(20, 20, 2)).await;
    let client = server.client();
    let named = client.read_to_vec(("cat.png", "signed")).await.unwrap();
    let spec = inline();
    let url = client.url(("cat.png", &spec)).await.unwrap();
    assert!(url.url().contains("spec="));
    let (status, _, body) = http_get(url.url()).await;
    assert_eq!(status, 200);
    assert_eq!(body, named);
    assert_eq!(client.read_to_vec(("cat.png", &spec)).await.unwrap(), named);
    let plain = client.read_to_vec(("cat.png", &Spec::builder().png(()))).await.unwrap();
    assert_ne!(plain, named);

    server.put("dog.png", &png(80, 60, 1));
    let queued = EnsureGenerated::new(("dog.png", &spec)).strategy(Strategy::Background);
    client.ensure_generated(queued).await.unwrap();
    client.watch([("dog.png", &spec)]).await.unwrap().until_done().await.unwrap();
    assert!(client.exists(("dog.png", &spec)).await.unwrap().exists());
    assert_eq!(client.read_to_vec(("dog.png", &spec)).await.unwrap(), named);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_image_under_the_name_is_another_key() {
    let (_folder, one) = server(&png(20, 20, 2)).await;
    let (_other_folder, other) = server(&png(20, 20, 3)).await;
    let digest = |server: &TestServer| {
        let client = server.client();
        async move { client.get_spec("signed").await.unwrap().digest().unwrap().to_owned() }
    };
    assert_ne!(digest(&one).await, digest(&other).await);
}
