//! The estimate of memory that admission goes by, against what is really taken: over the whole corpus, in many ways.
//!
//! `MEMORY_TABLE=1` prints all, `MEMORY_ONLY=TEXT` takes only files whose paths hold the text.
//!
//! It may never be less, and not be more than 1.6 times as much, some ways excepted; for what takes little, [`SLACK`] on top.

// The estimates are those of the usual codecs; the one for JPEG without C takes other ways.
#![cfg(all(target_os = "linux", target_env = "gnu", feature = "turbojpeg"))]
#![allow(clippy::unwrap_used)]

#[cfg(feature = "avif")]
mod avif;
#[cfg(feature = "avif")]
#[allow(dead_code)]
#[path = "../imaging/avif_file.rs"]
mod avif_file;
#[cfg(feature = "avif")]
mod bitstreams;
#[path = "../imaging/corpus.rs"]
mod corpus;
mod counted;
mod hand_made;
#[allow(dead_code)]
#[path = "../imaging/picture.rs"]
mod picture;
mod ways;

use std::sync::Mutex;

use rendition_imaging::{Limits, Plan, generate, inspect};

use hand_made::Case;
use picture::Picture;
use ways::Way;

/// The memory of all threads is counted, so that one test at a time may run.
static ALONE: Mutex<()> = Mutex::new(());

/// What the estimate may be too high whatever the peak is: buffers that every image is taken to need, the tables of a colour
/// profile, and those of an encoder, two MiB each.
const SLACK: u64 = 6 << 20;

#[test]
fn the_estimate_holds_for_files_of_kinds_that_are_rare() {
    let _alone = ALONE.lock();
    warm_up();
    hold(hand_made::cases());
}

#[cfg(feature = "avif")]
#[test]
fn the_estimate_holds_for_grain_of_film_and_for_bitstreams_that_are_copied() {
    let _alone = ALONE.lock();
    warm_up();
    hold(bitstreams::cases());
}

#[cfg(feature = "avif")]
#[test]
fn the_estimate_holds_for_what_is_written_as_avif_at_every_size_and_speed() {
    let _alone = ALONE.lock();
    warm_up();
    hold(avif::cases());
}

/// Compares the estimates of these with their peaks.
fn hold(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for Case { name, bytes, spec } in cases {
        let header = inspect(&bytes).unwrap();
        let plan = Plan::new(&header, bytes.len() as u64, &spec, &Limits::default()).unwrap();
        let (peak, made) = counted::peak(|| generate(&bytes, &spec, &Limits::default()));
        made.unwrap();
        let (estimate, peak) = (plan.memory_bytes(), peak + bytes.len() as u64);
        let line = format!("{:.2}\t{estimate}\t{peak}\t{name}", estimate as f64 / peak as f64);
        println!("{line}");
        if estimate < peak || estimate as f64 > peak as f64 * ways::MOST + SLACK as f64 {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "estimate / peak, estimate, peak:\n{}", wrong.join("\n"));
}

#[test]
fn the_estimate_is_never_below_the_peak_and_at_most_a_little_above() {
    let _alone = ALONE.lock();
    let mut wrong = Vec::new();
    let mut count = 0;
    let table = std::env::var_os("MEMORY_TABLE").is_some();
    let only = std::env::var("MEMORY_ONLY").unwrap_or_default();
    // Tables that are made once and kept belong to no image.
    warm_up();
    // In a usual run every eighth of the small pictures, which all take little, is enough, and every sixth of the large ones,
    // which take seconds each.
    let is_long = std::env::var_os("RENDITION_LONG").is_some() || !only.is_empty();
    for (index, path) in corpus::paths().into_iter().enumerate() {
        let Some(bytes) = corpus::read(&path).filter(|_| path.contains(&only)) else { continue };
        let Ok(header) = inspect(&bytes) else { continue };
        let among = match header.coded.pixels() * u64::from(header.frames) {
            ..200_000 => 8,
            6_000_000.. => 6,
            _ => 2,
        };
        if !is_long && index % among != 0 {
            continue;
        }
        for Way { name, spec, most } in ways::of(&header) {
            let Ok(plan) = Plan::new(&header, bytes.len() as u64, &spec, &Limits::default()) else {
                continue;
            };
            let estimate = plan.memory_bytes();
            let (peak, made) = counted::peak(|| generate(&bytes, &spec, &Limits::default()));
            // The source lay there before.
            let peak = peak + bytes.len() as u64;
            let ratio = estimate as f64 / peak as f64;
            count += 1;
            let too_high = made.is_ok() && estimate as f64 > peak as f64 * most + SLACK as f64;
            let line = format!(
                "{ratio:.2}\t{estimate}\t{peak}\t{name}\t{path}\t{:?} {}",
                header.coded,
                made.is_ok()
            );
            if table {
                println!("{line}");
            }
            if estimate < peak || too_high {
                wrong.push(line);
            }
        }
    }
    println!("{count} renditions, {} estimates wrong", wrong.len());
    assert!(wrong.is_empty(), "estimate / peak, estimate, peak:\n{}", wrong.join("\n"));
}

/// Makes what is kept for the life of a process.
fn warm_up() {
    let source = Picture::scene(64, 64).png();
    for Way { spec, .. } in ways::of(&inspect(&source).unwrap()) {
        generate(&source, &spec, &Limits::default()).unwrap();
    }
}
