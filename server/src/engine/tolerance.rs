//! When an older rendition may stand in for one that is missing: what a named spec allows, in times that can be compared.

use std::time::Duration;

use super::settings::NamedSpec;
use crate::model::Timestamp;

/// What a spec allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// For how long after its source changed a rendition of an older version may.
    older_versions: Option<Duration>,
    /// Until when one that was made by what the spec was before may.
    earlier_forms_until: Option<Timestamp>,
}

impl Tolerance {
    /// That of a named spec which has had its present form since then; none if it allows nothing.
    pub fn of(named: &NamedSpec, since: Timestamp) -> Option<Self> {
        let tolerance = Self {
            older_versions: named.stale_while_revalidate,
            earlier_forms_until: named.previous_for.map(|duration| since.after(duration)),
        };
        (tolerance != Self { older_versions: None, earlier_forms_until: None }).then_some(tolerance)
    }

    /// Whether anything is allowed at this time that can be told without a look at the source.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.older_versions.is_none() && !self.allows_earlier_forms(now)
    }

    /// Whether renditions of older versions ever may.
    pub fn knows_older_versions(&self) -> bool {
        self.older_versions.is_some()
    }

    /// Whether renditions of older versions may stand in for one of a source that changed then.
    pub fn allows_older_versions(&self, changed: Option<Timestamp>, now: Timestamp) -> bool {
        match (self.older_versions, changed) {
            (Some(duration), Some(changed)) => now.since(changed) < duration,
            _ => false,
        }
    }

    /// Whether renditions by what the spec was before may stand in.
    pub fn allows_earlier_forms(&self, now: Timestamp) -> bool {
        self.stands_in_until(now).is_some()
    }

    /// Until when renditions by what the spec was before may stand in; none if they may no more.
    pub fn stands_in_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.earlier_forms_until.filter(|until| now < *until)
    }
}
