//! Makes renditions on request and says how long each took: the bench's side of this crate.
//!
//! Reads lines from standard input and answers each with one line:
//! `load PATH` reads a source into memory; `run fit|fill WIDTH HEIGHT speed|quality` makes a JPEG of
//! quality 80 and answers the nanoseconds from bytes to bytes; `save PATH` writes the last one;
//! `memory` answers the planned bytes of the last run and the most the process ever held resident.

use std::io::{BufRead, Write};
use std::time::Instant;

use rendition_imaging::{
    Jpeg, Limits, Operation, Output, Plan, ResizeToFill, ResizeToFit, ScaledDecoding, Spec, Webp, generate,
    inspect,
};

type Failure = Box<dyn std::error::Error>;

#[derive(Default)]
struct Worker {
    source: Vec<u8>,
    made: Vec<u8>,
    planned: u64,
}

impl Worker {
    fn answer(&mut self, line: &str) -> Result<String, Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["load", path] => {
                self.source = std::fs::read(path)?;
                Ok(self.source.len().to_string())
            }
            ["run", kind, width, height, mode, format @ ..] => {
                let spec = spec(kind, width.parse()?, height.parse()?, mode, format)?;
                let start = Instant::now();
                self.made = generate(&self.source, &spec, &Limits::default())?.bytes;
                let took = start.elapsed().as_nanos();
                let header = inspect(&self.source)?;
                let length = self.source.len() as u64;
                self.planned = Plan::new(&header, length, &spec, &Limits::default())?.memory_bytes();
                Ok(took.to_string())
            }
            ["save", path] => {
                std::fs::write(path, &self.made)?;
                Ok(self.made.len().to_string())
            }
            ["memory"] => Ok(format!("{} {}", self.planned, resident_peak()?)),
            _ => Err(format!("not a command: {line}").into()),
        }
    }
}

fn spec(kind: &str, width: u32, height: u32, mode: &str, format: &[&str]) -> Result<Spec, Failure> {
    let operations: Vec<Operation> = match kind {
        "fit" => vec![ResizeToFit { width, height, ..ResizeToFit::default() }.into()],
        "fill" => vec![ResizeToFill { width, height, ..ResizeToFill::default() }.into()],
        "keep" => vec![],
        _ => return Err(format!("not an operation: {kind}").into()),
    };
    let scaled_decoding = match mode {
        "speed" => ScaledDecoding::Speed,
        "quality" => ScaledDecoding::Quality,
        _ => return Err(format!("not a mode: {mode}").into()),
    };
    let output = match format {
        [] | ["jpeg"] => Output::Jpeg(Jpeg::default()),
        ["png"] => Output::Png(Default::default()),
        ["webp"] => Output::Webp(Webp::default()),
        ["lossless"] => Output::Webp(Webp { lossless: true, ..Webp::default() }),
        _ => return Err(format!("not a format: {format:?}").into()),
    };
    Ok(Spec { operations, output, scaled_decoding })
}

/// Linux's count of the most memory that the process held, in bytes.
fn resident_peak() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kibibytes: u64 = line.split_whitespace().nth(1).ok_or("no VmHWM")?.parse()?;
    Ok(kibibytes * 1024)
}

fn main() -> Result<(), Failure> {
    let mut worker = Worker::default();
    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        match worker.answer(&line?) {
            Ok(answer) => writeln!(answers, "{answer}")?,
            Err(error) => writeln!(answers, "error: {error}")?,
        }
        answers.flush()?;
    }
    Ok(())
}
