//! How much of the machine is ours: the control group's memory and processors, else the machine's.

use std::{fs, num::NonZero, path::Path, thread};

/// What generation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Processors, at least 1.
    pub processors: usize,
    /// Bytes of memory.
    pub memory: u64,
}

impl Capacity {
    /// Reads what this process has been given.
    pub fn detect() -> Self {
        Self {
            // The standard library follows the quota of the control group, versions 1 and 2.
            processors: thread::available_parallelism().map_or(1, NonZero::get),
            memory: memory(Path::new("/")),
        }
    }
}

/// What is assumed where nothing tells the memory.
const UNKNOWN_MEMORY: u64 = 1 << 30;

fn memory(root: &Path) -> u64 {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let machine = read("proc/meminfo").and_then(|text| total(&text)).unwrap_or(UNKNOWN_MEMORY);
    group_files(&read("proc/self/cgroup").unwrap_or_default())
        .iter()
        .filter_map(|path| read(path)?.trim().parse::<u64>().ok())
        .fold(machine, u64::min)
}

/// Where limits may stand: the group's own folder, each one above it, and the root that a container
/// sees as its own.
fn group_files(groups: &str) -> Vec<String> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let (base, file) = match controllers {
            "" => ("sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let mut path = path.trim_matches('/');
        loop {
            files.push(if path.is_empty() {
                format!("{base}/{file}")
            } else {
                format!("{base}/{path}/{file}")
            });
            if path.is_empty() {
                break;
            }
            path = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }
    files
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn the_tightest_limit_from_the_group_up_to_the_root_counts() {
        let root = machine(&[
            ("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n"),
            ("proc/self/cgroup", "0::/pod/container\n"),
            ("sys/fs/cgroup/pod/container/memory.max", "max\n"),
            ("sys/fs/cgroup/pod/memory.max", "1048576\n"),
        ]);
        assert_eq!(memory(root.path()), 1_048_576);
    }

    #[test]
    fn version_one_groups_are_read_too() {
        let root = machine(&[
            ("proc/meminfo", "MemTotal:       16384 kB\n"),
            ("proc/self/cgroup", "5:cpu,cpuacct:/a\n3:memory:/a\n"),
            ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4096\n"),
        ]);
        assert_eq!(memory(root.path()), 4096);
    }

    #[test]
    fn without_a_limit_it_is_the_machine() {
        let root = machine(&[("proc/meminfo", "MemTotal:       16384 kB\n"), ("proc/self/cgroup", "0::/\n")]);
        assert_eq!(memory(root.path()), 16_777_216);
    }
}
