//! Tombstones: sources of which a caller said that they were deleted. They lie in the queue's database, so that a restart
//! forgets none.

use std::time::Duration;

use super::{Inner, Shared, background::queue_error};
use crate::{
    model::{Error, SourcePath, StoreName, Version},
    queue::Tombstone,
};

/// How long a tombstone holds.
const HOLDS: Duration = Duration::from_secs(24 * 3600);

/// The name of a source in the queue: the folder of its renditions.
pub(super) fn folder(store: &StoreName, path: &SourcePath) -> String {
    format!("{store}/{path}")
}

impl Inner {
    /// The tombstone of a source, if there is one. Costs next to nothing as long as there are none at all.
    pub(super) fn tombstone(&self, store: &StoreName, path: &SourcePath) -> Option<Tombstone> {
        if !self.queue.has_tombstones() {
            return None;
        }
        self.queue.tombstone(store.as_str(), path.as_str(), self.clock.now().into())
    }

    /// Sets a tombstone; it is on disk when this returns.
    pub(super) async fn bury(
        &self,
        store: &StoreName,
        path: &SourcePath,
        version: Option<&Version>,
    ) -> Result<(), Error> {
        let version = version.map(|version| version.as_str().to_owned());
        let tombstone = Tombstone { until: self.clock.now().after(HOLDS).into(), version };
        self.queue.bury(&folder(store, path), tombstone).await.map_err(|error| queue_error(&error))
    }

    /// Takes a tombstone away, because the source is back.
    pub(super) async fn resurrect(&self, store: &StoreName, path: &SourcePath) -> Result<(), Error> {
        self.queue.exhume(&folder(store, path)).await.map_err(|error| queue_error(&error))
    }
}

impl Shared {
    /// Takes away the tombstones that hold no more. One that cannot be taken away now is met again the next time.
    pub(super) async fn prune_tombstones(&self) {
        if let Err(error) = self.queue.prune_tombstones(self.clock.now().into()).await {
            tracing::warn!(%error, "tombstones that hold no more cannot be taken away");
        }
    }
}
