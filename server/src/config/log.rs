//! What the server writes about itself.

use toml::de::DeValue;
use tracing_subscriber::EnvFilter;

use super::{
    key::{Key, Kind},
    problem::Complaint,
    section::Section,
    suggestion::nearest,
    value::{FromValue, choice},
};

/// What the server writes about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// In which form.
    pub format: LogFormat,
    /// How much: a level, or directives such as `info,rendition_server=debug`.
    pub level: String,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object to a line.
    Json,
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "log.format",
        Kind::Choice(&["text", "json"]),
        "\"text\"",
        "For people, or one JSON object to a line.",
    ),
    Key::new(
        "log.level",
        Kind::Text,
        "\"info\"",
        "`off`, `error`, `warn`, `info`, `debug` or `trace`, or directives such as `info,rendition_server=debug`. The variable RENDITION_LOG wins over it.",
    ),
];

impl Log {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let level: String = section.get("level");
        if let Err(complaint) = check_level(&level) {
            section.complain("level", complaint);
        }
        Self { format: section.get("format"), level }
    }
}

fn check_level(level: &str) -> Result<(), Complaint> {
    let remedy = format!(
        "write one of \"{}\", or directives such as \"info,rendition_server=debug\"",
        LEVELS.join("\", \"")
    );
    // A lone word that is no level would be taken as a target, and silence everything else.
    let mut words = level.split(',').filter(|directive| !directive.contains(['=', '[']));
    if let Some(word) = words.find(|word| !LEVELS.contains(&word.trim())) {
        let remedy = match nearest(word, LEVELS) {
            Some(meant) => format!("did you mean \"{meant}\"? {remedy}"),
            None => remedy,
        };
        return Err(Complaint::new(format!("{word:?} is not a level"), remedy));
    }
    EnvFilter::try_new(level)
        .map(drop)
        .map_err(|error| Complaint::new(format!("is not understood: {error}"), remedy))
}

impl FromValue for LogFormat {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(value, &[("text", Self::Text), ("json", Self::Json)])
    }
}
