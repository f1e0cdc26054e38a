//! The binary `media-load`: the load of the media endpoint's bench, for whichever server.
//!
//! `urls GRPC SPEC PATH...` prints the media URLs of renditions. `once CONNECTIONS` and `for SECONDS CONNECTIONS` read URLs
//! from the standard input, ask for each once or for all in turn, and print what came of it as JSON.

use std::{io::Read, process::ExitCode, time::Duration};

use rendition_client::{Client, Url};
use rendition_tests::bench::http_load::{Until, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // One thread, so that it takes one core at the most.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match arguments.as_slice() {
        ["urls", grpc, spec, paths @ ..] => runtime.block_on(print_urls(grpc, spec, paths)),
        ["once", connections] => runtime.block_on(load(connections, Until::EachOnce)),
        ["for", seconds, connections] => {
            let time = Duration::from_secs_f64(seconds.parse().unwrap());
            runtime.block_on(load(connections, Until::For(time)));
        }
        _ => {
            eprintln!(
                "usage: media-load urls GRPC SPEC PATH... | once CONNECTIONS | for SECONDS CONNECTIONS"
            );
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

async fn print_urls(grpc: &str, spec: &str, paths: &[&str]) {
    let client = Client::builder(grpc).connect().await.unwrap();
    for result in client.batch_url(paths.iter().map(|path| Url::new((*path, spec)))).await.unwrap() {
        println!("{}", result.unwrap().url());
    }
}

async fn load(connections: &str, until: Until) {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let urls = text.lines().map(|line| line.parse().unwrap()).collect();
    let told = run(urls, connections.parse().unwrap(), until).await;
    println!("{}", serde_json::to_string(&told).unwrap());
}
