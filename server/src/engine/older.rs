//! Stale while revalidate: a rendition that is missing because its source or its spec changed lately is answered by an older
//! one, while it is made in the background.
//!
//! The contract: only named specs that allow it ([`Tolerance`]) are looked at, only after the storage said that the wanted
//! rendition is missing, and only where the source is there. What is stored under the wanted key always wins; what stands in
//! for it is the storage's, under a key of its own, and says so. An older *version* stands in only for the version that the
//! source has now. The job for the wanted rendition is durable, of the background, and under a rate limit: when that is used
//! up nothing is queued, and whoever asks next asks for it again.

use std::sync::Arc;

use rendition_imaging::Format;

use super::{
    Inner,
    recall::Recall,
    request::{Mode, Source, UrlOptions, View},
    settings::VersionPolicy,
    shelf::{Shelf, Shelved},
    specs::ResolvedSpec,
    target::Keyed,
    tolerance::Tolerance,
};
use crate::{
    existence::{Known, Record},
    model::{Error, Evidence, Label, VersionTag, key::KeyParts},
};

/// How many older renditions are tried: they may be gone since the listing.
const TRIES: usize = 3;

/// A rendition that may be stored, by a key that is not the wanted one.
pub(super) struct Older {
    /// Which.
    pub keyed: Keyed,
    /// What is known of it; it is stored.
    pub record: Arc<Record>,
    /// Where from.
    pub evidence: Evidence,
}

/// Whether the job for a rendition that another one stands in for is under the rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Revalidation {
    /// It is.
    Limited,
    /// It is what the caller asked for, and promised.
    Asked,
}

/// What the storage has for a rendition.
pub(super) enum Stock {
    /// The rendition itself.
    Wanted(Arc<Record>),
    /// One that may stand in for it.
    Older(Box<Older>),
    /// Nothing.
    Nothing,
}

impl Inner {
    /// Whether a rendition that is missing may be answered by another one. Nothing is asked of any store.
    pub(super) fn tolerates_older(&self, keyed: &Keyed) -> bool {
        keyed.target.spec.tolerance.as_ref().is_some_and(|tolerance| !tolerance.is_over(self.clock.now()))
    }

    /// What the storage has for a rendition of which nothing is known. Where an older one stands in, a job for the wanted
    /// one is queued. What goes wrong is no older rendition: the ordinary way meets it again, and tells it.
    pub(super) async fn stock(self: &Arc<Self>, keyed: &Keyed, revalidation: Revalidation) -> Stock {
        let Some(tolerance) = keyed.target.spec.tolerance else { return Stock::Nothing };
        match self.recall(keyed, None) {
            Recall::Ready(record) => return Stock::Wanted(record),
            Recall::Held(_) | Recall::Doubtful(_) => return Stock::Nothing,
            Recall::Absent(_) => {}
            Recall::Nothing => match self.probe_one(keyed).await {
                Ok(record) if matches!(record.known, Known::Ready(_)) => return Stock::Wanted(record),
                Ok(_) => {}
                Err(_) => return Stock::Nothing,
            },
        }
        match self.older(keyed, &tolerance).await {
            Ok(Some(older)) => {
                let (inner, wanted) = (self.clone(), keyed.clone());
                // Once for all who ask together, or each of them would use up a part of the rate.
                let queued = self.revalidating.join((keyed.key.clone(), revalidation), || async move {
                    inner.revalidate(&wanted, revalidation).await
                });
                // A panic there costs a job that the next one asks for again.
                let _: Option<()> = queued.await;
                Stock::Older(Box::new(older))
            }
            Ok(None) => Stock::Nothing,
            Err(error) => {
                tracing::debug!(key = %keyed.key, %error, "no older rendition could be looked for");
                Stock::Nothing
            }
        }
    }

    /// The best of the older renditions that may stand in, if there is one.
    async fn older(self: &Arc<Self>, keyed: &Keyed, tolerance: &Tolerance) -> Result<Option<Older>, Error> {
        let shelf = self.shelf(&keyed.target, &keyed.tag).await?;
        // It may have been buried meanwhile.
        self.tag_from_memory(&keyed.target, None)?;
        let candidates = self.candidates(keyed, tolerance, &shelf);
        if candidates.is_empty() {
            // What is made now may be what stands in a moment later.
            self.shelves.forget(&keyed.target.place());
        }
        for shelved in candidates.into_iter().take(TRIES) {
            let keyed = keyed.older(shelved);
            if let Recall::Ready(record) = self.recall(&keyed, None) {
                return Ok(Some(Older { keyed, record, evidence: Evidence::Cache }));
            }
            let record = self.probe_one(&keyed).await?;
            if matches!(record.known, Known::Ready(_)) {
                return Ok(Some(Older { keyed, record, evidence: Evidence::Storage }));
            }
        }
        Ok(None)
    }

