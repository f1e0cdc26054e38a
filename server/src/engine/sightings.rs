//! Since when each named spec has had its present form: what the queue's database remembers, and what is seen now.

use super::{Engine, Inner, specs::ResolvedSpec};
use crate::{
    model::Timestamp,
    queue::{Queue, Sighting},
};

/// Since when a spec has had its form, as far as was noted; else this is the moment.
pub(super) fn since(queue: &Queue, spec: &ResolvedSpec, now: Timestamp) -> Timestamp {
    match queue.sighting(&spec.form_name()) {
        Some(sighting) if sighting.digest == spec.digest.as_str() => sighting.since.into(),
        _ => now,
    }
}

impl Engine {
    /// Notes durably since when each named spec has had its present form. To be called before anything is served.
    pub async fn note_forms(&self) {
        let inner = self.now();
        inner.note_forms(inner.clock.now()).await;
    }
}

impl Inner {
    /// Notes the forms of the registry that are new since then. That they cannot be written down costs only that the next
    /// start takes them for newer than they are.
    pub(super) async fn note_forms(&self, seen_at: Timestamp) {
        let mut new = Vec::new();
        for spec in self.specs.after(None).flat_map(|registered| registered.resolutions()) {
            let (form, digest) = (spec.form_name(), spec.digest.as_str());
            if self.queue.sighting(&form).is_none_or(|known| known.digest != digest) {
                new.push((form, Sighting { digest: digest.to_owned(), since: seen_at.into() }));
            }
        }
        if let Err(error) = self.queue.see(new).await {
            tracing::warn!(%error, "since when the specs have their present form cannot be written down");
        }
    }
}
