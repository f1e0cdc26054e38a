//! A whole server with faults on demand, for tests that need its process to die: `faulty-server CONFIG`.
//!
//! Sources that end with a marker make the codec misbehave: `abort!` ends the process, `slow!` takes a second, `work!`
//! a few milliseconds. One line of JSON on standard output tells the addresses, once they are bound. It drains on
//! SIGTERM and reads its specs again on SIGHUP, as the real one does.
#![allow(clippy::unwrap_used)]

use std::{path::PathBuf, sync::Arc, time::Duration};

use rendition_server::{Config, Server};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() {
    let file = PathBuf::from(std::env::args().nth(1).unwrap());
    let config =
        Config::load(Some(&file), std::iter::empty()).unwrap_or_else(|problems| panic!("{problems}"));
    let mut terminate = signal(SignalKind::terminate()).unwrap();
    let server = Server::builder(config).before_decode(Arc::new(misbehave)).bind().await.unwrap();
    let (grpc, http) = (server.grpc_address().unwrap(), server.http_address().unwrap());
    let reloads = server.reloader().on_hangup(move || Config::load(Some(&file), std::iter::empty())).unwrap();
    tokio::spawn(reloads);
    println!("{}", serde_json::json!({ "grpc": format!("http://{grpc}"), "http": format!("http://{http}") }));
    server
        .run(async move {
            terminate.recv().await;
        })
        .await
        .unwrap();
}

fn misbehave(bytes: &[u8]) {
    if bytes.ends_with(b"abort!") {
        std::process::abort();
    }
    let pause = match () {
        () if bytes.ends_with(b"slow!") => 1000,
        () if bytes.ends_with(b"work!") => 4,
        () => return,
    };
    std::thread::sleep(Duration::from_millis(pause));
}
