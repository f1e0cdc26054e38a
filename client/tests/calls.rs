//! Every call over a real connection: what is sent, and what is made of the answer.

#![allow(clippy::unwrap_used)]

mod scripted;

use std::time::{Duration, UNIX_EPOCH};

use futures_util::StreamExt;
use rendition_client::{
    EnsureGenerated, Error, Evidence, Exists, Outcome, OutputFormat, PictureOf, Reason, Recipe, RenditionRef,
    Source, State, Strategy, Url, UrlOptions,
};
use rendition_proto::v1;
use scripted::{
    Messages, chunk, ensured, header, item_error, named_spec, rendition, start_with_client, updates,
};
use tokio::io::AsyncReadExt;
use tonic::{Code, Status};

const CAT: (&str, &str) = ("photos/cat.jpg", "avatar");

#[tokio::test]
async fn ensure_generated_sends_the_options_and_hides_the_message() {
    let (script, client) = start_with_client().await;
    script.ensure.answer(ensured(v1::Outcome::Coalesced));
    let source = Source::new("cat.jpg").store("media").version("v1").dimensions(4000, 3000);
    let request = EnsureGenerated::new(RenditionRef::new(source, "avatar").accept([OutputFormat::Webp]))
        .strategy(Strategy::Background)
        .max_wait(Duration::from_millis(1500))
        .max_age(Duration::ZERO)
        .force();
    let answer = client.ensure_generated(request).await.unwrap();

    assert_eq!(answer.outcome(), Outcome::Coalesced);
    let known = answer.rendition();
    assert_eq!((known.state(), known.evidence()), (State::Ready, Evidence::Cache));
    assert_eq!(known.checked_at(), Some(UNIX_EPOCH + Duration::from_secs(1_700_000_000)));
    let image = known.image().unwrap();
    assert_eq!((image.dimensions(), image.size_bytes()), (Some((200, 150)), Some(6)));
    assert_eq!(known.url(), "http://media.example/cat.webp");
    assert_eq!(answer.into_proto(), ensured(v1::Outcome::Coalesced));

    let asked = script.ensure.messages().remove(0);
    let named = asked.rendition.unwrap();
    let source = named.source.unwrap();
    assert_eq!((&*source.store, &*source.path, &*source.version), ("media", "cat.jpg", "v1"));
    assert_eq!(source.dimensions, Some(v1::Dimensions { width: 4000, height: 3000 }));
    assert_eq!(named.recipe.unwrap().recipe, Some(v1::recipe::Recipe::SpecId("avatar".to_owned())));
    assert_eq!(named.accept, [v1::OutputFormat::Webp as i32]);
    assert_eq!(asked.strategy, v1::Strategy::Background as i32);
    assert_eq!(asked.max_wait, Some(prost_types::Duration { seconds: 1, nanos: 500_000_000 }));
    assert_eq!(asked.max_age, Some(prost_types::Duration::default()));
    assert!(asked.force);
}

#[tokio::test]
async fn exists_and_url_answer_what_is_known() {
    let (script, client) = start_with_client().await;
    let absent = rendition(v1::State::Absent);
    script.exists.answer(v1::ExistsResponse { exists: false, rendition: Some(absent.clone()) });
    let request = Exists::new(CAT).max_age(Duration::from_secs(5)).include_image_info();
    let existence = client.exists(request).await.unwrap();
    assert!(!existence.exists());
    assert_eq!(existence.rendition().state(), State::Absent);
    let asked = script.exists.messages().remove(0);
    assert!(asked.include_image_info);
    assert_eq!(asked.max_age.unwrap().seconds, 5);

    script.url.answer(v1::UrlResponse { rendition: Some(absent) });
    let url = client.url(Url::new(CAT).url_options(UrlOptions::new().path_only())).await.unwrap();
    assert_eq!(url.url(), "http://media.example/cat.webp");
    assert!(script.url.messages()[0].url_options.as_ref().unwrap().path_only);
}

