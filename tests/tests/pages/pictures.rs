//! `Picture`: what a page is told, and what it costs.

use std::time::Duration;

use rendition_client::{Picture, PictureOf, Source, State};
use rendition_server::storage::{Operation, StorageErrorKind};
use rendition_tests::{
    pictures::{jpeg, png},
    test_server::TestServer,
};

use super::{options, server};

/// Media type, widths and heights of each source of a picture.
fn shape(picture: &Picture) -> Vec<(String, Vec<(u32, u32)>)> {
    let sources = picture.sources().map(|source| {
        let entries = source.entries().map(|(width, height, _)| (width, height.unwrap_or(0)));
        (source.media_type().to_owned(), entries.collect())
    });
    sources.collect()
}

fn both(entries: &[(u32, u32)]) -> Vec<(String, Vec<(u32, u32)>)> {
    ["image/webp", "image/jpeg"].map(|media_type| (media_type.to_owned(), entries.to_vec())).into()
}

async fn with_source(width: u32, height: u32) -> TestServer {
    let server = server().await;
    server.put("cat.png", &png(width, height, 1));
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_has_all_widths_in_all_formats_with_urls_and_states() {
    let server = with_source(200, 100).await;
    let client = server.client();
    let picture = client.picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(shape(&picture), both(&[(40, 20), (80, 40), (160, 80)]));
    assert_eq!(picture.dimensions(), Some((160, 80)));
    assert_eq!(picture.sizes(), Some("(max-width: 700px) 100vw, 700px"));
    assert!(picture.placeholder().is_none() && picture.failure().is_none());

    let fallback = picture.sources().next_back().unwrap();
    let (_, _, widest) = fallback.entries().last().unwrap();
    assert_eq!(picture.src(), widest.url());
    assert!(widest.key().contains("/hero-160-jpeg."), "{}", widest.key());
    assert_eq!(widest.state(), State::Unknown);
    let urls: Vec<String> =
        fallback.entries().map(|(width, _, entry)| format!("{} {width}w", entry.url())).collect();
    assert_eq!(fallback.srcset(), urls.join(", "));
    assert_eq!((server.engine.flights(), server.engine.queued(), server.renditions().len()), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_url_of_a_picture_gives_an_image_of_its_width_and_type() {
    let server = with_source(200, 100).await;
    let picture = server.client().picture(("cat.png", "hero")).await.unwrap();
    for source in picture.sources() {
        for (width, height, entry) in source.entries() {
            let (status, headers, body) = rendition_tests::http_get::http_get(entry.url()).await;
            assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, source.media_type()));
            let header = rendition_imaging::inspect(&body).unwrap();
            assert_eq!((header.size.width, Some(header.size.height)), (width, height));
        }
    }
    let again = server.client().picture(("cat.png", "hero")).await.unwrap();
    let ready = |(_, _, entry): (u32, Option<u32>, rendition_client::Rendition)| entry.is_ready();
    assert!(again.sources().all(|source| source.entries().all(ready)));
    assert!(again.placeholder().is_some(), "it was made with the renditions");
}

#[tokio::test(flavor = "multi_thread")]
async fn widths_above_the_source_are_left_out_and_one_is_always_there() {
    for (width, entries) in [
        (160, &[(40, 20), (80, 40), (160, 80)][..]),
        (159, &[(40, 20), (80, 40)]),
        (40, &[(40, 20)]),
        (20, &[(20, 10)]),
    ] {
        let server = with_source(width, width / 2).await;
        let picture = server.client().picture(("cat.png", "hero")).await.unwrap();
        let told: Vec<u32> = shape(&picture)[0].1.iter().map(|entry| entry.0).collect();
        assert_eq!(told, entries.iter().map(|entry| entry.0).collect::<Vec<u32>>(), "of {width}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_comes_from_the_caller_else_from_memory_else_from_one_read_of_the_header() {
    let server = with_source(200, 100).await;
    let client = server.client();
    let media = server.counts("media");
    let told = Source::new("cat.png").version("v1").dimensions(90, 30);
    let picture = client.picture((told, "hero")).await.unwrap();
    assert_eq!(shape(&picture), both(&[(40, 13), (80, 27)]));
    assert_eq!(server.serving_calls(), 0, "the caller knows it");

    client.picture(("cat.png", "hero")).await.unwrap();
    assert_eq!((media.stat(), media.read()), (1, 1), "its header");
    client.picture(("cat.png", "hero")).await.unwrap();
    assert_eq!((media.stat(), media.read()), (1, 1), "remembered");
    server.clock.advance(Duration::from_secs(11));
    client.picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(
        (media.stat(), media.read()),
        (2, 1),
        "the version is asked for, the size is that of the version"
    );
    server.put("cat.png", &png(90, 30, 2));
    server.clock.advance(Duration::from_secs(11));
    let picture = client.picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(shape(&picture), both(&[(40, 13), (80, 27)]));
    assert_eq!((media.stat(), media.read()), (3, 2), "another version, another size");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generation_and_an_inspection_tell_the_size_too() {
    let server = with_source(200, 100).await;
    let client = server.client();
    client.ensure_generated(("cat.png", "small")).await.unwrap();
    let read = server.counts("media").read();
    client.picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(server.counts("media").read(), read, "the generation read the header");

    server.put("dog.png", &png(200, 100, 2));
    let noted = client.notify_saved("dog.png").await.unwrap();
    let read = server.counts("media").read();
    let picture = client.picture(("dog.png", "hero")).await.unwrap();
    assert_eq!(server.counts("media").read(), read, "and so did the note");
    let placeholder = picture.placeholder().unwrap();
    assert_eq!(placeholder.thumbhash(), noted.source().placeholder().unwrap().thumbhash());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_at_once_cost_one_read() {
    let server = with_source(200, 100).await;
    let client = server.client();
    let asked: Vec<PictureOf> = (0..100).map(|_| ("cat.png", "hero").into()).collect();
    let pictures = client.batch_picture(&asked).await.unwrap();
    assert!(pictures.into_iter().all(|picture| picture.unwrap().dimensions() == Some((160, 80))));
    assert_eq!((server.counts("media").stat(), server.counts("media").read()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_fifty_pictures_is_one_call_and_asks_nothing_when_it_is_known() {
    let server = server().await;
    for number in 0..50 {
        server.put(&format!("{number}.png"), &png(60 + number, 40, 1));
    }
    let client = server.client();
    let asked: Vec<PictureOf> = (0..50).map(|number| (format!("{number}.png"), "hero").into()).collect();
    assert!(client.batch_picture(&asked).await.unwrap().into_iter().all(|picture| picture.is_ok()));
    assert_eq!(server.serving_calls(), 100);
    client.batch_picture(&asked).await.unwrap();
    assert_eq!(server.serving_calls(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_behind_a_megabyte_is_found_too() {
    let server = server().await;
    let plain = jpeg(200, 100, 1);
    // Twenty comments of 64 KiB each after the first marker: the size comes after them.
    let comment = [&[0xff, 0xfe, 0xff, 0xff][..], &[b' '; 0xfffd]].concat();
    for (name, comments) in [("near.jpg", 2), ("far.jpg", 20)] {
        server.put(name, &[&plain[..2], &comment.repeat(comments), &plain[2..]].concat());
        let picture = server.client().picture((name, "hero")).await.unwrap();
        assert_eq!(picture.dimensions(), Some((160, 80)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_image_is_told_in_the_picture() {
    let server = server().await;
    server.put("broken.png", b"no image");
    let client = server.client();
    for (name, reason, state) in [
        ("nobody.png", "SOURCE_NOT_FOUND", State::Failed),
        ("broken.png", "SOURCE_UNDECODABLE", State::Unknown),
    ] {
        let picture = client.picture((name, "hero")).await.unwrap();
        assert_eq!(picture.failure().unwrap().reason().as_str(), reason);
        assert_eq!(shape(&picture), both(&[(40, 0), (80, 0), (160, 0)]), "every width, and no height");
        assert_eq!(picture.dimensions(), None);
        assert!(picture.sources().all(|source| source.entries().all(|(.., entry)| entry.state() == state)));
        assert!(!picture.src().is_empty());
    }
    let reads = server.counts("media").read();
    client.picture(("broken.png", "hero")).await.unwrap();
    assert_eq!(server.counts("media").read(), reads, "it is not read again at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_told_its_urls_though_the_store_of_the_sources_is_down() {
    let server = with_source(200, 100).await;
    for _ in 0..20 {
        server.faults("media").fail_next(Operation::Stat, StorageErrorKind::Unavailable);
    }
    let picture = server.client().picture(("cat.png", "hero")).await.unwrap();
    assert_eq!(picture.failure().unwrap().reason().as_str(), "STORAGE_UNAVAILABLE");
    assert!(picture.sources().all(|source| !source.srcset().is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_request_is_an_error_with_its_field() {
    let server = with_source(200, 100).await;
    let client = server.client();
    for (asked, reason, field) in [
        (PictureOf::new("cat.png", "nobody"), "SPEC_NOT_FOUND", "family_id"),
        (PictureOf::new("cat.png", "small"), "SPEC_NOT_FOUND", "family_id"),
        (PictureOf::new("cat.png", "Not A Name"), "SPEC_NOT_FOUND", "family_id"),
        (PictureOf::new("../cat.png", "hero"), "INVALID_PATH", "source.path"),
        (PictureOf::new(Source::new("cat.png").store("nowhere"), "hero"), "STORE_NOT_FOUND", "source.store"),
    ] {
        for error in [
            client.picture(&asked).await.unwrap_err(),
            client.batch_picture([&asked]).await.unwrap().remove(0).unwrap_err(),
        ] {
            assert_eq!(error.reason().unwrap().as_str(), reason, "{error}");
        }
        let error = client.picture(&asked).await.unwrap_err();
        let fields: Vec<&str> = error.violations().iter().map(|violation| violation.field.as_str()).collect();
        assert!(fields.is_empty() || fields == [field], "{fields:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_cache_everything_still_works() {
    let config = format!("[cache]\nenabled = false\n{}", options().config);
    let server = TestServer::with(options().config(&config)).await;
    server.put("cat.png", &png(100, 50, 1));
    for _ in 0..2 {
        let picture = server.client().picture(("cat.png", "hero")).await.unwrap();
        assert_eq!(shape(&picture), both(&[(40, 20), (80, 40)]));
    }
}
