//! The binary `rendition-server`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use rendition_server::{
    Config, Server,
    config::{self, LogFormat},
    rollout::{self, Rollout},
    turns,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// How long calls that hang in a store may hold up the exit after the drain.
const LAST_MOMENT: Duration = Duration::from_secs(1);

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Makes, finds and serves generated images over gRPC.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration; without it, everything is kept under ./rendition-data
    #[arg(long, value_name = "FILE", env = "RENDITION_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Says what is wrong with a configuration, and where
    Check {
        /// The file to check; without it, the built-in configuration with the environment's overrides
        file: Option<PathBuf>,
    },
    /// Tells what a new configuration would come to: specs that differ, renditions to make, their cost; writes nothing
    Plan {
        /// The configuration that runs now
        old: PathBuf,
        /// The one that is to be rolled out; its stores are read
        new: PathBuf,
        /// Only sources under this prefix, or that this glob matches
        #[arg(long, value_name = "PREFIX|GLOB")]
        sources: Option<String>,
        /// How many sources are made into each rendition in memory, to measure its cost
        #[arg(long, value_name = "COUNT", default_value_t = 8)]
        sample: usize,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Prints the reference of all configuration keys
    ConfigReference,
}

fn main() -> ExitCode {
    if let Err(lacking) = processor() {
        eprintln!("{lacking}");
        return ExitCode::FAILURE;
    }
    let arguments = Arguments::parse();
    match arguments.command {
        None => serve(arguments.config),
        Some(Command::Check { file }) => {
            let report = config::check(file.or(arguments.config).as_deref(), environment());
            print!("{}", report.text);
            if report.sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Some(Command::Plan { old, new, sources, sample, json }) => {
            match plan([old, new], sources.as_deref(), sample) {
                Ok(planned) if json => println!("{}", rollout::json(&planned)),
                Ok(planned) => print!("{}", rollout::text(&planned)),
                Err(error) => {
                    eprintln!("error: {error}");
                    return ExitCode::FAILURE;
                }
            }
            ExitCode::SUCCESS
        }
        Some(Command::ConfigReference) => {
            print!("{}", config::reference::markdown());
            ExitCode::SUCCESS
        }
    }
}

/// Refuses a processor that lacks what the codecs are compiled for: better said than met as an illegal instruction.
fn processor() -> Result<(), &'static str> {
    #[cfg(target_arch = "x86_64")]
    if !std::is_x86_feature_detected!("sse4.1") {
        return Err(
            "this processor lacks SSE4.1, which the codecs need: every one since 2008 (Intel) and 2011 (AMD) has it",
        );
    }
    Ok(())
}

/// The environment; a variable that is not text is none of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn plan(
    files: [PathBuf; 2],
    sources: Option<&str>,
    sample: usize,
) -> Result<Rollout, Box<dyn std::error::Error>> {
    let [old, new] = files.map(|file| Config::load(Some(&file), environment()));
    let options = rollout::Options::new(sources, sample)?;
    let runtime = tokio::runtime::Runtime::new()?;
    Ok(runtime.block_on(rollout::plan(&old?, &new?, &options))?)
}

fn serve(file: Option<PathBuf>) -> ExitCode {
    let config = match Config::load(file.as_deref(), environment()) {
        Ok(config) => config,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::FAILURE;
        }
    };
    start_log(&config);
    let served = turns::runtime().map_err(|error| error.to_string()).and_then(|runtime| {
        let served = runtime.block_on(run(config, file)).map_err(|error| error.to_string());
        // A call that hangs in a dead file system must not keep a drained server alive.
        runtime.shutdown_timeout(LAST_MOMENT);
        served
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the server cannot go on");
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config, file: Option<PathBuf>) -> Result<(), Box<dyn std::error::Error>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::builder(config).bind().await?;
    let reloads = server.reloader().on_hangup(move || Config::load(file.as_deref(), environment()))?;
    let reloads = tokio::spawn(reloads);
    tracing::info!(grpc = %server.grpc_address()?, http = %server.http_address()?, "serving");
    let shutdown = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let served = server.run(shutdown).await;
    reloads.abort();
    Ok(served?)
}

fn start_log(config: &Config) {
    // A filter of the environment wins, as everywhere.
    let filter =
        EnvFilter::try_from_env("RENDITION_LOG").unwrap_or_else(|_| EnvFilter::new(&config.log.level));
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
