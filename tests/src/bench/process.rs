//! A process that is measured: its address is read from what it prints, its CPU time from `/proc`.

use std::{
    ffi::OsStr,
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

    /// A program on a processor of its own, if this process was given the other one by [`beside`].
    pub fn command(program: impl AsRef<OsStr>) -> Command {
        match std::env::var(SERVER_CORE) {
            Ok(core) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", &core]).arg(program);
                command
            }
            Err(_) => Command::new(program),
        }
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

/// In the environment: the processor of the servers that are measured.
const SERVER_CORE: &str = "BENCH_SERVER_CORE";

/// Runs this program anew with these arguments on the machine's second processor, and the servers that it starts on the first one.
/// Where both share all of them, the slowest calls tell of nothing but who was put off for a tick of the scheduler. None where
/// there are not two, or where this is the process that was so started; else whether it ended well.
pub fn beside(arguments: &[&str]) -> Option<bool> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 || std::env::var_os(SERVER_CORE).is_some() {
        return None;
    }
    let ended = Command::new("taskset")
        .args(["--cpu-list", "1"])
        .arg(std::env::current_exe().unwrap())
        .args(arguments)
        .env(SERVER_CORE, "0")
        .status();
    Some(ended.unwrap().success())
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
