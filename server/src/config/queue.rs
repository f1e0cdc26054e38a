//! The durable queue of background work.

use std::path::PathBuf;

use super::{
    key::{Key, Kind},
    section::Section,
};

/// The durable queue of background work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The folder that it lies in. One server alone uses it.
    pub path: PathBuf,
    /// How many queued jobs are worked on at a time; at least 1.
    pub workers: usize,
    /// How many jobs a second are queued for renditions that older ones stand in for; at least 1.
    pub revalidations_per_second: u64,
}

pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "queue.path",
        Kind::Path,
        "\"rendition-data/queue\"",
        "The folder of the queue, on a disk of this machine; it is created if it is missing. Each server has its own. It lies in no store.",
    ),
    Key::new(
        "queue.workers",
        Kind::Count { min: 1, max: 1024 },
        "2",
        "How many queued jobs are worked on at a time. Callers who wait go first all the same.",
    ),
    Key::new(
        "queue.revalidations_per_second",
        Kind::Count { min: 1, max: 100_000 },
        "10",
        "How many jobs a second are queued at the most for renditions that older ones stand in for (`specs.<id>.stale_while_revalidate` and `previous_for`). What is over that is queued when it is asked for again.",
    ),
];

impl Queue {
    pub(crate) fn read(section: &Section<'_, '_>) -> Option<Self> {
        Some(Self {
            path: section.read("path")?,
            workers: super::limits::count(section, "workers"),
            revalidations_per_second: section.get("revalidations_per_second"),
        })
    }
}
