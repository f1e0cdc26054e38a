//! Removing renditions of a source: some of them on request, all of them when it was deleted.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::{
    Inner,
    background::{FORCED, queue_error},
    request::{Selection, Source},
    tombstones::folder,
    versions::{check_present, source_deleted_at},
};
use crate::model::{Error, RenditionKey, Version};

/// How many are removed at a time.
const AT_A_TIME: usize = 16;

/// Whether a purge removes or only tells what it would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// It removes.
    Remove,
    /// It tells.
    DryRun,
}

/// What NotifyDeleted came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Buried {
    /// How many stored renditions were removed.
    pub removed: usize,
    /// How many queued jobs were dropped.
    pub dropped_jobs: usize,
}

impl Inner {
    /// Removes renditions of a source; the keys of those that went, or would go. What is in flight meanwhile removes
    /// itself: a new epoch of the source begins before the listing.
    pub(super) async fn purge(
        self: &Arc<Self>,
        source: &Source,
        selection: &Selection,
        purge: Purge,
    ) -> Result<Vec<RenditionKey>, Error> {
        let store = self.stores.source(source.store.as_ref())?.clone();
        if purge == Purge::Remove {
            self.epochs.begin((store.name.clone(), source.path.clone()), self.clock.now());
            self.flights.detach(&folder(&store.name, &source.path));
        }
        let keys = self.keys_of(source, selection).await?;
        if purge == Purge::Remove {
            self.remove_all(&keys).await?;
        }
        Ok(keys)
    }

    /// Removes stored renditions; fails with the first error after all were tried.
    pub(super) async fn remove_all(&self, keys: &[RenditionKey]) -> Result<(), Error> {
        let removals: Vec<_> = keys.iter().map(|key| self.remove(key)).collect();
        let mut removals = stream::iter(removals).buffer_unordered(AT_A_TIME);
        let mut all = Ok(());
        while let Some(one) = removals.next().await {
            all = all.and(one);
        }
        all
    }

    /// Takes note that a source was deleted. With a version of the store's own that it no longer has, only the renditions of
    /// that version go, and the source lives on.
    pub(super) async fn deleted(self: &Arc<Self>, source: &Source) -> Result<Buried, Error> {
        let store = self.stores.source(source.store.as_ref())?.clone();
        let record = self.look_anew(&store, &source.path).await?;
        let present = record.version();
        if check_present(&store, source, present).is_err() {
            // It was replaced before.
            let keys = self.purge(source, &Selection::default(), Purge::Remove).await?;
            return Ok(Buried { removed: keys.len(), dropped_jobs: 0 });
        }
        let sent: Option<&Version> = source.version.as_ref();
        self.bury(&store.name, &source.path, present.or(sent)).await?;
        let folder = folder(&store.name, &source.path);
        let forced = format!("{FORCED}{folder}");
        let dropped = self.queue.drop_jobs(&[&folder, &forced]).await.map_err(|error| queue_error(&error))?;
        for job in &dropped {
            self.job_waiters.tell(job, Err(source_deleted_at(&store.name, &source.path)));
        }
        self.images.forget(&(store.name.clone(), source.path.clone()));
        let everything = Source { version: None, ..source.clone() };
        let keys = self.purge(&everything, &Selection::default(), Purge::Remove).await?;
        Ok(Buried { removed: keys.len(), dropped_jobs: dropped.len() })
    }
}