#[tokio::test]
async fn a_failed_rendition_tells_why() {
    let (script, client) = start_with_client().await;
    let mut failed = rendition(v1::State::Failed);
    failed.failure = Some(v1::Failure {
        reason: "SOURCE_UNDECODABLE".to_owned(),
        message: "torn".to_owned(),
        retry_time: Some(prost_types::Timestamp { seconds: 9, nanos: 0 }),
        attempts: 2,
    });
    script.url.answer(v1::UrlResponse { rendition: Some(failed) });
    let failed = client.url(CAT).await.unwrap();
    let failure = failed.failure().unwrap();
    assert_eq!(failure.reason(), Reason::SourceUndecodable);
    assert_eq!((failure.message(), failure.attempts()), ("torn", 2));
    assert_eq!(failure.retry_time(), Some(UNIX_EPOCH + Duration::from_secs(9)));
}

#[tokio::test]
async fn a_batch_answers_each_item_by_its_place() {
    let (script, client) = start_with_client().await;
    use v1::{ensure_generated_result, exists_result, url_result};
    let missing = || item_error(Code::NotFound, "SOURCE_NOT_FOUND", "no dog");

    let results = [
        ensure_generated_result::Result::Response(ensured(v1::Outcome::Found)),
        ensure_generated_result::Result::Error(missing()),
    ]
    .map(|result| v1::EnsureGeneratedResult { result: Some(result) });
    script.batch_ensure.answer(v1::BatchEnsureGeneratedResponse { results: results.into() });
    let both = [CAT, ("photos/dog.jpg", "avatar")];
    let answers = client.batch_ensure_generated(both).await.unwrap();
    assert_eq!(answers[0].as_ref().unwrap().outcome(), Outcome::Found);
    let error = answers[1].as_ref().unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotFound, Some(&Reason::SourceNotFound)));
    assert_eq!(script.batch_ensure.messages()[0].requests.len(), 2);

    let there = v1::ExistsResponse { exists: true, rendition: Some(rendition(v1::State::Ready)) };
    let results = [exists_result::Result::Error(missing()), exists_result::Result::Response(there)]
        .map(|result| v1::ExistsResult { result: Some(result) });
    script.batch_exists.answer(v1::BatchExistsResponse { results: results.into() });
    let answers = client.batch_exists(both).await.unwrap();
    assert!(answers[0].is_err() && answers[1].as_ref().unwrap().exists());

    let url = v1::UrlResponse { rendition: Some(rendition(v1::State::Unknown)) };
    let results = [url_result::Result::Response(url), url_result::Result::Error(missing())]
        .map(|result| v1::UrlResult { result: Some(result) });
    script.batch_url.answer(v1::BatchUrlResponse { results: results.into() });
    let answers = client.batch_url(both).await.unwrap();
    assert_eq!(answers[0].as_ref().unwrap().state(), State::Unknown);
    assert!(answers[1].is_err());
}

