//! Waiting and not waiting: `max_wait`, deadlines, the queue, `Watch`.

use std::time::Duration;

use futures_util::StreamExt;
use hyper_util::{client::legacy::Client as Http, rt::TokioExecutor};
use rendition_client::{Code, EnsureGenerated, Outcome, State, Strategy};
use rendition_proto::v1::{self, rendition_service_client::RenditionServiceClient};
use rendition_server::storage::Operation;
use rendition_tests::{
    pictures::png,
    test_server::{Options, TestServer},
    until::until,
};
use tonic_types::StatusExt;

use super::{CAT, options, server, told};

#[tokio::test(flavor = "multi_thread")]
async fn when_max_wait_passes_first_the_answer_is_pending_and_the_work_goes_on() {
    let server = server().await;
    let client = server.client();
    let hold = server.faults("media").hold_next(Operation::Read);
    let asked = EnsureGenerated::new(CAT).max_wait(Duration::from_millis(20));
    let ensured = client.ensure_generated(asked).await.unwrap();
    assert_eq!((told(ensured.rendition()), ensured.outcome()), (("generating", "cache"), Outcome::Pending));
    assert_eq!(client.exists(CAT).await.unwrap().rendition().state(), State::Generating);
    assert_eq!(client.url(CAT).await.unwrap().state(), State::Generating);
    hold.release();
    let done = client.watch([CAT]).await.unwrap().until_done().await.unwrap();
    assert_eq!(done[0].state(), State::Ready);
    assert_eq!(server.counts("renditions").write(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_max_wait_of_zero_starts_the_work_and_waits_for_nothing() {
    let server = server().await;
    let client = server.client();
    let _hold = server.faults("media").hold_next(Operation::Read);
    let asked = EnsureGenerated::new(CAT).max_wait(Duration::ZERO);
    assert_eq!(client.ensure_generated(asked).await.unwrap().outcome(), Outcome::Pending);
    assert_eq!(server.engine.flights(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_max_wait_the_answer_comes_before_the_deadline() {
    let server = server().await;
    let _hold = server.faults("media").hold_next(Operation::Read);
    let client = server.client().with_timeout(Duration::from_secs(1));
    let asked = EnsureGenerated::new(CAT).max_wait(Duration::from_secs(30));
    assert_eq!(client.ensure_generated(asked).await.unwrap().outcome(), Outcome::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_max_wait_the_server_answers_a_passed_deadline_with_deadline_exceeded() {
    let server = server().await;
    let _hold = server.faults("media").hold_next(Operation::Read);
    // A plain HTTP/2 client: tonic's channel would give up by itself at the same moment.
    let http = Http::builder(TokioExecutor::new()).http2_only(true).build_http();
    let mut raw = RenditionServiceClient::with_origin(http, server.grpc.parse().unwrap());
    let source = v1::Source { path: CAT.0.into(), ..Default::default() };
    let recipe = v1::Recipe { recipe: Some(v1::recipe::Recipe::SpecId(CAT.1.into())) };
    let rendition = v1::RenditionRef { source: Some(source), recipe: Some(recipe), accept: vec![] };
    let mut request =
        tonic::Request::new(v1::EnsureGeneratedRequest { rendition: Some(rendition), ..Default::default() });
    request.set_timeout(Duration::from_millis(100));
    let status = raw.ensure_generated(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("DEADLINE_EXCEEDED", "rendition"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wait_is_bounded_by_the_servers_max_wait() {
    let config = format!("[limits]\nmax_wait = \"50ms\"\n{}", rendition_tests::pictures::SMALL);
    let server = TestServer::with(options().config(&config)).await;
    server.put(CAT.0, &png(80, 60, 1));
    let _hold = server.faults("media").hold_next(Operation::Read);
    let asked = EnsureGenerated::new(CAT).max_wait(Duration::from_secs(3600));
    assert_eq!(server.client().ensure_generated(asked).await.unwrap().outcome(), Outcome::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn background_with_max_wait_waits_for_its_job() {
    let server = server().await;
    let asked = EnsureGenerated::new(CAT).strategy(Strategy::Background).max_wait(Duration::from_secs(20));
    let ensured = server.client().ensure_generated(asked).await.unwrap();
    assert_eq!((told(ensured.rendition()), ensured.outcome()), (("ready", "generated"), Outcome::Generated));
    until("the job is off the queue", || server.engine.queued() == 0).await;
}

/// A server whose only background worker is held with another job.
async fn busy() -> (TestServer, rendition_server::storage::Hold) {
    let server = TestServer::with(Options { background_jobs: 1, ..options() }).await;
    server.put("first.png", &png(80, 60, 1));
    server.put(CAT.0, &png(80, 60, 1));
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let first = EnsureGenerated::new(("first.png", "small")).strategy(Strategy::Background);
    server.client().ensure_generated(first).await.unwrap();
    hold.reached().await;
    (server, hold)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_rendition_is_told_as_queued_until_it_is_worked_on() {
    let (server, hold) = busy().await;
    let client = server.client();
    let background = || EnsureGenerated::new(CAT).strategy(Strategy::Background);
    for _ in 0..3 {
        let ensured = client.ensure_generated(background()).await.unwrap();
        assert_eq!((told(ensured.rendition()), ensured.outcome()), (("queued", "cache"), Outcome::Queued));
        assert_eq!(server.engine.queued(), 2, "queued once");
    }
    let waited = client.ensure_generated(background().max_wait(Duration::from_millis(20))).await.unwrap();
    assert_eq!((waited.rendition().state(), waited.outcome()), (State::Queued, Outcome::Pending));
    assert_eq!(client.exists(CAT).await.unwrap().rendition().state(), State::Queued);
    assert_eq!(client.url(CAT).await.unwrap().state(), State::Queued);
    hold.release();
    let done = client.watch([CAT]).await.unwrap().until_done().await.unwrap();
    assert_eq!(done[0].state(), State::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_queued_rendition_need_not_wait_for_the_queue() {
    let (server, hold) = busy().await;
    let client = server.client();
    let background = EnsureGenerated::new(CAT).strategy(Strategy::Background);
    client.ensure_generated(background).await.unwrap();
    assert!(client.ensure_generated(CAT).await.unwrap().rendition().is_ready());
    hold.release();
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_tells_a_snapshot_then_each_change_until_all_is_settled() {
    let (server, hold) = busy().await;
    let client = server.client();
    server.put("broken.png", b"no image");
    let names = [CAT, ("broken.png", "small")];
    let jobs = names.map(|named| EnsureGenerated::new(named).strategy(Strategy::Background));
    for job in jobs {
        client.ensure_generated(job).await.unwrap();
    }
    let mut watch = client.watch(names).await.unwrap();
    for index in 0..2 {
        let update = watch.next().await.unwrap().unwrap();
        assert_eq!((update.index(), update.rendition().state()), (index, State::Queued));
    }
    hold.release();
    let mut states = [vec![State::Queued], vec![State::Queued]];
    while let Some(update) = watch.next().await {
        let update = update.unwrap();
        let seen = &mut states[update.index()];
        assert_ne!(seen.last(), Some(&update.rendition().state()), "a change, not a repetition");
        seen.push(update.rendition().state());
    }
    assert_eq!(states[0].last(), Some(&State::Ready));
    assert_eq!(states[1].last(), Some(&State::Failed));
    let order = [State::Queued, State::Generating, State::Ready, State::Failed];
    let place = |state: &State| order.iter().position(|other| other == state).unwrap();
    assert!(states.iter().flatten().all(|state| order.contains(state)), "{states:?}");
    assert!(states.iter().all(|states| states.is_sorted_by_key(place)), "{states:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_tells_of_a_generation_from_generating_to_ready() {
    let server = server().await;
    let client = server.client();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    client.ensure_generated(EnsureGenerated::new(CAT).max_wait(Duration::ZERO)).await.unwrap();
    hold.reached().await;
    let mut watch = client.watch([CAT]).await.unwrap();
    assert_eq!(watch.next().await.unwrap().unwrap().rendition().state(), State::Generating);
    hold.release();
    let last = watch.next().await.unwrap().unwrap().into_rendition();
    assert_eq!(last.state(), State::Ready);
    assert!(last.image().is_some());
    assert!(watch.next().await.is_none(), "it ends when all is settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_starts_nothing() {
    let server = server().await;
    let client = server.client();
    let mut watch = client.watch([CAT]).await.unwrap();
    assert_eq!(watch.next().await.unwrap().unwrap().rendition().state(), State::Absent);
    assert_eq!((server.engine.flights(), server.engine.queued()), (0, 0));
    client.ensure_generated(CAT).await.unwrap();
    let states: Vec<State> = watch.map(|update| update.unwrap().rendition().state()).collect().await;
    assert_eq!(states.last(), Some(&State::Ready));
}

/// A picture of seven million bytes that no codec makes smaller (Marsaglia's xorshift).
fn noise(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    let samples: Vec<u8> = (0..3 * 1500 * 1500).map(|_| next()).collect();
    rendition_tests::pictures::encode_png(1500, 1500, &samples)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_slow_store_has_not_taken_yet_keeps_its_memory() {
    // The least memory in which one of them can be made.
    let (first, second) = (noise(1), noise(2));
    let mut found = None;
    for memory in 16..100 {
        let config = format!(
            "[limits]\nmemory = \"{memory} MiB\"\n[specs.whole]\noperations = []\noutput = {{ png = {{}} }}\n"
        );
        let server = TestServer::with(options().config(&config)).await;
        server.put("first.png", &first);
        server.put("second.png", &second);
        let mut hold = server.faults("renditions").hold_next(Operation::Write);
        let client = server.client();
        let making = tokio::spawn(async move { client.ensure_generated(("first.png", "whole")).await });
        tokio::select! {
            () = hold.reached() => {
                found = Some((server, hold, making));
                break;
            }
            () = tokio::time::sleep(Duration::from_secs(20)) => panic!("neither made nor refused"),
            () = async { while !making.is_finished() { tokio::time::sleep(Duration::from_millis(1)).await } } => {}
        }
    }
    let (server, hold, making) = found.unwrap();
    let client = server.client();
    let other = tokio::spawn(async move { client.ensure_generated(("second.png", "whole")).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!other.is_finished(), "there is no room for a second one beside what is not written yet");
    hold.release();
    assert!(making.await.unwrap().unwrap().rendition().is_ready());
    assert!(other.await.unwrap().unwrap().rendition().is_ready());
}
