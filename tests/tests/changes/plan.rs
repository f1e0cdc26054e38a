//! A plan foretells what a new configuration comes to: it is compared with what then comes.

use std::time::Duration;

use rendition_server::{
    Config,
    rollout::{self, Calls, Change, Options as PlanOptions, Rollout, Tally},
};
use rendition_tests::{
    pictures::png,
    test_server::{Options, TestServer},
};

use super::put;

/// Specs `strict`, meant for all photographs, and `card`, meant for nothing in particular.
fn specs(width: u32) -> String {
    let spec = |id: &str, more: &str| {
        format!(
            "[specs.{id}]\noperations = [{{ resize_to_fit = {{ width = {width} }} }}]\noutput = {{ png = {{}} }}\n{more}"
        )
    };
    spec("strict", "sources = [\"photos/**\"]\n") + &spec("card", "")
}

const PATHS: [&str; 5] =
    ["photos/1.png", "photos/2.png", "photos/old/3.png", "photos/old/4.png", "elsewhere/5.png"];

/// A server with five sources, three of which have renditions by `strict` and one by `card`.
async fn server() -> TestServer {
    let server = TestServer::with(Options::default().config(&specs(40)).manual_clock()).await;
    for (seed, path) in PATHS.iter().enumerate() {
        put(&server, path, &png(80 + 10 * seed as u32, 60, seed as u8), Duration::ZERO);
    }
    let client = server.client();
    for path in &PATHS[..3] {
        client.ensure_generated((*path, "strict")).await.unwrap();
    }
    client.ensure_generated((PATHS[4], "card")).await.unwrap();
    server
}

/// A configuration over the folders of a server.
fn config(server: &TestServer, specs: &str) -> Config {
    let root = server.root().display();
    let text = format!(
        "version = 1\n[stores.media]\nkind = \"fs\"\nroot = \"{root}/media\"\nsource = true\n\
         [stores.renditions]\nkind = \"fs\"\nroot = \"{root}/renditions\"\n{specs}"
    );
    Config::parse(&text, std::iter::empty()).unwrap_or_else(|problems| panic!("{problems}"))
}

async fn plan(server: &TestServer, old: &str, new: &str, sources: Option<&str>) -> Rollout {
    let options = PlanOptions::new(sources, 8).unwrap();
    rollout::plan(&config(server, old), &config(server, new), &options).await.unwrap()
}

