//! The end of a server: what is in flight is answered, what is new is not begun, and nothing holds the end up for long.

use std::time::{Duration, Instant};

use rendition_client::{Code, RetryPolicy};
use rendition_server::storage::Operation;
use rendition_tests::{pictures::SMALL, test_server::TestServer};
use tonic::transport::Channel;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::{CAT, options, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_server_is_not_serving_takes_nothing_new_and_answers_what_is_in_flight() {
    let server = server().await;
    let client = server.client();
    let channel = Channel::from_shared(server.grpc.clone()).unwrap().connect().await.unwrap();
    let mut watch = HealthClient::new(channel)
        .watch(HealthCheckRequest { service: String::new() })
        .await
        .unwrap()
        .into_inner();
    while watch.message().await.unwrap().unwrap().status() != ServingStatus::Serving {}
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let asked = tokio::spawn(async move { client.ensure_generated(CAT).await });
    hold.reached().await;

    let grpc = server.grpc.clone();
    let stopping = tokio::spawn(server.stop());
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    // Its end, or the connection's: both are the drain's doing.
    while let Ok(Some(_)) = watch.message().await {}
    let new = rendition_client::Client::builder(grpc).retry(RetryPolicy::none()).build().unwrap();
    assert_eq!(new.exists(CAT).await.unwrap_err().code(), Code::Unavailable);
    assert!(!stopping.is_finished());
    hold.release();
    let ensured = asked.await.unwrap().unwrap();
    assert!(ensured.rendition().is_ready());
    stopping.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_call_that_hangs_nor_an_idle_connection_holds_the_drain_up_beyond_its_bound() {
    let config = format!("[limits]\ndrain_timeout = \"200ms\"\n{SMALL}");
    let server = TestServer::with(options().config(&config)).await;
    server.put(CAT.0, &rendition_tests::pictures::png(80, 60, 1));
    let (client, idle) = (server.client(), server.client());
    idle.exists(CAT).await.unwrap();
    let half_open = tokio::net::TcpStream::connect(server.grpc.trim_start_matches("http://")).await.unwrap();
    let mut hold = server.faults("media").hold_next(Operation::Read);
    let asked = tokio::spawn(async move { client.ensure_generated(CAT).await });
    hold.reached().await;
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    asked.abort();
    drop((idle, half_open, hold));
}
