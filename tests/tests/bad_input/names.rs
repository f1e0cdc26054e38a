//! Stores, specs, paths and versions that cannot be, or are not there.

use rendition_client::{Client, Code, Error, RenditionRef, Source};
use rendition_tests::{
    http_get::http_get,
    pictures::png,
    refusals::{at_once, refused},
};

use super::{GOOD, server, still_answers};

async fn watched_to_the_end(client: &Client, named: [RenditionRef; 2]) -> Result<(), Error> {
    client.watch(named).await?.until_done().await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_store_is_store_not_found() {
    let (server, client) = server("").await;
    for store in ["archive", "renditions", "Not a name", "../media"] {
        let asked = client.ensure_generated((Source::new(GOOD.0).store(store), GOOD.1));
        refused(at_once(asked).await, Code::NotFound, "STORE_NOT_FOUND", Some("rendition.source.store"));
        let watched = [GOOD.into(), (Source::new(GOOD.0).store(store), GOOD.1).into()];
        let field = Some("renditions[1].source.store");
        refused(
            at_once(watched_to_the_end(&client, watched)).await,
            Code::NotFound,
            "STORE_NOT_FOUND",
            field,
        );
    }
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_spec_is_spec_not_found() {
    let (server, client) = server("").await;
    for id in ["portrait", "inline", "", "Small", "../small"] {
        let asked = client.ensure_generated((GOOD.0, id));
        refused(at_once(asked).await, Code::NotFound, "SPEC_NOT_FOUND", Some("rendition.recipe.spec_id"));
        let watched = [GOOD.into(), (GOOD.0, id).into()];
        let field = Some("renditions[1].recipe.spec_id");
        refused(at_once(watched_to_the_end(&client, watched)).await, Code::NotFound, "SPEC_NOT_FOUND", field);
    }
    refused(at_once(client.get_spec("portrait")).await, Code::NotFound, "SPEC_NOT_FOUND", Some("id"));
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_paths_are_invalid_path_by_every_call_and_no_storage_sees_them() {
    let (server, client) = server("").await;
    let long = "a/".repeat(300) + "b.png";
    let of_a_rendition = "cat.jpg/small.0.00000000000000000000000000000000.png";
    let hostile = [
        "",
        "/etc/passwd",
        "../secret.png",
        "photos/../../secret.png",
        "photos//cat.png",
        "photos/./cat.png",
        "photos/",
        "photos\\cat.png",
        "cat\0.png",
        "cat\n.png",
        "\u{85}cat.png",
        "..",
        ".",
        ".rendition-tmp/x",
        &long,
        &"x".repeat(256),
        of_a_rendition,
    ];
    for path in hostile {
        let field = Some("rendition.source.path");
        let (code, reason) = (Code::InvalidArgument, "INVALID_PATH");
        let named = (path, "small");
        refused(at_once(client.ensure_generated(named)).await, code, reason, field);
        refused(at_once(client.exists(named)).await, code, reason, field);
        refused(at_once(client.url(named)).await, code, reason, field);
        refused(at_once(client.read_to_vec(named)).await, code, reason, field);
        let watched = at_once(client.watch([named])).await.map(|_| ());
        refused(watched, code, reason, Some("renditions[0].source.path"));
        let batch = at_once(client.batch_ensure_generated([named, GOOD])).await.unwrap();
        let [bad, good]: [_; 2] = batch.try_into().unwrap();
        refused(bad, code, reason, field);
        assert!(good.unwrap().rendition().is_ready());
    }
    assert_eq!(server.counts("media").stat(), 1, "the good one's");
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_is_source_not_found_and_a_state_for_those_who_only_ask() {
    let (server, client) = server("").await;
    let named = ("nobody.png", "small");
    let field = Some("rendition.source.path");
    refused(at_once(client.ensure_generated(named)).await, Code::NotFound, "SOURCE_NOT_FOUND", field);
    refused(at_once(client.read_to_vec(named)).await, Code::NotFound, "SOURCE_NOT_FOUND", field);
    let view = at_once(client.exists(named)).await.unwrap().into_rendition();
    assert_eq!(view.failure().unwrap().reason().as_str(), "SOURCE_NOT_FOUND");
    let url = at_once(client.url(named)).await.unwrap();
    assert_eq!(url.failure().unwrap().reason().as_str(), "SOURCE_NOT_FOUND");
    assert_eq!(at_once(http_get(url.url())).await.0, 404);
    // A folder is no source.
    server.put("folder/cat.png", &png(80, 60, 1));
    refused(
        at_once(client.ensure_generated(("folder", "small"))).await,
        Code::NotFound,
        "SOURCE_NOT_FOUND",
        field,
    );
    still_answers(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_too_long_is_invalid_version() {
    let (server, client) = server("").await;
    let asked = client.ensure_generated((Source::new(GOOD.0).version("v".repeat(65)), GOOD.1));
    let field = Some("rendition.source.version");
    refused(at_once(asked).await, Code::InvalidArgument, "INVALID_VERSION", field);
    still_answers(&server).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_symbolic_link_out_of_the_store_gives_nothing_away() {
    let (server, client) = server("").await;
    let secret = server.root().join("secret.png");
    std::fs::write(&secret, png(80, 60, 9)).unwrap();
    let media = server.root().join("media");
    std::os::unix::fs::symlink(&secret, media.join("link.png")).unwrap();
    std::os::unix::fs::symlink(server.root(), media.join("up")).unwrap();
    for path in ["link.png", "up/secret.png"] {
        let error = at_once(client.ensure_generated((path, "small"))).await.unwrap_err();
        let reason = error.reason().unwrap().as_str().to_owned();
        assert!(matches!(reason.as_str(), "NOT_PERMITTED" | "SOURCE_NOT_FOUND"), "{error:?}");
    }
    assert_eq!(server.renditions(), Vec::<String>::new());
    still_answers(&server).await;
}
