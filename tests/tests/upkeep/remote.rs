//! The same work with sources and renditions in buckets.

use bytes::Bytes;
use rendition_client::{CollectGarbage, GarbageReason, Prewarm, Verify};
use rendition_server::storage::{StoreLimits, StoreSettings, WriteOptions, open};
use rendition_tests::{
    pictures::{SMALL, png},
    s3_server::S3Server,
    test_server::{Options, TestServer},
};

use super::{HOUR, clock, collected, ended};

fn bucket(name: &str, s3: &S3Server, source: bool) -> String {
    format!(
        "[stores.{name}]\nkind = \"s3\"\nbucket = {:?}\nendpoint = {:?}\naccess_key_id = {:?}\n\
         secret_access_key = {:?}\nsource = {source}\n",
        s3.bucket, s3.endpoint, s3.access_key_id, s3.secret_access_key
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_renditions_in_buckets_are_prewarmed_collected_and_verified() {
    let (sources, renditions) = (S3Server::start(), S3Server::start());
    let stores = bucket("media", &sources, true) + &bucket("renditions", &renditions, false);
    let options = Options { clock: Some(clock()), stores: Some(stores), ..Options::default() };
    let server = TestServer::with(options.config(SMALL)).await;
    let uploads = open("uploads", &StoreSettings::S3(sources.settings()), &StoreLimits::default()).unwrap();
    for number in 0..12 {
        let bytes = Bytes::from(png(80, 60, number));
        uploads.write(&format!("photos/{number:02}.png"), bytes, &WriteOptions::default()).await.unwrap();
    }
    let client = server.client();
    let last = ended(client.prewarm(Prewarm::of("photos/*.png").spec("small")).await).await;
    assert_eq!((last.done(), last.failed(), last.sources_total()), (12, 0, Some(12)));
    let verified = ended(client.verify(Verify::new().deep().reads_per_second(0)).await).await;
    assert_eq!((verified.verified(), verified.found(), verified.unreadable()), (12, 0, 0));

    uploads.delete("photos/07.png").await.unwrap();
    server.clock.advance(48 * HOUR);
    let calls = server.counts("media").total();
    let (went, last) = collected(&client, CollectGarbage::new()).await;
    assert_eq!(went.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(), [GarbageReason::SourceGone]);
    assert!(went[0].0.starts_with("media/photos/07.png/small."));
    assert_eq!((last.seen(), last.removed()), (12, 1));
    // For each pass a listing, and a look at the first source and at the one that is gone; once a look at the store.
    assert!(server.counts("media").total() - calls <= 7);
}
