//! How long what is known is believed.

use std::{path::PathBuf, time::Duration};

use super::{
    Queue,
    key::{Key, Kind, TTL, span},
    quantity::{Interval, Ttl},
    section::Section,
};

/// How long what is known is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Whether anything is remembered at all.
    pub enabled: bool,
    /// For how long a rendition seen is believed to be there.
    pub ready_ttl: Ttl,
    /// For how long a rendition or source not found is believed to be absent.
    pub absent_ttl: Duration,
    /// For how long a source's version is believed to be current.
    pub source_ttl: Duration,
    /// The most memory that the cache takes, in bytes.
    pub max_bytes: u64,
    /// How often what is remembered is written down for the next process.
    pub save_every: Interval,
    /// The file that it is written to.
    pub path: PathBuf,
}

/// The name of that file in the queue's folder, which one server alone uses.
const FILE: &str = "existence";

/// Thirty days, in seconds.
const MONTH: u64 = 30 * 24 * 3600;

pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "cache.enabled",
        Kind::Flag,
        "true",
        "Whether anything is remembered. Without the cache every call asks the storage.",
    ),
    Key::new(
        "cache.ready_ttl",
        TTL,
        "\"24h\"",
        "How long a rendition that was seen is believed to be there. `\"forever\"` suits stores from which nobody else deletes.",
    ),
    Key::new(
        "cache.absent_ttl",
        span(1, MONTH),
        "\"5s\"",
        "How long a rendition or source that was not found is believed to be absent.",
    ),
    Key::new(
        "cache.source_ttl",
        span(1, MONTH),
        "\"10s\"",
        "How long a source's version, seen in its store, is believed to be current.",
    ),
    Key::new(
        "cache.max_bytes",
        Kind::Size { min: 1 << 20, max: 1 << 40 },
        "\"256 MiB\"",
        "The most memory that the cache takes; the least used entries go first.",
    ),
    Key::new(
        "cache.save_every",
        Kind::Interval { min: Duration::from_secs(1), max: Duration::from_secs(MONTH) },
        "\"10m\"",
        "How often what is remembered is written down, besides at the end of the process, so that the next one remembers it too, as long as this one would have. `\"never\"`: neither written nor read.",
    ),
    Key::without_default(
        "cache.path",
        Kind::Path,
        "`existence` in the queue's folder",
        "The file that it is written to, on a disk of this machine. Each server has its own. A second file lies beside it.",
    ),
];

impl Cache {
    pub(crate) fn read(section: &Section<'_, '_>, queue: &Queue) -> Self {
        Self {
            enabled: section.get("enabled"),
            ready_ttl: section.get("ready_ttl"),
            absent_ttl: section.get("absent_ttl"),
            source_ttl: section.get("source_ttl"),
            max_bytes: section.get("max_bytes"),
            save_every: section.get("save_every"),
            path: section.read("path").unwrap_or_else(|| queue.path.join(FILE)),
        }
    }
}
