//! The table row of one key: what may be written for it, and what it means.
//!
//! The rows are the only place that knows a key's default and bounds; the reader of a section and
//! the written reference both take them from here.

use std::time::Duration;

use super::{document::Textual, quantity::format_size};

/// One key that an operator can write.
#[derive(Debug)]
pub struct Key {
    /// The path, with `<name>` for a name of the operator's choice and `[]` for an item of a list.
    pub path: &'static str,
    /// What may be written.
    pub kind: Kind,
    /// The default, written as TOML; none if the key has no default, and then `absent` says what
    /// its absence means.
    pub default: Option<&'static str>,
    /// What it means when the key is not written, for keys without a default.
    pub absent: &'static str,
    /// What the key does, in Markdown.
    pub meaning: &'static str,
}

/// What may be written for a key.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that is never shown.
    SecretText,
    /// The path of a file or folder.
    Path,
    /// An IP address and a port.
    Address,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Count {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A list of whole numbers within bounds.
    Counts {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A number above 0.
    Number {
        /// The most.
        most: u32,
    },
    /// A size in bytes within bounds.
    Size {
        /// The least, in bytes.
        min: u64,
        /// The most, in bytes.
        max: u64,
    },
    /// A duration within bounds.
    Span {
        /// The least.
        min: Duration,
        /// The most.
        max: Duration,
    },
    /// A duration within bounds, or "forever".
    Ttl {
        /// The least.
        min: Duration,
        /// The most.
        max: Duration,
    },
    /// A duration within bounds, or "never".
    Interval {
        /// The least.
        min: Duration,
        /// The most.
        max: Duration,
    },
    /// A size, or a share in per cent.
    Memory,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of globs.
    Globs,
    /// A list of origins.
    Origins,
    /// A list of tables whose keys have rows of their own.
    Records,
    /// A part of a spec, which the imaging crate reads.
    SpecPart,
}

impl Key {
    /// A row for a key that has a default.
    pub const fn new(path: &'static str, kind: Kind, default: &'static str, meaning: &'static str) -> Self {
        Self { path, kind, default: Some(default), absent: "", meaning }
    }

    /// A row for a key without a default.
    pub const fn without_default(
        path: &'static str,
        kind: Kind,
        absent: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { path, kind, default: None, absent, meaning }
    }

    /// The environment variable that overrides the key.
    pub fn variable(&self) -> String {
        format!("{}{}", super::environment::PREFIX, self.path.to_uppercase().replace('.', "__"))
    }
}

impl Kind {
    /// The type's name in the reference.
    pub fn describe(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::SecretText => "secret text".to_owned(),
            Self::Path => "path".to_owned(),
            Self::Address => "IP address and port".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Count { min, max: u64::MAX } => format!("whole number from {min}"),
            Self::Count { min, max } => format!("whole number, {min} to {max}"),
            Self::Counts { min, max } => format!("list of whole numbers, {min} to {max}"),
            Self::Number { most } => format!("number above 0, to {most}"),
            Self::Size { min, max: u64::MAX } => format!("size from {}", format_size(*min)),
            Self::Size { min, max } => format!("size, {} to {}", format_size(*min), format_size(*max)),
            Self::Span { min, max } => format!("duration, {} to {}", duration(*min), duration(*max)),
            Self::Ttl { min, max } => {
                format!("duration, {} to {}, or `\"forever\"`", duration(*min), duration(*max))
            }
            Self::Interval { min, max } => {
                format!("duration, {} to {}, or `\"never\"`", duration(*min), duration(*max))
            }
            Self::Memory => "share in per cent, or size".to_owned(),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                words.join(", ")
            }
            Self::Globs => "list of globs".to_owned(),
            Self::Origins => "list of origins".to_owned(),
            Self::Records => "list of tables".to_owned(),
            Self::SpecPart => "part of a spec".to_owned(),
        }
    }

    /// Whether a value in the environment is text, whatever it looks like.
    pub(crate) fn textual(&self) -> Textual {
        match self {
            Self::Text | Self::SecretText | Self::Path | Self::Address | Self::Choice(_) => Textual::Yes,
            Self::Flag
            | Self::Count { .. }
            | Self::Counts { .. }
            | Self::Number { .. }
            | Self::Size { .. }
            | Self::Span { .. }
            | Self::Ttl { .. }
            | Self::Interval { .. }
            | Self::Memory
            | Self::Globs
            | Self::Origins
            | Self::Records
            | Self::SpecPart => Textual::No,
        }
    }
}

/// A duration in words, without fractions that nobody wrote.
pub(crate) fn duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

/// Bounds of durations, for the rows.
pub(crate) const fn span(min_millis: u64, max_seconds: u64) -> Kind {
    Kind::Span { min: Duration::from_millis(min_millis), max: Duration::from_secs(max_seconds) }
}

/// Bounds of times to live, for the rows: from a millisecond to ten years.
pub(crate) const TTL: Kind =
    Kind::Ttl { min: Duration::from_millis(1), max: Duration::from_secs(3650 * 24 * 3600) };
