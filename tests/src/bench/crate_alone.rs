//! The imaging crate alone: generations on threads of a process that does nothing else.

use std::{
    path::Path,
    process::Command,
    sync::{Arc, Barrier},
    thread,
};

use rendition_imaging::{Limits, Spec};

use super::{process::cpu, task::Task};

/// What a process of its own told.
#[derive(Clone, Copy, Debug)]
pub struct Alone {
    /// The CPU time of all generations together, in seconds.
    pub cpu: f64,
    /// The length of one result.
    pub bytes: u64,
}

impl Alone {
    /// Starts the process and waits for it.
    pub fn measure(task: Task, photo: &Path, generations: usize, threads: usize) -> Self {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["generate", task.spec_id()])
            .arg(photo)
            .args([generations.to_string(), threads.to_string()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let (cpu, bytes) = text.trim().split_once(' ').unwrap();
        Self { cpu: cpu.parse().unwrap(), bytes: bytes.parse().unwrap() }
    }
}

/// What the process does: the generations, then a line with their CPU time and the length of a result. Each
/// thread makes one beforehand that is not counted, as the server has made some before it is measured.
pub fn generate(task: Task, photo: &Path, generations: usize, threads: usize) {
    let spec = Arc::new(task.spec());
    let photo = Arc::new(std::fs::read(photo).unwrap());
    let (warm, go) = (Arc::new(Barrier::new(threads + 1)), Arc::new(Barrier::new(threads + 1)));
    let workers: Vec<_> = (0..threads)
        .map(|number| {
            let (spec, photo, warm, go) = (spec.clone(), photo.clone(), warm.clone(), go.clone());
            let share = generations / threads + usize::from(number < generations % threads);
            thread::spawn(move || {
                let bytes = made(&spec, &photo);
                // The server's sources are files of their own; one buffer read again and again would stay in the
                // processor's cache.
                let sources = vec![photo.as_slice().to_vec(); share];
                warm.wait();
                go.wait();
                for source in &sources {
                    assert_eq!(made(&spec, source), bytes);
                }
                bytes
            })
        })
        .collect();
    warm.wait();
    let before = cpu("self");
    go.wait();
    let bytes = workers.into_iter().map(|worker| worker.join().unwrap()).max().unwrap_or(0);
    println!("{} {bytes}", cpu("self") - before);
}

fn made(spec: &Spec, photo: &[u8]) -> usize {
    rendition_imaging::generate(photo, spec, &Limits::default()).unwrap().bytes.len()
}
