//! The binary `prewarm-bench [NAMES]`: measures the figures of prewarming and says which of them are missed. `alone` is the
//! process that it starts to measure against.

use std::{path::Path, process::ExitCode, time::Duration};

use rendition_tests::bench::{machine, prewarm_alone, prewarm_beside, prewarm_throughput, report::Report};

// The server's own, so that allocators are not what is compared.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many names there are, where nothing is said.
const NAMES: usize = 5000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let names = match arguments.as_slice() {
        ["alone", folder, threads] => match threads.parse() {
            Ok(threads) => {
                prewarm_alone::run(Path::new(folder), threads);
                return ExitCode::SUCCESS;
            }
            Err(_) => return usage(),
        },
        [] => NAMES,
        [names] => match names.parse() {
            Ok(names) => names,
            Err(_) => return usage(),
        },
        _ => return usage(),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let met = runtime.block_on(async {
        let mut report = Report::default();
        report.title("the machine");
        let busy = machine::busy_cores(Duration::from_secs(1)).await;
        report.note("cores that other work keeps busy", format_args!("{busy:.2}"));
        prewarm_throughput::run(&mut report, names).await;
        prewarm_beside::run(&mut report).await;
        report.end()
    });
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    eprintln!("usage: prewarm-bench [NAMES]");
    ExitCode::from(2)
}