    /// What may stand in for a rendition, best first: of the wanted version before others, by the spec's present form before
    /// others, the newest first.
    fn candidates<'shelf>(
        &self,
        keyed: &Keyed,
        tolerance: &Tolerance,
        shelf: &'shelf Shelf,
    ) -> Vec<&'shelf Shelved> {
        let Label::Named(id) = &keyed.target.spec.label else { return Vec::new() };
        let (Some(source), Ok(registered)) = (&shelf.source, self.specs.get(id)) else { return Vec::new() };
        let now = self.clock.now();
        let is_present =
            keyed.target.store.version_policy == VersionPolicy::Observed && shelf.is_of(&keyed.tag);
        let older_versions = is_present && tolerance.allows_older_versions(source.changed_at, now);
        let earlier_forms = tolerance.allows_earlier_forms(now);
        let (spec, tag) = (&keyed.target.spec, &keyed.tag);
        let may = |shelved: &&Shelved| {
            if shelved.spec != *id || demand(shelved.format) > demand(spec.format) {
                return false;
            }
            let is_other_version = shelved.version != *tag;
            if shelved.digest == spec.digest {
                return is_other_version && older_versions;
            }
            // Another format of the present form is no earlier form.
            earlier_forms
                && (!is_other_version || is_present)
                && registered.resolutions().iter().all(|present| present.digest != shelved.digest)
        };
        let mut candidates: Vec<&Shelved> = shelf.renditions.iter().filter(may).collect();
        candidates.sort_by_cached_key(|shelved| {
            (
                shelved.version != *tag,
                shelved.digest != spec.digest,
                std::cmp::Reverse(shelved.stored_at),
                // So that there is one order where the storage tells no times.
                shelved.file.clone(),
            )
        });
        candidates
    }

    /// Queues a job for a rendition that another one stands in for, unless it is being made, or too many were queued lately.
    async fn revalidate(&self, keyed: &Keyed, revalidation: Revalidation) {
        if self.is_queued(keyed) || self.flights.is_flying(&keyed.key) {
            return;
        }
        if revalidation == Revalidation::Limited && !self.revalidations.take(self.clock.now()) {
            return;
        }
        if let Err(error) = self.enqueue(&[(keyed.clone(), Mode::Find)]).await {
            tracing::warn!(key = %keyed.key, %error, "a rendition that an older one stands in for cannot be queued");
        }
    }

    /// The rendition of a URL that was made before its spec changed, if it is stored and the spec allows it: such URLs are
    /// given for what stands in, and pages that were made before the change have them. None: the ordinary way answers.
    pub(super) async fn earlier_form(
        self: &Arc<Self>,
        parts: &KeyParts,
        signed: bool,
    ) -> Result<Option<Keyed>, Error> {
        let Label::Named(id) = &parts.label else { return Ok(None) };
        let Ok(registered) = self.specs.get(id) else { return Ok(None) };
        let (present, now) = (registered.resolutions(), self.clock.now());
        let allows = |spec: &Arc<ResolvedSpec>| {
            spec.tolerance.is_some_and(|tolerance| tolerance.allows_earlier_forms(now))
        };
        let Some(spec) = present.iter().find(|spec| allows(spec)) else { return Ok(None) };
        if present.iter().any(|spec| spec.digest == parts.digest) || !(signed || spec.public) {
            return Ok(None);
        }
        let mut source = Source {
            store: Some(parts.store.clone()),
            path: parts.path.clone(),
            version: None,
            dimensions: None,
        };
        let earlier = Arc::new(spec.earlier(parts.digest, parts.format));
        let own = self.target_of(&source, earlier.clone(), None)?;
        if !signed || self.tombstone(&own.store.name, &own.path).is_some() {
            // Gone, or not the version that an open URL stands for.
            let tag = self.tag(&own, None).await?;
            if !signed && tag != parts.version && parts.version != VersionTag::Current {
                return Ok(None);
            }
        }
        if let VersionTag::Of(version) = &parts.version {
            source.version = Some(version.clone());
        }
        let tag = match &parts.version {
            VersionTag::Current => self.tag(&own, None).await?,
            named => named.clone(),
        };
        let keyed = self.target_of(&source, earlier, None)?.keyed(tag);
        let is_stored = match self.recall(&keyed, None) {
            Recall::Ready(_) => true,
            _ => matches!(self.probe_one(&keyed).await?.known, Known::Ready(_)),
        };
        Ok(is_stored.then_some(keyed))
    }

    /// The view of a rendition that an older one stands in for.
    pub(super) async fn stale(
        &self,
        wanted: &Keyed,
        older: &Older,
        options: &UrlOptions,
    ) -> Result<View, Error> {
        let view = self.ready(&older.keyed, &older.record, older.evidence, options).await?;
        Ok(View { served: view.key, key: Some(wanted.key.clone()), ..view })
    }
}

impl Keyed {
    /// The rendition on a shelf that may stand in for this one.
    fn older(&self, shelved: &Shelved) -> Self {
        let mut target = self.target.clone();
        // As if it were sent: an open URL stands for the present version alone.
        target.version = match &shelved.version {
            VersionTag::Of(version) => Some(version.clone()),
            VersionTag::Immutable | VersionTag::Current => None,
        };
        if shelved.digest != target.spec.digest {
            target.spec = Arc::new(target.spec.earlier(shelved.digest, shelved.format));
        }
        target.keyed(shelved.version.clone())
    }
}

/// How new a program must be that shows a format: where the wanted one is shown, so are those that demand no more.
fn demand(format: Format) -> u8 {
    match format {
        Format::Avif => 2,
        Format::Webp => 1,
        _ => 0,
    }
}
