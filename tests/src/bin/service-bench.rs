//! The binary `service-bench`: measures the service's figures and says which of them are missed.
//!
//! Without arguments it measures all; with names (`cached`, `storage`, `herd`, `busy`, `overhead`, `pages`) those
//! alone. `serve-echo` and `generate` are the processes that it starts to measure against.

use std::{path::Path, process::ExitCode, time::Duration};

use rendition_tests::bench::{
    busy, cached, crate_alone, echo, herd, machine, overhead, pages, report::Report, storage_calls,
    task::Task,
};

// The server's own, so that allocators are not what is compared.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const FIGURES: [&str; 6] = ["cached", "storage", "herd", "busy", "overhead", "pages"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // The same runtime that the server makes.
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match arguments.as_slice() {
        ["serve-echo", answers] => {
            runtime.block_on(echo::serve(Path::new(answers)));
            ExitCode::SUCCESS
        }
        ["generate", task, photo, generations, threads] => {
            match (Task::named(task), generations.parse(), threads.parse()) {
                (Some(task), Ok(generations), Ok(threads)) => {
                    crate_alone::generate(task, Path::new(photo), generations, threads);
                    ExitCode::SUCCESS
                }
                _ => usage(),
            }
        }
        figures if figures.iter().all(|figure| FIGURES.contains(figure)) => {
            if runtime.block_on(measure(figures)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: service-bench [{}]...", FIGURES.join(" | "));
    ExitCode::from(2)
}

async fn measure(figures: &[&str]) -> bool {
    let wanted = |figure| figures.is_empty() || figures.contains(&figure);
    let mut report = Report::default();
    report.title("the machine");
    let busy = machine::busy_cores(Duration::from_secs(1)).await;
    report.note("cores that other work keeps busy", format_args!("{busy:.2}"));
    // First, because ext4 looks past each file that was deleted within the last minutes when it makes a new
    // one, and the other figures delete thousands.
    if wanted("overhead") {
        overhead::run(&mut report).await;
    }
    if wanted("cached") {
        cached::run(&mut report).await;
    }
    if wanted("storage") {
        storage_calls::run(&mut report).await;
    }
    if wanted("herd") {
        herd::run(&mut report).await;
    }
    if wanted("pages") {
        pages::run(&mut report).await;
    }
    if wanted("busy") {
        busy::run(&mut report).await;
    }
    report.end()
}
