//! What is remembered of a rendition, and what may be answered from it.

use std::{sync::Arc, time::Duration};

use super::{Inner, request::Mode, target::Keyed};
use crate::{
    existence::{Known, Record, Verdict},
    model::Error,
};

/// What the memory says of a key.
pub(super) enum Recall {
    /// It is stored.
    Ready(Arc<Record>),
    /// It is not stored, as of a moment ago.
    Absent(Arc<Record>),
    /// It cannot be made, and the source need not be looked at now.
    Held(Verdict),
    /// It could not be made; whether the source changed since may be looked at.
    Doubtful(Verdict),
    /// Nothing that counts.
    Nothing,
}

impl Inner {
    /// Recalls a key, from evidence that is young enough.
    pub(super) fn recall(&self, keyed: &Keyed, max_age: Option<Duration>) -> Recall {
        let now = self.clock.now();
        let Some(record) = self.renditions.get_at(&keyed.key, now) else { return Recall::Nothing };
        match &record.known {
            Known::Failed(verdict) if !verdict.holds(now) => Recall::Nothing,
            Known::Failed(verdict)
                if self.sources.was_saved_since(&keyed.target.place(), verdict.fell_at) =>
            {
                self.renditions.forget(&keyed.key);
                Recall::Nothing
            }
            Known::Failed(verdict) if verdict.may_look(now) => Recall::Doubtful(verdict.clone()),
            Known::Failed(verdict) => Recall::Held(verdict.clone()),
            _ if !record.is_younger(max_age, now) => Recall::Nothing,
            Known::Ready(_) => Recall::Ready(record),
            Known::Absent => Recall::Absent(record),
        }
    }

    /// The error that is held against a key, after a look whether its source changed.
    pub(super) async fn held_verdict(self: &Arc<Self>, keyed: &Keyed, mode: Mode) -> Option<Error> {
        let verdict = match (mode, self.recall(keyed, None)) {
            (Mode::Find, Recall::Held(verdict)) => verdict,
            (Mode::Find, Recall::Doubtful(verdict)) => match self.still_holds(keyed, verdict).await {
                Ok(Some(verdict)) => verdict,
                Ok(None) => return None,
                Err(error) => return Some(error),
            },
            _ => return None,
        };
        Some(verdict.error(self.clock.now()))
    }

    /// Looks whether the source of a failed key changed; if it did, the verdict is dropped. The look is
    /// noted first, so that one look serves all who ask within the next seconds.
    pub(super) async fn still_holds(
        self: &Arc<Self>,
        keyed: &Keyed,
        mut verdict: Verdict,
    ) -> Result<Option<Verdict>, Error> {
        verdict.looked_at = Some(self.clock.now());
        self.renditions.failed(&keyed.key, verdict.clone());
        let record = self.look_at_source(&keyed.target).await?;
        if record.version() == verdict.observed.as_ref() && record.facts.is_some() {
            return Ok(Some(verdict));
        }
        self.renditions.forget(&keyed.key);
        Ok(None)
    }
}
