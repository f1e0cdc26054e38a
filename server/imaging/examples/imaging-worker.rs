//! Makes renditions on request and says how long that took: the bench's side of this crate.
//!
//! Reads lines from standard input and answers each with one line:
//! - `load PATH` reads a source into memory and answers its length;
//! - `run SPECS` makes each spec of a JSON array, on `THREADS` (environment, else 1) threads, with one decode for all whose
//!   decode plans are equal, and answers the nanoseconds from bytes to bytes;
//! - `save PATH` writes the first of them and answers its length; `save-each FOLDER` writes all, named by their index, and
//!   answers the sum;
//! - `planned` answers the bytes that the plans of the last run foresaw, `resident` the most that this process ever held, and
//!   `now` what it holds, in bytes;
//! - `similar PATH PATH` answers how similar two images look, by SSIMULACRA2 (100: the same).

use std::io::{BufRead, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use rendition_imaging::{
    DecodePlan, Encoded, ImageError, Limits, MakeOpaque, Output, Plan, Png, Spec, decode, generate, inspect,
    render,
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Failure = Box<dyn std::error::Error>;

#[derive(Default)]
struct Worker {
    source: Vec<u8>,
    made: Vec<Encoded>,
    planned: u64,
}

impl Worker {
    fn answer(&mut self, line: &str) -> Result<String, Failure> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "load" => {
                self.source = std::fs::read(rest)?;
                Ok(self.source.len().to_string())
            }
            "run" => {
                let specs: Vec<Spec> = serde_json::from_str(rest)?;
                let start = Instant::now();
                let (made, planned) = make(&self.source, &specs)?;
                let took = start.elapsed().as_nanos();
                self.planned = planned;
                self.made = made;
                Ok(took.to_string())
            }
            "save" => {
                let first = &self.made.first().ok_or("nothing was made")?.bytes;
                std::fs::write(rest, first)?;
                Ok(first.len().to_string())
            }
            "save-each" => {
                for (index, made) in self.made.iter().enumerate() {
                    std::fs::write(format!("{rest}/{index}"), &made.bytes)?;
                }
                Ok(self.made.iter().map(|made| made.bytes.len()).sum::<usize>().to_string())
            }
            "planned" => Ok(self.planned.to_string()),
            "resident" => Ok(status("VmHWM:")?.to_string()),
            "now" => Ok(status("VmRSS:")?.to_string()),
            "similar" => {
                let (one, other) = rest.split_once(' ').ok_or("two paths are needed")?;
                Ok(similar(&std::fs::read(one)?, &std::fs::read(other)?)?.to_string())
            }
            _ => Err(format!("not a command: {line}").into()),
        }
    }
}

/// What the specs make of the source, and the memory that was planned for the largest of them.
fn make(source: &[u8], specs: &[Spec]) -> Result<(Vec<Encoded>, u64), Failure> {
    let limits = Limits::default();
    if let [spec] = specs {
        let plan = Plan::new(&inspect(source)?, source.len() as u64, spec, &limits)?;
        return Ok((vec![generate(source, spec, &limits)?], plan.memory_bytes()));
    }
    let header = inspect(source)?;
    let mut plans = Vec::new();
    for spec in specs {
        plans.push(Plan::new(&header, source.len() as u64, spec, &limits)?);
    }
    // Those with the same decode come after one another, and what was decoded goes when the last of them is made. The
    // largest come first, so that no thread is left alone with one of them at the end.
    let mut groups: Vec<(&DecodePlan, Arc<OnceLock<_>>, Vec<usize>)> = Vec::new();
    for (index, plan) in plans.iter().enumerate() {
        match groups.iter_mut().find(|(decode, ..)| *decode == plan.decode()) {
            Some((.., members)) => members.push(index),
            None => groups.push((plan.decode(), Arc::default(), vec![index])),
        }
    }
    for (.., members) in &mut groups {
        members.sort_by_key(|index| std::cmp::Reverse(plans[*index].output_size().pixels()));
    }
    let work: Vec<_> = groups
        .into_iter()
        .flat_map(|(_, decoded, members)| members.into_iter().map(move |index| (index, decoded.clone())))
        .map(|work| Mutex::new(Some(work)))
        .collect();
    let threads = std::env::var("THREADS").ok().and_then(|count| count.parse().ok()).unwrap_or(1);
    let next = AtomicUsize::new(0);
    let made: Vec<Mutex<Option<Result<Encoded, ImageError>>>> =
        plans.iter().map(|_| Mutex::default()).collect();
    let run = || {
        while let Some((index, decoded)) = work
            .get(next.fetch_add(1, Ordering::Relaxed))
            .and_then(|work| work.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take())
        {
            let plan = &plans[index];
            let plane = decoded.get_or_init(|| decode(source, &header, plan.decode()));
            let encoded = plane.as_ref().map_err(Clone::clone).and_then(|plane| render(plane, plan));
            *made[index].lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(encoded);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(run);
        }
        run();
    });
    let mut all = Vec::new();
    for one in made {
        all.push(one.into_inner().ok().flatten().ok_or("a thread made nothing")??);
    }
    let memory = plans.iter().map(Plan::memory_bytes).max().unwrap_or(0);
    Ok((all, memory))
}

/// A value of the process's status in bytes.
fn status(name: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such value")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024)
}

fn similar(one: &[u8], other: &[u8]) -> Result<f64, Failure> {
    let picture = |bytes: &[u8]| -> Result<ssimulacra2::Rgb, Failure> {
        // What is transparent is judged on white, like the reference.
        let spec = Spec::new(vec![MakeOpaque::default().into()], Output::Png(Png::default()));
        let png = generate(bytes, &spec, &Limits::default())?;
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png.bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut data = vec![0; reader.output_buffer_size().ok_or("too large")?];
        let info = reader.next_frame(&mut data)?;
        let channels = info.color_type.samples();
        let level = |sample: u8| f32::from(sample) / 255.0;
        let pixels = data.chunks_exact(channels).map(|pixel| match channels {
            1 | 2 => [level(pixel[0]); 3],
            _ => [level(pixel[0]), level(pixel[1]), level(pixel[2])],
        });
        Ok(ssimulacra2::Rgb::new(
            pixels.collect(),
            info.width as usize,
            info.height as usize,
            ssimulacra2::TransferCharacteristic::SRGB,
            ssimulacra2::ColorPrimaries::BT709,
        )?)
    };
    Ok(ssimulacra2::compute_frame_ssimulacra2(picture(one)?, picture(other)?)?)
}

fn main() -> Result<(), Failure> {
    // A thread of its own, as in the server: the allocator gives the main thread's large blocks back to the system at once.
    std::thread::scope(|scope| scope.spawn(|| serve().map_err(|error| error.to_string())).join())
        .map_err(|_| "the worker panicked")?
        .map_err(Failure::from)
}

fn serve() -> Result<(), Failure> {
    let mut worker = Worker::default();
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        match worker.answer(line?.trim()) {
            Ok(answer) => writeln!(out, "{answer}")?,
            Err(error) => writeln!(out, "error: {error}")?,
        }
        out.flush()?;
    }
    Ok(())
}
