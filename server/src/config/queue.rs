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
];

impl Queue {
    pub(crate) fn read(section: &Section<'_, '_>) -> Option<Self> {
        Some(Self { path: section.read("path")?, workers: super::limits::count(section, "workers") })
    }
}
