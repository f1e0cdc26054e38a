//! What holds for a request that does not say otherwise.

use toml::de::DeValue;

use crate::model::{StoreName, Strategy};

use super::{
    key::{Key, Kind},
    problem::Complaint,
    section::Section,
    value::{FromValue, choice},
};

/// What holds for a request that does not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The store of a source that names none; it has `source = true`.
    pub source_store: StoreName,
    /// The store that renditions are written to.
    pub rendition_store: StoreName,
    /// The strategy where neither the request nor the spec names one.
    pub strategy: Strategy,
}

const STRATEGIES: [(&str, Strategy); 4] = [
    ("just_in_time", Strategy::JustInTime),
    ("optimistic", Strategy::Optimistic),
    ("background", Strategy::Background),
    ("eager", Strategy::Eager),
];

/// The words of the strategies.
pub(crate) const STRATEGY: Kind = Kind::Choice(&["just_in_time", "optimistic", "background", "eager"]);

pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "defaults.source_store",
        Kind::Text,
        "\"media\"",
        "The store of a source that names none. It must have `source = true`.",
    ),
    Key::new(
        "defaults.rendition_store",
        Kind::Text,
        "\"renditions\"",
        "The store that renditions are written to.",
    ),
    Key::new(
        "defaults.strategy",
        STRATEGY,
        "\"just_in_time\"",
        "When renditions are made, where neither the request nor the spec says so.",
    ),
];

impl Defaults {
    pub(crate) fn read(section: &Section<'_, '_>) -> Option<Self> {
        Some(Self {
            source_store: section.read("source_store")?,
            rendition_store: section.read("rendition_store")?,
            strategy: section.get("strategy"),
        })
    }
}

impl FromValue for Strategy {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(value, &STRATEGIES)
    }
}

impl FromValue for StoreName {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        Self::new(&String::from_value(value, kind)?)
            .map_err(|_| Complaint::new("can be no store's name", super::store::NAME_REMEDY))
    }
}
