//! The bounds that keep one caller, one image or one outage from taking the server down.

use std::time::Duration;

use super::{
    key::{Key, Kind, span},
    quantity::Memory,
    section::Section,
};

/// The bounds of the server's work.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The most pixels of a source, all of its frame counted.
    pub max_source_pixels: u64,
    /// The most bytes of a source.
    pub max_source_bytes: u64,
    /// The most pixels of a rendition.
    pub max_output_pixels: u64,
    /// The most pixels of a rendition that is an AVIF.
    pub max_avif_pixels: u64,
    /// The most pixels of all frames of an animation together, where it stays one.
    pub max_animation_pixels: u64,
    /// The most frames of an animation, where it stays one.
    pub max_frames: u32,
    /// The most of a processor's time for decoding and rendering one image.
    pub cpu_time: Duration,
    /// The longest that a caller is kept waiting.
    pub max_wait: Duration,
    /// The longest that those who wait for one generation are kept.
    pub generation_timeout: Duration,
    /// Whether requests may bring specs of their own.
    pub inline_specs: bool,
    /// The most items of a batch.
    pub max_batch: usize,
    /// The most bytes of one gRPC message.
    pub max_message_bytes: usize,
    /// Threads for decoding and encoding; none: as many as the process has CPUs.
    pub cpu_workers: Option<usize>,
    /// The memory that decoding and encoding may take together.
    pub memory: Memory,
    /// The most bytes of sources held while they are fetched and until they are decoded, and once more of those that come in.
    pub fetch_bytes: u64,
    /// The most generations that wait for admission.
    pub queue_length: usize,
    /// The longest that a server which was told to stop waits for its calls.
    pub drain_timeout: Duration,
}

/// The most pixels of JPEG, the widest format: 65,535 a side.
const MOST_PIXELS: u64 = 65_535 * 65_535;
const HOUR: u64 = 3600;

pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "limits.max_source_pixels",
        Kind::Count { min: 1, max: MOST_PIXELS },
        "100_000_000",
        "The most pixels of a source; a larger one is refused by its header, before it is decoded.",
    ),
    Key::new(
        "limits.max_source_bytes",
        Kind::Size { min: 1, max: 4 << 30 },
        "\"64 MiB\"",
        "The most bytes of a source; a larger one is refused before it is read.",
    ),
    Key::new(
        "limits.max_output_pixels",
        Kind::Count { min: 1, max: MOST_PIXELS },
        "100_000_000",
        "The most pixels of a rendition.",
    ),
    Key::new(
        "limits.max_avif_pixels",
        Kind::Count { min: 1, max: MOST_PIXELS },
        "4_000_000",
        "The most pixels of a rendition that is written as AVIF, which takes many times as long as other formats.",
    ),
    Key::new(
        "limits.max_animation_pixels",
        Kind::Count { min: 1, max: 100 * MOST_PIXELS },
        "250_000_000",
        "The most pixels of all frames of an animation together, each as large as its canvas; only where it stays an animation.",
    ),
    Key::new(
        "limits.max_frames",
        Kind::Count { min: 1, max: 1_000_000 },
        "2000",
        "The most frames of an animation; only where it stays one.",
    ),
    Key::new(
        "limits.cpu_time",
        span(1, HOUR),
        "\"60s\"",
        "The most of a processor's time that decoding a source and rendering one result may take together.",
    ),
    Key::new(
        "limits.max_wait",
        span(1, HOUR),
        "\"60s\"",
        "The longest that a caller is kept waiting, whatever it asks; the work goes on behind it.",
    ),
    Key::new(
        "limits.generation_timeout",
        span(1, HOUR),
        "\"60s\"",
        "The longest that those who wait for one generation are kept, from its beginning.",
    ),
    Key::new(
        "limits.inline_specs",
        Kind::Flag,
        "true",
        "Whether requests may bring specs of their own, besides the named ones.",
    ),
    Key::new("limits.max_batch", Kind::Count { min: 1, max: 1000 }, "1000", "The most items of a batch."),
    Key::new(
        "limits.max_message_bytes",
        Kind::Size { min: 64 << 10, max: 256 << 20 },
        "\"4 MiB\"",
        "The most bytes of one gRPC message, in and out.",
    ),
    Key::new(
        "limits.cpu_workers",
        Kind::Count { min: 0, max: 1024 },
        "0",
        "Threads for decoding and encoding, and as many again for the background, which give way to the others. 0: as many as the process has CPUs, a container's quota counted.",
    ),
    Key::new(
        "limits.memory",
        Kind::Memory,
        "\"60%\"",
        "The memory that decoding and encoding may take together: a size, or a share of what the process may use, a container's limit counted.",
    ),
    Key::new(
        "limits.fetch_bytes",
        Kind::Size { min: 1, max: 1 << 40 },
        "\"256 MiB\"",
        "The most bytes of sources that are being fetched or wait to be decoded, and once more as many for those that callers put. Not below `max_source_bytes`.",
    ),
    Key::new(
        "limits.queue_length",
        Kind::Count { min: 1, max: 1_000_000 },
        "1024",
        "The most generations that wait for their turn; past it callers are answered OVERLOADED.",
    ),
    Key::new(
        "limits.drain_timeout",
        span(0, HOUR),
        "\"20s\"",
        "The longest that a server which was told to stop waits for the calls in flight.",
    ),
];

impl Limits {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        Self {
            max_source_pixels: section.get("max_source_pixels"),
            max_source_bytes: section.get("max_source_bytes"),
            max_output_pixels: section.get("max_output_pixels"),
            max_avif_pixels: section.get("max_avif_pixels"),
            max_animation_pixels: section.get("max_animation_pixels"),
            max_frames: u32::try_from(section.get::<u64>("max_frames")).unwrap_or(u32::MAX),
            cpu_time: section.get("cpu_time"),
            max_wait: section.get("max_wait"),
            generation_timeout: section.get("generation_timeout"),
            inline_specs: section.get("inline_specs"),
            max_batch: count(section, "max_batch"),
            max_message_bytes: count(section, "max_message_bytes"),
            cpu_workers: Some(count(section, "cpu_workers")).filter(|workers| *workers > 0),
            memory: section.get("memory"),
            fetch_bytes: section.get("fetch_bytes"),
            queue_length: count(section, "queue_length"),
            drain_timeout: section.get("drain_timeout"),
        }
    }

    /// What an image may cost.
    pub fn imaging(&self) -> rendition_imaging::Limits {
        rendition_imaging::Limits {
            max_source_pixels: self.max_source_pixels,
            max_output_pixels: self.max_output_pixels,
            max_avif_pixels: self.max_avif_pixels,
            max_animation_pixels: self.max_animation_pixels,
            max_frames: self.max_frames,
            cpu_time: self.cpu_time,
            ..rendition_imaging::Limits::default()
        }
    }
}

/// Reads a number of things held in memory; the rows bound them far below what an address can count.
pub(crate) fn count(section: &Section<'_, '_>, name: &str) -> usize {
    usize::try_from(section.get::<u64>(name)).unwrap_or(usize::MAX)
}
