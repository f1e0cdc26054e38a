//! gRPC over TLS: who is let in, and who holds up nobody.

use std::time::Duration;

use rendition_client::{Client, Error, Outcome};
use rendition_tests::{
    pictures::{SMALL, png},
    test_server::TestServer,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{CAT, options};

/// A server with a certificate of its own for 127.0.0.1, that certificate, and the folder that both files lie in.
async fn server() -> (TestServer, String, TempDir) {
    let folder = TempDir::new().unwrap();
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let config = format!("[listen.tls]\ncert_file = {cert:?}\nkey_file = {key:?}\n{SMALL}");
    let server = TestServer::with(options().config(&config)).await;
    server.put(CAT.0, &png(80, 60, 1));
    (server, certified.cert.pem(), folder)
}

fn trusting(server: &TestServer, authority: &str) -> Client {
    let address = server.grpc.replace("http://", "https://");
    Client::builder(address).ca_certificate(authority).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_trusts_the_certificate_is_served_and_others_do_not_connect() {
    let (server, certificate, _folder) = server().await;
    let client = trusting(&server, &certificate);
    assert_eq!(client.ensure_generated(CAT).await.unwrap().outcome(), Outcome::Generated);

    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let error = Client::builder(server.grpc.replace("http://", "https://"))
        .ca_certificate(other.cert.pem())
        .connect()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    // In plain text.
    assert!(server.client().exists(CAT).await.is_err());
    assert!(client.exists(CAT).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_go_on_is_closed_in_time() {
    let (server, certificate, _folder) = server().await;
    let mut stalled = TcpStream::connect(server.grpc.strip_prefix("http://").unwrap()).await.unwrap();
    // The head of a record, and a part of the greeting that it promises.
    stalled.write_all(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await.unwrap();
    stalled.write_all(&[7; 32]).await.unwrap();
    assert!(trusting(&server, &certificate).exists(CAT).await.is_ok());
    let end = tokio::time::timeout(Duration::from_secs(20), stalled.read_to_end(&mut Vec::new())).await;
    assert!(end.is_ok(), "still open");
}
