//! ListRenditions and PurgeRenditions.

use rendition_client::{Code, EnsureGenerated, Source, Spec, StoredRenditions, Strategy};
use rendition_server::storage::Operation;
use rendition_tests::{
    pictures::{SMALL, png},
    refusals::refused,
    test_server::{Options, TestServer},
    until::until,
};

use super::{CAT, label, server};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_of_a_source_is_listed_with_what_its_keys_say() {
    let (server, client) = server().await;
    let inline = Spec::builder().resize_to_fit((10, 10)).webp(70);
    client.ensure_generated(CAT).await.unwrap();
    client.ensure_generated((CAT.0, &inline)).await.unwrap();
    client.ensure_generated((CAT.0, "eager")).await.unwrap();
    let lists = server.counts("renditions").of(Operation::List);
    let listed = client.list_renditions(CAT.0).await.unwrap();
    assert_eq!(server.counts("renditions").of(Operation::List), lists + 1);
    let keys: Vec<&str> = listed.iter().map(|stored| stored.key()).collect();
    assert_eq!(keys, server.renditions());
    let version = client.inspect(CAT.0).await.unwrap().version().unwrap().to_owned();
    for stored in &listed {
        assert_eq!(stored.source_version(), Some(version.as_str()));
        let bytes = std::fs::metadata(server.rendition(stored.key())).unwrap().len();
        assert_eq!((stored.size_bytes(), stored.is_stale()), (Some(bytes), false));
        assert!(stored.modified_at().is_some());
    }
    let specs: Vec<Option<&str>> = listed.iter().map(|stored| stored.spec_id()).collect();
    assert_eq!(specs, [Some("eager"), None, Some("small")]);
    let small = client.list_renditions(StoredRenditions::of(CAT.0).spec("small")).await.unwrap();
    assert_eq!((small.len(), label(small[0].key())), (1, "small"));
    assert_eq!(client.list_renditions("photos/none.png").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_and_a_token_of_ones_own_is_refused() {
    use rendition_proto::v1::{self, source_service_client::SourceServiceClient};
    let (server, client) = server().await;
    for width in 1..=7 {
        client.ensure_generated((CAT.0, Spec::builder().resize_to_fit((width, 10)).png(()))).await.unwrap();
    }
    let mut service = SourceServiceClient::connect(server.grpc.clone()).await.unwrap();
    let source = Some(v1::Source { path: CAT.0.into(), ..Default::default() });
    let (mut token, mut keys, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let request = v1::ListRenditionsRequest {
            source: source.clone(),
            spec_id: String::new(),
            page_size: 3,
            page_token: token,
        };
        let page = service.list_renditions(request).await.unwrap().into_inner();
        assert!(page.renditions.len() <= 3);
        pages += 1;
        keys.extend(page.renditions.into_iter().map(|stored| stored.key));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((pages, keys), (3, server.renditions()));
    let request =
        v1::ListRenditionsRequest { source, page_token: "media/other/x".into(), ..Default::default() };
    let status = service.list_renditions(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_removes_what_is_selected_and_a_dry_run_nothing() {
    let (server, client) = server().await;
    client.ensure_generated(CAT).await.unwrap();
    client.ensure_generated((CAT.0, "eager")).await.unwrap();
    let old = server.renditions();
    server.put(CAT.0, &png(80, 60, 9));
    client.notify_saved(CAT.0).await.unwrap();
    let new = client.ensure_generated(CAT).await.unwrap().into_rendition();

    let stale = StoredRenditions::of(CAT.0).stale();
    let mut would = client.would_purge(stale.clone()).await.unwrap();
    would.retain(|key| label(key) != "optimistic");
    assert_eq!(would, old);
    assert!(old.iter().all(|key| server.rendition(key).exists()), "a dry run removes nothing");
    let small = client.purge_renditions(stale.clone().spec("small")).await.unwrap();
    assert_eq!(small.iter().map(|key| label(key)).collect::<Vec<_>>(), ["small"]);
    client.purge_renditions(stale).await.unwrap();
    assert!(old.iter().all(|key| !server.rendition(key).exists()));
    assert!(client.exists(CAT).await.unwrap().exists(), "what is new stays");
    let all = client.purge_renditions(CAT.0).await.unwrap();
    assert!(all.contains(&new.key().to_owned()));
    assert!(!client.exists(CAT).await.unwrap().exists(), "and is not remembered when it is gone");
    let version = Source::new(CAT.0).version("v1");
    assert_eq!(client.purge_renditions(version).await.unwrap(), Vec::<String>::new());
    refused(
        client.purge_renditions(StoredRenditions::of(CAT.0).spec("No!")).await,
        Code::NotFound,
        "SPEC_NOT_FOUND",
        Some("spec_id"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_generated_during_a_purge_goes_too_and_can_be_made_again_at_once() {
    let (server, client) = server().await;
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let flying = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated(CAT).await }
    });
    hold.reached().await;
    let (one, other) = tokio::join!(client.purge_renditions(CAT.0), client.purge_renditions(CAT.0));
    assert_eq!((one.unwrap(), other.unwrap()), (Vec::<String>::new(), Vec::new()));
    let again = tokio::spawn({
        let client = client.clone();
        async move { client.ensure_generated(CAT).await }
    });
    assert!(again.await.unwrap().unwrap().rendition().is_ready(), "it does not join the one that is purged");
    hold.release();
    // Who waited for the purged one wants what there is now, and is given it.
    assert!(flying.await.unwrap().unwrap().rendition().is_ready());
    assert_eq!(server.renditions().len(), 1);
    assert!(client.ensure_generated(CAT).await.unwrap().rendition().is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_in_hand_at_a_purge_is_done_all_the_same() {
    let (server, client) = server().await;
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    client.ensure_generated(EnsureGenerated::new(CAT).strategy(Strategy::Background)).await.unwrap();
    hold.reached().await;
    client.purge_renditions(StoredRenditions::of(CAT.0).spec("eager")).await.unwrap();
    hold.release();
    until("the job is done", || server.engine.queued() == 0).await;
    assert_eq!(server.renditions().len(), 1, "what was acknowledged is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_purged_time_and_again_is_done_in_the_end_and_who_waits_is_told() {
    let (server, client) = server().await;
    let mut hold = server.faults("renditions").hold_next(Operation::Write);
    let waiting = tokio::spawn({
        let client = client.clone();
        let request = EnsureGenerated::new(CAT).strategy(Strategy::Background);
        async move { client.ensure_generated(request.max_wait(std::time::Duration::from_secs(30))).await }
    });
    for _ in 0..3 {
        hold.reached().await;
        client.purge_renditions(CAT.0).await.unwrap();
        let next = server.faults("renditions").hold_next(Operation::Write);
        std::mem::replace(&mut hold, next).release();
    }
    hold.reached().await;
    hold.release();
    assert!(waiting.await.unwrap().unwrap().rendition().is_ready());
    until("the job is over", || server.engine.queued() == 0).await;
    assert_eq!(server.renditions().len(), 1, "what was acknowledged is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_whose_caller_goes_away_is_done_whole() {
    let (server, client) = server().await;
    client.ensure_generated(CAT).await.unwrap();
    for of in ["purge", "deletion"] {
        client.ensure_generated(CAT).await.unwrap();
        let mut hold = server.faults("renditions").hold_next(Operation::List);
        let asked = tokio::spawn({
            let client = client.clone();
            async move {
                match of {
                    "purge" => client.purge_renditions(CAT.0).await.map(drop),
                    _ => client.notify_deleted(CAT.0).await.map(drop),
                }
            }
        });
        hold.reached().await;
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        // On the same connection, so that the server hears of it before this is asked.
        client.url(CAT).await.unwrap();
        hold.release();
        until(of, || server.renditions().is_empty()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_callers_own_are_not_out_of_date_and_a_purge_asks_nothing_of_the_sources() {
    let (server, client) = server().await;
    client.ensure_generated(CAT).await.unwrap();
    client.ensure_generated((Source::new(CAT.0).version("7"), "small")).await.unwrap();
    server.put(CAT.0, &png(80, 60, 9));
    client.notify_saved(Source::new(CAT.0)).await.unwrap();
    until("what is made ahead is made", || server.engine.queued() == 0).await;
    let small = StoredRenditions::of(CAT.0).spec("small");
    let listed = client.list_renditions(small).await.unwrap();
    let stale: Vec<_> =
        listed.iter().map(|one| (one.source_version() == Some("7"), one.is_stale())).collect();
    assert!(
        stale.len() == 2 && stale.contains(&(true, false)) && stale.contains(&(false, true)),
        "{stale:?}"
    );

    let other = Options::default().config(SMALL).root(server.root(), "other");
    let other = TestServer::with(other).await;
    let stats = other.counts("media").of(Operation::Stat);
    assert!(!other.client().purge_renditions(CAT.0).await.unwrap().is_empty());
    assert_eq!(other.counts("media").of(Operation::Stat), stats);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_storage_said_before_a_purge_is_not_remembered_after_it() {
    let (first, _client) = server().await;
    first.client().ensure_generated(CAT).await.unwrap();
    let second = Options::default().config(SMALL).root(first.root(), "second");
    let second = TestServer::with(second).await;
    let client = second.client();
    // It has seen the object when the answer is kept back.
    let mut hold = second.faults("renditions").hold_next_answer(Operation::Stat);
    let early = tokio::spawn({
        let client = client.clone();
        async move { client.exists(CAT).await }
    });
    hold.reached().await;
    client.purge_renditions(CAT.0).await.unwrap();
    hold.release();
    assert!(early.await.unwrap().unwrap().exists(), "it was there when that was asked");
    assert!(!client.exists(CAT).await.unwrap().exists());
}
