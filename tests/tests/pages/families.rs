//! Families: their members are named specs like any other, and one call makes them all.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use rendition_client::{
    EnsureGenerated, NotifySaved, Outcome, Recipe, RenditionRef, Source, State, StoredRenditions, Strategy,
};
use rendition_tests::{
    pictures::{jpeg, png},
    test_server::TestServer,
};

use super::{options, server};

const MEMBERS: [&str; 6] =
    ["hero-40-webp", "hero-80-webp", "hero-160-webp", "hero-40-jpeg", "hero-80-jpeg", "hero-160-jpeg"];

fn hero(path: &str) -> RenditionRef {
    RenditionRef::new(path, Recipe::family("hero"))
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_named_specs_in_the_list() {
    let server = server().await;
    let client = server.client();
    let mut ids: Vec<String> =
        client.list_specs().await.unwrap().iter().map(|spec| spec.id().to_owned()).collect();
    ids.retain(|id| id != "small");
    let mut expected = MEMBERS.map(str::to_owned);
    expected.sort();
    assert_eq!(ids, expected);
    let spec = client.get_spec("hero-80-webp").await.unwrap();
    assert!(spec.is_public());
    server.put("cat.png", &png(200, 100, 1));
    let one = client.ensure_generated(("cat.png", "hero-80-webp")).await.unwrap();
    assert_eq!(one.rendition().image().unwrap().dimensions(), Some((80, 40)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_made_by_one_call_from_one_fetch_and_one_decode() {
    let decodes = Arc::new(AtomicU32::new(0));
    let counted = decodes.clone();
    let hook = move |_: &[u8]| {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let server = TestServer::with(options().before_decode(hook)).await;
    server.put("cat.png", &png(200, 100, 1));
    let ensured = server.client().ensure_generated(hero("cat.png")).await.unwrap();
    assert_eq!(ensured.outcome(), Outcome::Generated);
    assert!(ensured.rendition().key().contains("/hero-160-jpeg."), "the fallback");
    let members: Vec<_> = ensured.members().map(Result::unwrap).collect();
    for (member, id) in members.iter().zip(MEMBERS) {
        assert!(member.rendition().is_ready() && member.rendition().key().contains(&format!("/{id}.")));
        assert_eq!(member.outcome(), Outcome::Generated);
    }
    assert_eq!((members.len(), server.renditions().len()), (6, 6));
    assert_eq!(members[5].rendition().key(), ensured.rendition().key());
    assert_eq!(decodes.load(Ordering::SeqCst), 1);
    let media = server.counts("media");
    assert_eq!((media.stat(), media.read()), (1, 2), "its header, and then all of it");

    let again = server.client().ensure_generated(hero("cat.png")).await.unwrap();
    assert!(again.members().all(|member| member.unwrap().outcome() == Outcome::Found));
    assert_eq!((media.stat(), media.read()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_is_what_the_picture_names_and_nothing_wider() {
    let server = server().await;
    server.put("cat.jpg", &jpeg(100, 50, 1));
    let client = server.client();
    let picture = client.picture(("cat.jpg", "hero")).await.unwrap();
    let named: Vec<String> = picture
        .sources()
        .flat_map(|source| source.entries().map(|(_, _, entry)| entry.key().to_owned()).collect::<Vec<_>>())
        .collect();
    let ensured = client.ensure_generated(hero("cat.jpg")).await.unwrap();
    let made: Vec<String> =
        ensured.members().map(|member| member.unwrap().rendition().key().to_owned()).collect();
    assert_eq!(made, named);
    assert_eq!(made.len(), 4, "160 pixels are more than the source has");
    assert_eq!(server.renditions().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn families_and_single_renditions_go_together_in_a_batch() {
    let server = server().await;
    server.put("cat.png", &png(200, 100, 1));
    server.put("dog.png", &png(100, 50, 1));
    let names: Vec<RenditionRef> = vec![
        hero("cat.png"),
        ("cat.png", "small").into(),
        hero("nobody.png"),
        hero("dog.png"),
        RenditionRef::new("dog.png", Recipe::family("nobody")),
    ];
    let answers = server.client().batch_ensure_generated(&names).await.unwrap();
    let members = |index: usize| answers[index].as_ref().unwrap().members().count();
    assert_eq!([members(0), members(1), members(3)], [6, 0, 4]);
    let reason = |index: usize| answers[index].as_ref().unwrap_err().reason().unwrap().as_str().to_owned();
    assert_eq!([reason(2), reason(4)], ["SOURCE_NOT_FOUND", "SPEC_NOT_FOUND"]);
    assert_eq!(server.renditions().len(), 11);
    let media = server.counts("media");
    assert_eq!(media.read(), 4, "a header and a fetch for each of two sources");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_counted_one_by_one_against_the_largest_batch() {
    let config = format!("[limits]\nmax_batch = 10\n{}", options().config);
    let server = TestServer::with(options().config(&config)).await;
    for name in ["cat.png", "dog.png"] {
        server.put(name, &png(200, 100, 1));
    }
    let client = server.client();
    let error = client.batch_ensure_generated([hero("cat.png"), hero("dog.png")]).await.unwrap_err();
    assert_eq!(error.reason().unwrap().as_str(), "BATCH_TOO_LARGE");
    assert!(client.batch_ensure_generated([hero("cat.png")]).await.unwrap()[0].is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn strategies_hold_for_all_members() {
    let server = server().await;
    server.put("cat.png", &png(200, 100, 1));
    let client = server.client();
    let optimistic = EnsureGenerated::new(hero("cat.png")).strategy(Strategy::Optimistic);
    let assumed = client.ensure_generated(optimistic).await.unwrap();
    assert!(assumed.members().all(|member| member.unwrap().outcome() == Outcome::Assumed));
    assert_eq!((server.serving_calls(), assumed.members().count()), (0, 6));

    let background = EnsureGenerated::new(hero("cat.png")).strategy(Strategy::Background);
    let queued = client.ensure_generated(background).await.unwrap();
    assert!(queued.members().all(|member| member.unwrap().outcome() == Outcome::Queued));
    let names = MEMBERS.map(|id| ("cat.png", id));
    let done = client.watch(names).await.unwrap().until_done().await.unwrap();
    assert!(done.iter().all(|rendition| rendition.state() == State::Ready));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_of_a_save_takes_a_family_and_follows_its_sources() {
    let eager = options().config.replace("public = true\n\n", "")
        + "strategy = \"eager\"\nsources = [\"photos/**\"]\n";
    let server = TestServer::with(options().config(&eager)).await;
    let client = server.client();
    server.put("photos/cat.png", &png(200, 100, 1));
    let saved = client.notify_saved("photos/cat.png").await.unwrap();
    assert_eq!(saved.renditions().len(), 6);
    server.put("other/cat.png", &png(200, 100, 1));
    assert_eq!(client.notify_saved("other/cat.png").await.unwrap().renditions().len(), 0);
    let asked = NotifySaved::new("other/cat.png").recipe(Recipe::family("hero"));
    assert_eq!(client.notify_saved(asked).await.unwrap().renditions().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_purged_like_any_other_rendition() {
    let server = server().await;
    server.put("cat.png", &png(200, 100, 1));
    let client = server.client();
    client.ensure_generated(hero("cat.png")).await.unwrap();
    let one = StoredRenditions::of("cat.png").spec("hero-40-webp");
    assert_eq!(client.purge_renditions(one).await.unwrap().len(), 1);
    assert_eq!(client.purge_renditions("cat.png").await.unwrap().len(), 5);
    assert!(server.renditions().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_no_single_rendition() {
    let server = server().await;
    server.put("cat.png", &png(200, 100, 1));
    let client = server.client();
    let errors = [
        client.exists(hero("cat.png")).await.unwrap_err(),
        client.url(hero("cat.png")).await.unwrap_err(),
        client.read_to_vec(hero("cat.png")).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.reason().unwrap().as_str(), "INVALID_SPEC");
        assert_eq!(error.violations()[0].field, "rendition.recipe.family_id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_sent_stands_in_the_keys_of_all_members() {
    let server = server().await;
    server.put("cat.png", &png(200, 100, 1));
    let source = Source::new("cat.png").version("v7");
    let ensured =
        server.client().ensure_generated(RenditionRef::new(source, Recipe::family("hero"))).await.unwrap();
    assert!(ensured.members().all(|member| member.unwrap().rendition().key().contains(".v7.")));
}
