//! A bound on the memory of a process: a real control group where one can be made, else a bound on its address space.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

/// What bounds the memory. A group that was made for it is removed when this is dropped.
#[derive(Debug)]
pub enum Confinement {
    /// A control group, in this folder.
    Group(PathBuf),
    /// The address space of the process (RLIMIT_AS).
    AddressSpace,
}

impl Confinement {
    /// A group of this many bytes, of either version of control groups; where none can be made, the address space.
    pub fn new(bytes: u64) -> Confinement {
        let name = format!("rendition-test-{}", std::process::id());
        for (root, limit) in [
            ("/sys/fs/cgroup", "memory.max"),
            ("/sys/fs/cgroup/unified", "memory.max"),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ] {
            let folder = Path::new(root).join(&name);
            if !Path::new(root).join("cgroup.procs").exists() || fs::create_dir(&folder).is_err() {
                continue;
            }
            let group = Confinement::Group(folder.clone());
            if folder.join(limit).exists() && fs::write(folder.join(limit), bytes.to_string()).is_ok() {
                // No way out by swapping, where there is one.
                let _ = fs::write(folder.join("memory.swap.max"), "0");
                return group;
            }
        }
        println!("no control group can be made here");
        Confinement::AddressSpace
    }

    /// By which [`enter`] finds it; read from the environment there.
    pub fn name(&self) -> String {
        match self {
            Confinement::Group(folder) => folder.display().to_string(),
            Confinement::AddressSpace => "address space".to_owned(),
        }
    }
}

impl Drop for Confinement {
    fn drop(&mut self) {
        if let Confinement::Group(folder) = self {
            // The process is gone, but its group may be told so a moment later.
            for _ in 0..50 {
                if fs::remove_dir(&folder).is_ok() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// Puts this process into the confinement of this name.
pub fn enter(name: &str, bytes: u64) {
    if name.starts_with('/') {
        fs::write(Path::new(name).join("cgroup.procs"), std::process::id().to_string()).unwrap();
    } else {
        setrlimit(Resource::As, Rlimit { current: Some(bytes), maximum: Some(bytes) }).unwrap();
    }
}

/// What this thread has used of a processor.
pub fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
