//! The same work by the imaging crate alone: read, decode once for the specs that share it, render each, keep nothing.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use rendition_imaging::{Limits, Plan, decode, inspect, render};

use super::prewarm_task::specs;

/// What a process of its own told.
#[derive(Clone, Copy, Debug)]
pub struct Alone {
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How many decodes there were.
    pub decodes: u64,
    /// How long all renditions are together.
    pub bytes: u64,
}

impl Alone {
    /// Has all photographs of a folder done by a process, and waits for it.
    pub fn measure(folder: &Path, threads: usize) -> Self {
        let output = Command::new(std::env::current_exe().unwrap())
            .arg("alone")
            .arg(folder)
            .arg(threads.to_string())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let mut words = text.split_whitespace();
        let mut next = || words.next().unwrap();
        Self {
            seconds: next().parse().unwrap(),
            decodes: next().parse().unwrap(),
            bytes: next().parse().unwrap(),
        }
    }
}

/// What the process does.
pub fn run(folder: &Path, threads: usize) {
    let mut photos: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    photos.sort();
    let (photos, next) = (Arc::new(photos), Arc::new(AtomicUsize::new(0)));
    let (decodes, bytes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let (photos, next) = (photos.clone(), next.clone());
            let (decodes, bytes) = (decodes.clone(), bytes.clone());
            thread::spawn(move || {
                while let Some(photo) = photos.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (more_decodes, more_bytes) = one(&std::fs::read(photo).unwrap());
                    decodes.fetch_add(more_decodes, Ordering::Relaxed);
                    bytes.fetch_add(more_bytes, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{seconds} {} {}", decodes.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
}

/// All renditions of one photograph: how many decodes it took, and how long they are together.
fn one(photo: &[u8]) -> (u64, u64) {
    let header = inspect(photo).unwrap();
    let limits = Limits::default();
    let mut shares: Vec<Vec<Plan>> = Vec::new();
    for (_, spec) in specs() {
        let plan = Plan::new(&header, photo.len() as u64, &spec, &limits).unwrap();
        match shares.iter_mut().find(|share| share[0].decode() == plan.decode()) {
            Some(share) => share.push(plan),
            None => shares.push(vec![plan]),
        }
    }
    let mut bytes = 0;
    for share in &shares {
        let plane = decode(photo, &header, share[0].decode()).unwrap();
        for plan in share {
            bytes += render(&plane, plan).unwrap().bytes.len() as u64;
        }
    }
    (shares.len() as u64, bytes)
}
