//! TLS over a real connection.

#![allow(clippy::unwrap_used)]

mod scripted;

use rendition_client::{Client, RetryPolicy};
use rendition_proto::v1;
use scripted::{ensured, listen, serve};
use tonic::{
    Code,
    transport::{Identity, ServerTlsConfig},
};

const CAT: (&str, &str) = ("photos/cat.jpg", "avatar");
const AUTHORITY: &str = include_str!("data/ca.pem");

async fn start() -> (std::sync::Arc<scripted::Script>, String) {
    let (listener, address) = listen().await;
    let identity = Identity::from_pem(include_str!("data/server.pem"), include_str!("data/server.key"));
    let script = serve(listener, Some(ServerTlsConfig::new().identity(identity)));
    (script, format!("https://{}", address.replace("127.0.0.1", "localhost")))
}

#[tokio::test]
async fn a_server_of_a_given_authority_is_trusted() {
    let (script, uri) = start().await;
    script.ensure.answer(ensured(v1::Outcome::Found));
    let client = Client::builder(uri).ca_certificate(AUTHORITY).bearer_token("t").connect().await.unwrap();
    client.ensure_generated(CAT).await.unwrap();
    assert_eq!(script.ensure.headers("authorization"), ["Bearer t"]);
}

#[tokio::test]
async fn a_server_of_another_name_is_not_trusted() {
    let (script, uri) = start().await;
    let client = Client::builder(uri)
        .ca_certificate(AUTHORITY)
        .domain_name("elsewhere.example")
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    assert_eq!(client.ensure_generated(CAT).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(script.ensure.count(), 0);
}

#[tokio::test]
async fn a_server_of_an_authority_unknown_to_the_system_is_not_trusted() {
    let (script, uri) = start().await;
    // A system without any authorities refuses while it builds.
    if let Ok(client) = Client::builder(uri).retry(RetryPolicy::none()).build() {
        assert_eq!(client.ensure_generated(CAT).await.unwrap_err().code(), Code::Unavailable);
    }
    assert_eq!(script.ensure.count(), 0);
}
