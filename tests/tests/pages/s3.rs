//! Pages from a bucket, by the calls that they cost.

use rendition_client::{RenditionRef, Spec};
use rendition_tests::{
    pictures::png,
    s3_server::S3Server,
    test_server::{Options, TestServer},
};
use tempfile::TempDir;

use super::HERO;

/// A server whose stores are both in one bucket, with nothing in its memory.
async fn start(bucket: &S3Server, folder: &TempDir, queue: &str) -> TestServer {
    let store = |name: &str, more: &str| {
        format!(
            "[stores.{name}]\nkind = \"s3\"\nbucket = \"{}\"\nendpoint = \"{}\"\naccess_key_id = \"{}\"\n\
             secret_access_key = \"{}\"\nprefix = \"{name}\"\n{more}\n",
            bucket.bucket, bucket.endpoint, bucket.access_key_id, bucket.secret_access_key
        )
    };
    let stores = store("media", "source = true\naccepts_puts = true") + &store("renditions", "");
    let options =
        Options { stores: Some(stores), ..Options::default().config(HERO).root(folder.path(), queue) };
    TestServer::with(options).await
}

fn fifty() -> Vec<RenditionRef> {
    (1..=50).map(|width| ("cat.png", Spec::builder().resize_to_fit((width, 0)).png(())).into()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_stored_renditions_of_one_source_cost_a_cold_server_three_calls_at_the_most() {
    let (bucket, folder) = (S3Server::start(), TempDir::new().unwrap());
    let first = start(&bucket, &folder, "first").await;
    let client = first.client();
    client.put_source("cat.png", png(80, 60, 1)).await.unwrap();
    assert!(client.batch_ensure_generated(fifty()).await.unwrap().into_iter().all(|made| made.is_ok()));

    for queue in ["exists", "ensure"] {
        let cold = start(&bucket, &folder, queue).await;
        let client = cold.client();
        if queue == "exists" {
            let told = client.batch_exists(fifty()).await.unwrap();
            assert!(told.into_iter().all(|told| told.unwrap().exists()));
        } else {
            let told = client.batch_ensure_generated(fifty()).await.unwrap();
            assert!(told.into_iter().all(|told| told.unwrap().rendition().is_ready()));
        }
        assert!(cold.serving_calls() <= 3, "{queue}: {} calls", cold.serving_calls());
        client.batch_ensure_generated(fifty()).await.unwrap();
        assert!(cold.serving_calls() <= 3, "{queue}: and none when they are known");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_a_new_source_costs_its_version_and_its_header() {
    let (bucket, folder) = (S3Server::start(), TempDir::new().unwrap());
    let server = start(&bucket, &folder, "first").await;
    server.client().put_source("cat.png", png(120, 60, 1)).await.unwrap();
    let cold = start(&bucket, &folder, "second").await;
    let picture = cold.client().picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(picture.dimensions(), Some((80, 40)));
    assert_eq!((cold.counts("media").stat(), cold.serving_calls()), (1, 2));
    cold.client().picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(cold.serving_calls(), 2, "and nothing when they are known");
}