/// The tally of the only form of a spec.
fn tally(rollout: &Rollout, id: &str) -> Tally {
    let spec = rollout.specs.iter().find(|spec| spec.difference.id.as_str() == id).unwrap();
    assert_eq!(spec.forms.len(), 1);
    spec.forms[0].tally
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_foretold_is_what_comes() {
    let server = server().await;
    let planned = plan(&server, &specs(40), &specs(44), None).await;
    assert_eq!(planned.ids(Change::Changed).len(), 2);
    assert_eq!(tally(&planned, "strict"), Tally { sources: 4, replaces: 3, missing: 1, there: 0 });
    assert_eq!(
        tally(&planned, "card"),
        Tally { sources: 1, replaces: 1, missing: 0, there: 0 },
        "a spec that is meant for no sources counts where it was made"
    );
    assert_eq!((planned.renditions(), planned.sources, planned.listed), (5, 5, 5));
    assert!(planned.seconds().0 > 0.0);
    assert_eq!(server.renditions().len(), 4, "a plan makes nothing that is stored");

    server.reload(&specs(44)).await;
    server.clock.advance(Duration::from_secs(60));
    let client = server.client();
    let counts = ["media", "renditions"].map(|store| server.counts(store));
    let calls = || Calls {
        stats: counts.iter().map(|counts| counts.stat()).sum(),
        reads: counts.iter().map(|counts| counts.read()).sum(),
        writes: counts.iter().map(|counts| counts.write()).sum(),
        lists: counts.iter().map(|counts| counts.list()).sum(),
    };
    let before = calls();
    let mut bytes = 0;
    let wanted = PATHS[..4].iter().map(|path| (*path, "strict")).chain([(PATHS[4], "card")]);
    for wanted in wanted {
        let ensured = client.ensure_generated(wanted).await.unwrap();
        bytes += ensured.rendition().image().unwrap().size_bytes().unwrap();
    }
    let after = calls();
    let made = Calls {
        stats: after.stats - before.stats,
        reads: after.reads - before.reads,
        writes: after.writes - before.writes,
        lists: after.lists - before.lists,
    };
    assert_eq!(planned.calls(), made);
    assert_eq!(planned.bytes().round() as u64, bytes, "all of them were in the sample");

    let again = plan(&server, &specs(40), &specs(44), None).await;
    assert_eq!(tally(&again, "strict"), Tally { sources: 4, replaces: 0, missing: 0, there: 4 });
    assert_eq!((again.renditions(), again.bytes(), again.seconds()), (0, 0.0, (0.0, 0.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn earlier_forms_that_stand_in_cost_a_listing_each() {
    let server = server().await;
    let new = specs(44).replace("sources = [", "previous_for = \"7d\"\nsources = [");
    let planned = plan(&server, &specs(40), &new, None).await;
    assert_eq!(planned.calls().lists, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_or_a_glob_narrows_the_sources() {
    let server = server().await;
    for (sources, expected) in [("photos/old", 2), ("photos/*.png", 2), ("photos/", 4), ("elsewhere/**", 1)] {
        let planned = plan(&server, &specs(40), &specs(44), Some(sources)).await;
        assert_eq!(planned.sources, expected, "{sources}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_stores_are_listed_in_part_and_scaled_up() {
    let server = server().await;
    let options = PlanOptions { most_listed: 2, ..PlanOptions::new(Some("photos/"), 8).unwrap() };
    let (old, new) = (config(&server, &specs(40)), config(&server, &specs(44)));
    let planned = rollout::plan(&old, &new, &options).await.unwrap();
    assert_eq!((planned.sources, planned.listed), (4, 2));
    assert_eq!(tally(&planned, "strict").sources, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_removed_and_unmakeable_ones_are_told() {
    let server = server().await;
    server.put("photos/broken.png", b"no image");
    let new = "[limits]\nmax_batch = 7\n".to_owned() + &specs(40).replace("[specs.card]", "[specs.banner]");
    let new = new.replace("width = 40", "width = 50");
    let planned = plan(&server, &specs(40), &new, None).await;
    assert_eq!(planned.ids(Change::New)[0].as_str(), "banner");
    assert_eq!(planned.ids(Change::Removed)[0].as_str(), "card");
    assert_eq!(planned.restart_needed, ["limits"]);
    let strict = planned.specs.iter().find(|spec| spec.difference.id.as_str() == "strict").unwrap();
    let estimate = strict.forms[0].estimate.unwrap();
    assert_eq!((estimate.made, estimate.failed), (4, 1));
    let text = rollout::text(&planned);
    for line in [
        "spec banner: new\n",
        "spec card: removed\n",
        "spec strict: changed (operations[0].resize_to_fit.width)\n",
        "a restart is needed for: limits\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let json = rollout::json(&planned);
    assert_eq!(json["renditions"], planned.renditions());
    assert_eq!(json["specs"][0]["change"], "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_alone_change_no_key_and_no_store_is_looked_at() {
    let server = server().await;
    let new =
        specs(40).replace("sources = [\"photos/**\"]", "sources = [\"photos/**\"]\nstrategy = \"eager\"");
    let planned = plan(&server, &specs(40), &new, None).await;
    assert_eq!(planned.ids(Change::Policy)[0].as_str(), "strict");
    assert_eq!(planned.specs[0].difference.fields, ["strategy"]);
    assert_eq!((planned.sources, planned.renditions()), (0, 0));
}
