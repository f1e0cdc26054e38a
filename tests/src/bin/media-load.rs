//! The binary `media-load`: the load of the media endpoint's bench, for whichever server.
//!
//! `urls GRPC SPEC PATH...` prints the media URLs of renditions. `once CONNECTIONS` and `for SECONDS CONNECTIONS` read URLs
//! from the standard input, ask for each once or for all in turn, and print what came of it as JSON.

use std::{error::Error, io::Read, process::ExitCode, time::Duration};

use rendition_client::{Client, Url};
use rendition_tests::bench::http_load::{Until, run};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // One thread, so that it takes one core at the most.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run_command(&arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run_command(arguments: &[&str]) -> Outcome {
    match arguments {
        ["urls", grpc, spec, paths @ ..] => print_urls(grpc, spec, paths).await,
        ["once", connections] => load(connections, Until::EachOnce).await,
        ["for", seconds, connections] => {
            load(connections, Until::For(Duration::from_secs_f64(seconds.parse()?))).await
        }
        _ => {
            Err("usage: media-load urls GRPC SPEC PATH... | once CONNECTIONS | for SECONDS CONNECTIONS"
                .into())
        }
    }
}

async fn print_urls(grpc: &str, spec: &str, paths: &[&str]) -> Outcome {
    let client = Client::builder(grpc).connect().await?;
    for result in client.batch_url(paths.iter().map(|path| Url::new((*path, spec)))).await? {
        println!("{}", result?.url());
    }
    Ok(())
}

async fn load(connections: &str, until: Until) -> Outcome {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let urls = text.lines().map(str::parse).collect::<Result<_, _>>()?;
    println!("{}", serde_json::to_string(&run(urls, connections.parse()?, until).await)?);
    Ok(())
}
