//! Which version a source has: from the caller, the policy, the cache, or the store, which is asked
//! once for all who want to know at the same time.

use std::{sync::Arc, time::Duration};

use super::{
    Inner,
    stores::storage_error,
    target::{Keyed, Target},
};
use crate::{
    existence::{SourceFacts, SourceRecord},
    model::{Error, Reason, SourcePath, Version, VersionTag},
};

impl Inner {
    /// The key, if it can be told without asking a store, from evidence that is young enough.
    /// Gives the target back if not. SOURCE_NOT_FOUND if the source is known to be missing.
    pub(super) fn key_from_memory(
        &self,
        target: Target,
        max_age: Option<Duration>,
    ) -> Result<Result<Keyed, Target>, Error> {
        if let Some(tag) = target.tag()? {
            return Ok(Ok(target.keyed(tag)));
        }
        let place = (target.store.name.clone(), target.path.clone());
        match self.sources.get(&place).filter(|record| record.is_younger(max_age, self.clock.now())) {
            Some(record) => Ok(Ok(observed(target, &record)?)),
            None => Ok(Err(target)),
        }
    }

    /// The key; asks the store for the source's version if it must.
    pub(super) async fn key(
        self: &Arc<Self>,
        target: Target,
        max_age: Option<Duration>,
    ) -> Result<Keyed, Error> {
        match self.key_from_memory(target, max_age)? {
            Ok(keyed) => Ok(keyed),
            Err(target) => {
                let record = self.look_at_source(&target).await?;
                observed(target, &record)
            }
        }
    }

    /// Asks the store about a source, and remembers the answer.
    pub(super) async fn look_at_source(
        self: &Arc<Self>,
        target: &Target,
    ) -> Result<Arc<SourceRecord>, Error> {
        let place = (target.store.name.clone(), target.path.clone());
        let (inner, store) = (self.clone(), target.store.clone());
        let looked = self.looks.join(place.clone(), || async move {
            let stat = store.store.stat(place.1.as_str()).await.map_err(|error| storage_error(&error))?;
            let facts = stat.map(|stat| SourceFacts {
                version: stat.version.as_deref().map(Version::observed),
                size: stat.size,
            });
            Ok(inner.sources.put(&place, facts))
        });
        looked.await.unwrap_or_else(|| Err(Error::internal("a look at the source panicked")))
    }
}

fn observed(target: Target, record: &SourceRecord) -> Result<Keyed, Error> {
    let Some(facts) = &record.facts else { return Err(source_not_found(&target)) };
    match &facts.version {
        Some(version) => Ok(target.keyed(VersionTag::Of(version.clone()))),
        None => Err(Error::new(
            Reason::InvalidVersion,
            format!(
                "store {} tells no versions: send one, or set its version_policy to immutable or explicit",
                target.store.name
            ),
        )
        .field("rendition.source.version")),
    }
}

/// The error for a source that is not there.
pub(super) fn source_not_found(target: &Target) -> Error {
    let (store, path) = (&target.store.name, &target.path);
    Error::new(Reason::SourceNotFound, format!("store {store} has no source {:?}", path.as_str()))
        .field("rendition.source.path")
        .with("store", store.as_str())
        .with("path", path.as_str())
}

/// Whether a version that a caller sent is one that the store itself told at some time, judged by its
/// form: versions of stores are hexadecimal, in groups, the first of a fixed length.
pub(super) fn is_stores_own(sent: &Version, now: &Version) -> bool {
    let shape = |version: &Version| {
        let text = version.as_str();
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let mut groups = text.split('-');
        let first = groups.next().map_or(0, str::len);
        (hex && first >= 8).then_some((first, groups.count()))
    };
    sent == now || shape(sent).is_some_and(|sent| shape(now) == Some(sent))
}

/// The cache's name for a source.
pub(super) type Place = (crate::model::StoreName, SourcePath);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_stores_own_version_is_told_by_its_form() {
        let own =
            |sent: &str, now: &str| is_stores_own(&Version::new(sent).unwrap(), &Version::new(now).unwrap());
        assert!(own("18a2b3c4d5e6f708-1f4", "18a2b3c4d5e6f999-22"));
        assert!(own("d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"));
        assert!(own("anything", "anything"));
        assert!(!own("7", "18a2b3c4d5e6f999-22"));
        assert!(!own("v2024-06", "18a2b3c4d5e6f999-22"));
        assert!(!own("20240601", "d41d8cd98f00b204e9800998ecf8427e"));
    }
}
