//! A process that is measured: its address is read from what it prints, its CPU time from `/proc`.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

/// The kernel's unit of CPU time in `/proc`, the same on every Linux: a hundredth of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running process. It ends when this is dropped.
#[derive(Debug)]
pub struct Process {
    /// Where it serves gRPC, as a URL.
    pub grpc: String,
    child: Child,
}

impl Process {
    /// Starts a server that tells its address as the field `grpc` of a line of JSON on its standard error.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, told) = mpsc::channel();
        // It reads on to the end, or a server that says much would wait for its reader.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                match value["fields"]["grpc"].as_str() {
                    Some(address) => drop(sender.send(format!("http://{address}"))),
                    None if value["level"] != "INFO" => eprintln!("{line}"),
                    None => {}
                }
            }
        });
        let grpc = told.recv().unwrap_or_else(|_| panic!("{command:?} ended before it served"));
        Self { grpc, child }
    }

    /// The CPU time that it has used so far, in seconds, to a hundredth.
    pub fn cpu(&self) -> f64 {
        cpu(&self.child.id().to_string())
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The CPU time of a process (a number, or `self`), user and system together, in seconds.
pub fn cpu(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name in parentheses may hold anything; the fields are counted behind it.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks as f64 / TICKS_PER_SECOND
}

/// The memory that a process holds, in megabytes.
pub fn resident(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<f64>().unwrap() / 1024.0
}
