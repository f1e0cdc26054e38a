//! The demonstration: waits for a server, makes sure that five renditions of one source exist,
//! prints a table, and asks again to show the cache hits.
//!
//! `cargo run --example demo -- [SOURCE] [SERVER]`; without arguments the source `demo.jpg` and the
//! server `http://127.0.0.1:50051`. Exits with 1 if a rendition is not READY in the end.

use std::{
    env,
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use rendition_client::{Client, Crop, Png, Recipe, RenditionRef, ResizeToFill, ResizeToFit, Spec};
use tonic::transport::Endpoint;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

const SERVER: &str = "http://127.0.0.1:50051";
/// How long to wait for the server to serve.
const PATIENCE: Duration = Duration::from_secs(10);
const HEADING: [&str; 6] = ["SPEC", "SIZE", "BYTES", "OUTCOME", "MS", "URL"];

type Row = [String; 6];

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let source = arguments.next().unwrap_or_else(|| "demo.jpg".to_owned());
    let server =
        arguments.next().or_else(|| env::var("RENDITION_SERVER").ok()).unwrap_or_else(|| SERVER.to_owned());
    match run(&source, &server).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: not every rendition of {source} is ready");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(source: &str, server: &str) -> Result<bool, Box<dyn Error>> {
    wait_until_serving(server).await?;
    let client = Client::builder(server).timeout(Duration::from_secs(60)).build()?;
    println!("renditions of {source}, made by {server}:\n");
    let mut ready = round(&client, source).await;
    println!("\nthe same again, now known:\n");
    ready &= round(&client, source).await;
    Ok(ready)
}

/// A label and a recipe for each of the five.
fn recipes() -> [(&'static str, Recipe); 5] {
    let fit_jpeg = Spec::builder().resize_to_fit(ResizeToFit::new(300, 300)).jpeg(80);
    let fit_webp = Spec::builder().resize_to_fit(ResizeToFit::new(1200, 1200)).webp(80);
    let fill_jpeg = Spec::builder().resize_to_fill(ResizeToFill::new(800, 600)).jpeg(80);
    let icon = Spec::builder().resize_to_cover((64, 64)).crop(Crop::new(64, 64)).png(Png::new());
    [
        ("avatar", "avatar".into()),
        ("fit 300 jpeg", fit_jpeg.into()),
        ("fit 1200 webp", fit_webp.into()),
        ("fill 800x600 jpeg", fill_jpeg.into()),
        ("crop 64x64 png", icon.into()),
    ]
}

/// Asks for all five, one after the other so that each has a time of its own, and prints them; says
/// whether all are READY.
async fn round(client: &Client, source: &str) -> bool {
    let mut rows = vec![HEADING.map(str::to_owned)];
    let mut ready = true;
    for (label, recipe) in recipes() {
        let begin = Instant::now();
        let result = client.ensure_generated(RenditionRef::new(source, recipe)).await;
        let milliseconds = format!("{:.1}", begin.elapsed().as_secs_f64() * 1000.0);
        let (size, bytes, outcome, url) = match result {
            Ok(ensured) => {
                let rendition = ensured.rendition();
                ready &= rendition.is_ready();
                let image = rendition.image();
                let size = image.and_then(|image| image.dimensions()).map(|(w, h)| format!("{w}x{h}"));
                let bytes = image.and_then(|image| image.size_bytes()).map(|bytes| bytes.to_string());
                (size, bytes, ensured.outcome().to_string(), rendition.url().to_owned())
            }
            Err(error) => {
                ready = false;
                (None, None, "failed".to_owned(), error.to_string())
            }
        };
        let unknown = || "-".to_owned();
        rows.push([
            label.to_owned(),
            size.unwrap_or_else(unknown),
            bytes.unwrap_or_else(unknown),
            outcome,
            milliseconds,
            url,
        ]);
    }
    print(&rows);
    ready
}

/// Prints rows with aligned columns; numbers stand to the right.
fn print(rows: &[Row]) {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: [usize; 5] = std::array::from_fn(width);
    for [spec, size, bytes, outcome, milliseconds, url] in rows {
        let [a, b, c, d, e] = widths;
        println!("{spec:<a$}  {size:>b$}  {bytes:>c$}  {outcome:<d$}  {milliseconds:>e$}  {url}");
    }
}

/// Asks the server's health until it serves.
async fn wait_until_serving(server: &str) -> Result<(), Box<dyn Error>> {
    let endpoint = Endpoint::from_shared(server.to_owned())?.connect_timeout(Duration::from_secs(1));
    let mut health = HealthClient::new(endpoint.connect_lazy());
    let end = Instant::now() + PATIENCE;
    loop {
        let request = HealthCheckRequest { service: String::new() };
        let answer = tokio::time::timeout(Duration::from_secs(1), health.check(request)).await;
        let why = match answer {
            Ok(Ok(answer)) if answer.get_ref().status() == ServingStatus::Serving => return Ok(()),
            Ok(Ok(answer)) => format!("it is {}", answer.get_ref().status().as_str_name()),
            Ok(Err(status)) => status.message().to_owned(),
            Err(_) => "it does not answer".to_owned(),
        };
        if Instant::now() > end {
            return Err(format!("no server at {server} after {} s: {why}", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
