//! A source's shelf: what its store says of it, and which renditions of named specs lie in its folder. Looked at for those
//! alone that may be answered by an older rendition, once for all who ask, and remembered for as long as an absence is.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use tokio::runtime::Handle;

use super::{
    Inner, coalesce::Coalesce, epochs::Epoch, settings::VersionPolicy, stores::storage_error, target::Target,
    tombstones::folder, versions::Place,
};
use crate::model::{Digest, Error, Label, SpecId, Timestamp, Version, VersionTag, key::KeyParts};
use rendition_imaging::Format;

/// The bytes of shelves that are remembered, about.
const MOST_BYTES: u64 = 8 << 20;
/// What a shelf takes beside its renditions, and each of those, about.
const SHELF_BYTES: usize = 320;
const SHELVED_BYTES: usize = 256;

/// What was found.
#[derive(Debug)]
pub(super) struct Shelf {
    asked_at: Timestamp,
    epoch: Epoch,
    /// The source; none: it is not there.
    pub source: Option<SourceNow>,
    /// The renditions by named specs.
    pub renditions: Vec<Shelved>,
}

/// A source as its store tells it.
#[derive(Debug)]
pub(super) struct SourceNow {
    /// Its version, where the store tells one.
    pub version: Option<Version>,
    /// When it was last written, where the store tells it.
    pub changed_at: Option<Timestamp>,
}

/// A rendition on a shelf.
#[derive(Clone, Debug)]
pub(super) struct Shelved {
    /// The spec's id.
    pub spec: SpecId,
    /// Of which version it is.
    pub version: VersionTag,
    /// By which form of the spec.
    pub digest: Digest,
    /// Written as what.
    pub format: Format,
    /// The last segment of its key.
    pub file: String,
    /// When it was stored; the beginning of time where the listing does not tell.
    pub stored_at: Timestamp,
}

/// The shelves that were looked at lately.
pub(super) struct Shelves {
    remembered: Cache<Place, Arc<Shelf>>,
    looks: Coalesce<Place, Result<Arc<Shelf>, Error>>,
    lifetime: Duration,
}

impl Shelves {
    /// None yet. Each is remembered for so long; zero: not at all.
    pub fn new(lifetime: Duration, runtime: Handle) -> Self {
        let remembered = Cache::builder()
            .max_capacity(MOST_BYTES)
            .weigher(|_, shelf: &Arc<Shelf>| {
                let bytes = SHELF_BYTES + SHELVED_BYTES * shelf.renditions.len();
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            // Whether one is still believed is asked of the engine's clock; this takes away those that nobody asks for again.
            .time_to_live(lifetime)
            .build();
        Self { remembered, looks: Coalesce::new(runtime), lifetime }
    }

    /// Forgets what was found.
    pub fn forget(&self, place: &Place) {
        self.remembered.invalidate(place);
    }

    /// Frees what is over the bound or out of date.
    pub fn tidy(&self) {
        self.remembered.run_pending_tasks();
    }
}

impl Inner {
    /// The shelf of a source; one that is remembered, if that is of the version that is wanted.
    pub(super) async fn shelf(
        self: &Arc<Self>,
        target: &Target,
        wanted: &VersionTag,
    ) -> Result<Arc<Shelf>, Error> {
        if let Some(shelf) = self.remembered_shelf(target, wanted) {
            return Ok(shelf);
        }
        let (inner, target, wanted) = (self.clone(), target.clone(), wanted.clone());
        let look = self.shelves.looks.join(target.place(), || async move {
            // Another look may have ended since it was not remembered.
            if let Some(shelf) = inner.remembered_shelf(&target, &wanted) {
                return Ok(shelf);
            }
            let shelf = inner.look_at_shelf(&target).await?;
            if !inner.shelves.lifetime.is_zero() {
                inner.shelves.remembered.insert(target.place(), shelf.clone());
            }
            Ok(shelf)
        });
        look.await.unwrap_or_else(|| Err(Error::internal("a look at a shelf panicked")))
    }

    /// The shelf as it is remembered, if that is of the version that is wanted.
    fn remembered_shelf(&self, target: &Target, wanted: &VersionTag) -> Option<Arc<Shelf>> {
        let place = target.place();
        let shelf = self.shelves.remembered.get(&place)?;
        let is_fresh = self.clock.now().since(shelf.asked_at) < self.shelves.lifetime
            && shelf.epoch == self.epochs.now(|| place)
            && (target.store.version_policy != VersionPolicy::Observed || shelf.is_of(wanted));
        is_fresh.then_some(shelf)
    }

    async fn look_at_shelf(&self, target: &Target) -> Result<Arc<Shelf>, Error> {
        let (asked_at, epoch) = (self.clock.now(), self.epochs.now(|| target.place()));
        let renditions = &self.stores.rendition().store;
        let folder = folder(&target.store.name, &target.path);
        let listing = async {
            if renditions.capabilities().list { renditions.list(&folder).await } else { Ok(Vec::new()) }
        };
        let (source, entries) = tokio::join!(target.store.store.stat(target.path.as_str()), listing);
        let source = source.map_err(|error| storage_error(&error))?.map(|stat| SourceNow {
            version: stat.version.as_deref().map(Version::observed),
            changed_at: stat.modified.map(Timestamp::from),
        });
        let entries = entries.map_err(|error| storage_error(&error))?;
        let renditions = entries.iter().filter(|entry| !entry.is_folder).filter_map(|entry| {
            let parts = KeyParts::parse(&format!("{folder}/{}", entry.name))?;
            let Label::Named(spec) = parts.label else { return None };
            Some(Shelved {
                spec,
                version: parts.version,
                digest: parts.digest,
                format: parts.format,
                file: entry.name.clone(),
                stored_at: entry.modified.map_or(Timestamp::from_millis(0), Timestamp::from),
            })
        });
        Ok(Arc::new(Shelf { asked_at, epoch, source, renditions: renditions.collect() }))
    }
}

impl Shelf {
    /// Whether the source has the version of a tag.
    pub fn is_of(&self, tag: &VersionTag) -> bool {
        match (tag, &self.source) {
            (VersionTag::Of(version), Some(source)) => source.version.as_ref() == Some(version),
            _ => false,
        }
    }
}