#[tokio::test]
async fn a_batch_with_a_result_too_few_is_refused() {
    let (script, client) = start_with_client().await;
    script.batch_url.answer(v1::BatchUrlResponse { results: Vec::new() });
    assert!(matches!(client.batch_url([CAT]).await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn watch_tells_the_snapshot_and_each_change() {
    let (script, client) = start_with_client().await;
    use v1::State::{Failed, Generating, Queued, Ready};
    script.watch.answer(Messages::then_end([
        updates([(0, Queued), (1, Generating)]),
        updates([(1, Ready)]),
        updates([(0, Failed)]),
    ]));
    let watch = client.watch([CAT, ("dog.jpg", "avatar")]).await.unwrap();
    let told: Vec<_> = watch
        .map(|update| update.map(|update| (update.index(), update.rendition().state())).unwrap())
        .collect()
        .await;
    let expected = [(0, State::Queued), (1, State::Generating), (1, State::Ready), (0, State::Failed)];
    assert_eq!(told, expected);

    script.watch.answer(Messages::then_end([updates([(0, Queued), (1, Ready)]), updates([(0, Ready)])]));
    let done = client.watch([CAT, CAT]).await.unwrap().until_done().await.unwrap();
    assert_eq!(done.iter().map(|rendition| rendition.state()).collect::<Vec<_>>(), [State::Ready; 2]);
}

#[tokio::test]
async fn read_gives_the_header_and_the_bytes() {
    let (script, client) = start_with_client().await;
    let parts = || [header(rendition(v1::State::Ready)), chunk(b"abc"), chunk(b"def")];
    script.read.answer(Messages::then_end(parts()));
    let mut download = client.read(CAT).await.unwrap();
    assert_eq!(download.rendition().image().unwrap().media_type(), Some("image/webp"));
    let mut start = [0; 2];
    download.read_exact(&mut start).await.unwrap();
    let mut rest = Vec::new();
    download.read_to_end(&mut rest).await.unwrap();
    assert_eq!((&start, &*rest), (b"ab", &b"cdef"[..]));
    assert_eq!(download.read(&mut start).await.unwrap(), 0, "the end can be read again");

    script.read.answer(Messages::then_end(parts()));
    assert_eq!(client.read_to_vec(CAT).await.unwrap(), b"abcdef");
}

#[tokio::test]
async fn a_transfer_that_ends_too_early_is_no_short_file() {
    let (script, client) = start_with_client().await;
    script.read.answer(Messages::then_end([header(rendition(v1::State::Ready)), chunk(b"abc")]));
    let error = client.read_to_vec(CAT).await.unwrap_err();
    assert!(matches!(error, Error::Truncated { received: 3, expected: 6 }), "{error}");
}

#[tokio::test]
async fn a_transfer_that_stalls_is_left() {
    let (script, client) = start_with_client().await;
    script.read.answer(Messages::then_silence([header(rendition(v1::State::Ready)), chunk(b"abc")]));
    let client = client.with_timeout(Duration::from_millis(200));
    let mut download = client.read(CAT).await.unwrap();
    assert_eq!(download.next().await.unwrap().unwrap(), &b"abc"[..]);
    assert_eq!(download.next().await.unwrap().unwrap_err().code(), Code::DeadlineExceeded);
    assert!(download.next().await.is_none());
}

#[tokio::test]
async fn reading_into_memory_stops_at_its_limit() {
    let (script, uri) = scripted::start().await;
    let client = scripted::builder(&uri).max_read_bytes(5).build().unwrap();
    script.read.answer(Messages::then_end([header(rendition(v1::State::Ready)), chunk(b"abcdef")]));
    assert!(matches!(client.read_to_vec(CAT).await, Err(Error::TooLarge { limit: 5 })));
    let mut of_unknown_size = rendition(v1::State::Ready);
    of_unknown_size.image = None;
    script.read.answer(Messages::then_end([header(of_unknown_size), chunk(b"abc"), chunk(b"def")]));
    assert!(matches!(client.read_to_vec(CAT).await, Err(Error::TooLarge { limit: 5 })));
}

#[tokio::test]
async fn a_message_above_the_limit_is_refused_on_both_sides() {
    let (script, uri) = scripted::start().await;
    let client = scripted::builder(&uri).max_message_bytes(1000).build().unwrap();
    let mut large = ensured(v1::Outcome::Found);
    large.rendition.as_mut().unwrap().url = "x".repeat(2000);
    script.ensure.answer(large);
    assert!(client.ensure_generated(CAT).await.is_err());
    assert!(client.ensure_generated(("x".repeat(2000), "avatar")).await.is_err());
    assert_eq!(script.ensure.count(), 1, "the large request was not sent");
}

#[tokio::test]
async fn list_specs_follows_the_pages() {
    let (script, client) = start_with_client().await;
    script.list.answer(v1::ListSpecsResponse {
        specs: vec![named_spec("avatar"), named_spec("banner")],
        next_page_token: "banner".to_owned(),
    });
    script.list.answer(v1::ListSpecsResponse { specs: vec![named_spec("card")], ..Default::default() });
    let specs = client.list_specs().await.unwrap();
    assert_eq!(specs.iter().map(|spec| spec.id()).collect::<Vec<_>>(), ["avatar", "banner", "card"]);
    let tokens: Vec<_> = script.list.messages().into_iter().map(|asked| asked.page_token).collect();
    assert_eq!(tokens, ["", "banner"]);
}

#[tokio::test]
async fn a_page_that_repeats_its_token_does_not_loop() {
    let (script, client) = start_with_client().await;
    for _ in 0..2 {
        script.list.answer(v1::ListSpecsResponse { specs: Vec::new(), next_page_token: "a".to_owned() });
    }
    assert!(matches!(client.list_specs().await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn get_spec_shows_content_and_policy() {
    let (script, client) = start_with_client().await;
    script.get.answer(v1::GetSpecResponse { spec: Some(named_spec("card")) });
    let card = client.get_spec("card").await.unwrap();
    assert_eq!(card.spec().unwrap().operations()[0].name(), "resize_to_fit");
    assert_eq!(card.strategy(), Some(Strategy::Eager));
    assert_eq!((card.sources(), card.is_public()), (&["photos/**".to_owned()][..], true));

    script.get.fail(Status::not_found("none"));
    assert_eq!(client.get_spec("x").await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_picture_is_told_with_all_that_a_page_needs() {
    let (script, client) = start_with_client().await;
    script.picture.answer(v1::PictureResponse { picture: Some(scripted::picture()) });
    let source = Source::new("photos/cat.jpg").dimensions(2000, 1000);
    let asked = PictureOf::new(source, "hero").url_options(UrlOptions::new().path_only());
    let told = client.picture(asked).await.unwrap();
    let sent = script.picture.messages().remove(0);
    assert_eq!(sent.family_id, "hero");
    assert_eq!(sent.source.unwrap().dimensions.unwrap().width, 2000);
    assert!(sent.url_options.unwrap().path_only);

    assert_eq!((told.src(), told.dimensions()), ("http://media.example/cat.jpg", Some((640, 320))));
    assert_eq!((told.sizes(), told.placeholder().unwrap().dominant_color()), (Some("100vw"), "#0a0b0c"));
    assert!(told.failure().is_none());
    let types: Vec<&str> = told.sources().map(|source| source.media_type()).collect();
    assert_eq!(types, ["image/webp", "image/jpeg"]);
    let webp = told.sources().next().unwrap();
    let entries: Vec<_> =
        webp.entries().map(|(width, height, rendition)| (width, height, rendition.is_ready())).collect();
    assert_eq!(entries, [(320, Some(160), true), (640, Some(320), true)]);
    assert_eq!(told.into_proto(), scripted::picture());

    let missing = item_error(Code::NotFound, "SPEC_NOT_FOUND", "no such family");
    use v1::picture_result::Result as Item;
    let results =
        [Item::Error(missing), Item::Response(v1::PictureResponse { picture: Some(scripted::picture()) })]
            .map(|result| v1::PictureResult { result: Some(result) });
    script.batch_picture.answer(v1::BatchPictureResponse { results: results.into() });
    let answers = client.batch_picture([CAT, CAT]).await.unwrap();
    assert_eq!(answers[0].as_ref().unwrap_err().reason(), Some(&Reason::SpecNotFound));
    assert_eq!(answers[1].as_ref().unwrap().sources().len(), 2);
}

#[tokio::test]
async fn a_family_that_is_ensured_tells_of_each_member() {
    let (script, client) = start_with_client().await;
    use v1::ensure_generated_result::Result as Item;
    let missing = item_error(Code::FailedPrecondition, "SOURCE_LIMIT_EXCEEDED", "too large");
    let members = [Item::Error(missing), Item::Response(ensured(v1::Outcome::Generated))]
        .map(|result| v1::EnsureGeneratedResult { result: Some(result) });
    script
        .ensure
        .answer(v1::EnsureGeneratedResponse { members: members.into(), ..ensured(v1::Outcome::Generated) });
    let told = client.ensure_generated(("photos/cat.jpg", Recipe::family("hero"))).await.unwrap();
    let sent = script.ensure.messages().remove(0).rendition.unwrap().recipe.unwrap().recipe.unwrap();
    assert_eq!(sent, v1::recipe::Recipe::FamilyId("hero".into()));
    assert!(told.rendition().is_ready());
    let members: Vec<_> = told.members().collect();
    assert_eq!(members[0].as_ref().unwrap_err().reason(), Some(&Reason::SourceLimitExceeded));
    assert_eq!(members[1].as_ref().unwrap().outcome(), Outcome::Generated);
    assert_eq!(told.into_proto().members.len(), 2);
}
