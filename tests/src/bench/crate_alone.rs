//! The imaging crate alone: generations on threads of a process that does nothing else.

use std::{
    path::Path,
    process::Command,
    sync::{Arc, Barrier},
    thread,
};

use rendition_imaging::{Limits, Operation, Output, ResizeToFit, Spec};

use super::process::cpu;

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
    pub fn measure(photo: &Path, generations: usize, threads: usize) -> Self {
        let output = Command::new(std::env::current_exe().unwrap())
            .arg("generate")
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
pub fn generate(photo: &Path, generations: usize, threads: usize) {
    let photo = Arc::new(std::fs::read(photo).unwrap());
    let (warm, go) = (Arc::new(Barrier::new(threads + 1)), Arc::new(Barrier::new(threads + 1)));
    let workers: Vec<_> = (0..threads)
        .map(|number| {
            let (photo, warm, go) = (photo.clone(), warm.clone(), go.clone());
            let share = generations / threads + usize::from(number < generations % threads);
            thread::spawn(move || {
                let bytes = fit(&photo);
                // The server's sources are files of their own; one buffer read again and again would stay in the
                // processor's cache.
                let sources = vec![photo.as_slice().to_vec(); share];
                warm.wait();
                go.wait();
                for source in &sources {
                    assert_eq!(fit(source), bytes);
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

fn fit(photo: &[u8]) -> usize {
    let fit = ResizeToFit { width: 300, height: 300, ..Default::default() };
    let spec = Spec::new(vec![Operation::ResizeToFit(fit)], Output::Jpeg(Default::default()));
    rendition_imaging::generate(photo, &spec, &Limits::default()).unwrap().bytes.len()
}
