//! Which of many sources there are: by listing where that is cheaper than a look at each.
//!
//! A listing is trusted only where it shows a source. One that it does not show is looked at by itself before anybody
//! concludes that it is gone: it may have come since, or lie behind a link that listings do not follow.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures_util::{StreamExt, stream};

use super::{
    Inner,
    settings::{StoreEntry, VersionPolicy},
    stores::storage_error,
};
use crate::{
    model::{Error, SourcePath, VersionTag},
    storage::Walk,
};

/// From how many sources on a listing is tried.
const LIST_FROM: usize = 8;
/// How many objects are listed at a time.
const PAGE: usize = 1000;
/// How many looks there are at a time.
const AT_A_TIME: usize = 16;

/// Whether a source is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is.
    Here,
    /// It is, and new renditions would be of this version.
    Version(VersionTag),
    /// It is not.
    Gone,
}

impl Inner {
    /// Tells of each source whether it is there; with `versions` also in which one, where the store knows that.
    pub(super) async fn presences(
        self: &Arc<Self>,
        store: &Arc<StoreEntry>,
        paths: Vec<SourcePath>,
        versions: bool,
    ) -> Result<BTreeMap<SourcePath, Presence>, Error> {
        let needs_looks = versions && store.version_policy == VersionPolicy::Observed;
        let (mut presences, unseen) =
            if needs_looks { (BTreeMap::new(), paths) } else { self.shown(store, paths).await? };
        let looks: Vec<_> = unseen.into_iter().map(|path| self.presence(store, path, versions)).collect();
        let mut looks = stream::iter(looks).buffer_unordered(AT_A_TIME);
        while let Some(look) = looks.next().await {
            let (path, presence) = look?;
            presences.insert(path, presence);
        }
        if versions && store.version_policy == VersionPolicy::Immutable {
            for presence in presences.values_mut().filter(|presence| **presence == Presence::Here) {
                *presence = Presence::Version(VersionTag::Immutable);
            }
        }
        Ok(presences)
    }

    /// Which of the sources, sorted by path, listings show, and the others. Where they lie far apart, a listing shows few of
    /// them, and the next few are left to be looked at.
    async fn shown(
        &self,
        store: &StoreEntry,
        paths: Vec<SourcePath>,
    ) -> Result<(BTreeMap<SourcePath, Presence>, Vec<SourcePath>), Error> {
        let (mut presences, mut unseen) = (BTreeMap::new(), Vec::new());
        let mut rest = paths.into_iter().peekable();
        while rest.len() >= LIST_FROM {
            // A listing begins after a path, so this one is not in it.
            let Some(first) = rest.next() else { break };
            let walk = Walk { folder: "", after: first.as_str(), most: PAGE };
            let found = store.store.walk(walk).await.map_err(|error| storage_error(&error))?;
            unseen.push(first);
            let last = if found.len() < PAGE { None } else { found.last().map(|last| last.path.clone()) };
            let shown: HashSet<&str> = found.iter().map(|found| found.path.as_str()).collect();
            let mut told = 0;
            while let Some(path) =
                rest.next_if(|path| last.as_ref().is_none_or(|last| path.as_str() <= last.as_str()))
            {
                told += 1;
                if shown.contains(path.as_str()) {
                    presences.insert(path, Presence::Here);
                } else {
                    unseen.push(path);
                }
            }
            if told < LIST_FROM {
                unseen.extend(rest.by_ref().take(LIST_FROM));
            }
        }
        unseen.extend(rest);
        Ok((presences, unseen))
    }

    /// Looks at one source.
    async fn presence(
        &self,
        store: &StoreEntry,
        path: SourcePath,
        versions: bool,
    ) -> Result<(SourcePath, Presence), Error> {
        let record = self.look_anew(store, &path).await?;
        let presence = match (&record.facts, record.version(), store.version_policy) {
            (None, ..) => Presence::Gone,
            (Some(_), Some(version), VersionPolicy::Observed) if versions => {
                Presence::Version(VersionTag::Of(version.clone()))
            }
            (Some(_), ..) => Presence::Here,
        };
        Ok((path, presence))
    }
}
