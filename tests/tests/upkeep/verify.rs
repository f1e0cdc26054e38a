//! Verifying what is stored.

use futures_util::StreamExt;
use rendition_client::{Client, Code, Defect, Repair, Verified, Verify};
use rendition_imaging::{Output, Webp};
use rendition_tests::{
    pictures::{convert, png},
    refusals::refused,
    test_server::TestServer,
};

use super::{SOURCES, furnished, key_of, path, plant, told};

/// A spec whose renditions have one size, whatever the source.
const TILE: &str = "[specs.tile]\noperations = [{ resize_to_fill = { width = 20, height = 20, upscale = \"allow\" } }]\n\
                    output = { jpeg = {} }\n";

/// What was found, by key, and the last thing that was told.
async fn found(client: &Client, which: Verify) -> (Vec<(String, Defect, bool)>, Verified) {
    let (mut told, failed) = told(client.verify(which.reads_per_second(0)).await).await;
    assert!(failed.is_none(), "{failed:?}");
    let findings = told.iter().flat_map(Verified::findings);
    let mut found: Vec<_> =
        findings.map(|one| (one.key().to_owned(), one.defect(), one.is_repaired())).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    (found, told.pop().unwrap())
}

/// Breaks five renditions in as many ways; their keys and what is wrong with them.
async fn broken(server: &TestServer, client: &Client) -> Vec<(String, Defect)> {
    client.ensure_generated((path(6), "tile")).await.unwrap();
    let tile = server.renditions().into_iter().find(|key| key.contains("/tile.")).unwrap();
    let keys: Vec<String> = (0..4).map(|number| key_of(server, number)).collect();
    let whole = std::fs::read(server.rendition(&keys[1])).unwrap();
    plant(server, &keys[0], b"");
    plant(server, &keys[1], &whole[..whole.len() / 2]);
    plant(server, &keys[2], &convert(&png(40, 30, 1), Output::Webp(Webp::default())));
    plant(server, &keys[3], &[b"no image".as_slice(), &whole[whole.len() - 12..]].concat());
    plant(server, &tile, &convert(&png(21, 20, 1), Output::Jpeg(rendition_imaging::Jpeg::default())));
    let defects =
        [Defect::Empty, Defect::Truncated, Defect::OtherFormat, Defect::Undecodable, Defect::OtherSize];
    let mut broken: Vec<_> = keys.into_iter().chain([tile]).zip(defects).collect();
    broken.sort_by(|one, other| one.0.cmp(&other.0));
    broken
}

fn with(broken: &[(String, Defect)], repaired: bool) -> Vec<(String, Defect, bool)> {
    broken.iter().map(|(key, defect)| (key.clone(), *defect, repaired)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_its_key_says_is_told_with_what_is_wrong_and_left_alone() {
    let (server, client) = furnished(TILE).await;
    plant(&server, "media/photos/readme.txt", b"not ours");
    let (nothing, last) = found(&client, Verify::new().deep()).await;
    assert_eq!(nothing, []);
    assert_eq!((last.verified(), last.foreign(), last.unreadable()), (u64::from(SOURCES), 1, 0));

    let broken = broken(&server, &client).await;
    for request in [Verify::new(), Verify::new().deep()] {
        let (told, last) = found(&client, request).await;
        assert_eq!(told, with(&broken, false));
        assert_eq!((last.verified(), last.found(), last.repaired()), (u64::from(SOURCES) + 1, 5, 0));
        assert_eq!(last.resume_token(), None);
    }
    assert_eq!(found(&client, Verify::new().prefix("media/photos/00")).await.0.len(), 1);
    assert_eq!(found(&client, Verify::new().prefix("uploads/")).await.1.verified(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_the_middle_is_found_by_decoding_all_of_it() {
    let (server, client) = furnished("").await;
    let key = key_of(&server, 3);
    let mut bytes = std::fs::read(server.rendition(&key)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20].fill(0x55);
    plant(&server, &key, &bytes);
    assert_eq!(found(&client, Verify::new()).await.0, []);
    assert_eq!(found(&client, Verify::new().deep()).await.0, [(key, Defect::Undecodable, false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_makes_anew_what_can_be_made_and_removes_the_rest() {
    let (server, client) = furnished(TILE).await;
    let whole: Vec<Vec<u8>> =
        (0..4).map(|number| std::fs::read(server.rendition(&key_of(&server, number))).unwrap()).collect();
    let broken = broken(&server, &client).await;
    let keys: Vec<String> = (0..4).map(|number| key_of(&server, number)).collect();
    // The source of one has changed, so its old rendition cannot be made again.
    server.put(&path(1), &png(80, 60, 77));
    let (told, last) = found(&client, Verify::new().repair(Repair::Regenerate)).await;
    assert_eq!((told, last.repaired()), (with(&broken, true), 5));
    for number in [0, 2, 3] {
        assert_eq!(std::fs::read(server.rendition(&keys[number])).unwrap(), whole[number]);
    }
    assert!(!server.rendition(&keys[1]).exists());
    assert_eq!(found(&client, Verify::new().deep()).await.0, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_by_a_repair_is_made_anew_for_who_asks_for_it() {
    let (server, client) = furnished(TILE).await;
    let broken = broken(&server, &client).await;
    assert_eq!(found(&client, Verify::new().repair(Repair::Remove)).await.0, with(&broken, true));
    assert!(broken.iter().all(|(key, _)| !server.rendition(key).exists()));
    assert!(!client.exists((path(0), "small")).await.unwrap().exists(), "it is not remembered");
    assert!(client.ensure_generated((path(0), "small")).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_told_and_belongs_to_its_own_verification() {
    let (_server, client) = furnished("").await;
    let mut progress = client.verify(Verify::new().reads_per_second(10)).await.unwrap();
    let first = progress.next().await.unwrap().unwrap();
    let token = first.resume_token().unwrap().to_owned();
    drop(progress);
    let (_, last) = found(&client, Verify::new().resume(&token)).await;
    assert_eq!(last.verified(), u64::from(SOURCES));
    refused(
        client.verify(Verify::new().deep().resume(&token)).await,
        Code::InvalidArgument,
        "INVALID_ARGUMENT",
        Some("resume_token"),
    );
    refused(
        client.verify(Verify::new().prefix("/media")).await,
        Code::InvalidArgument,
        "INVALID_ARGUMENT",
        Some("prefix"),
    );
}
