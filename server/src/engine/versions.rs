//! Which version a source has: from the caller, the policy, the cache, or the store, which is asked
//! once for all who want to know at the same time.

use std::{sync::Arc, time::Duration};

use super::{
    Inner,
    fetch::source_changed,
    request::Source,
    settings::{StoreEntry, VersionPolicy},
    stores::storage_error,
    target::{Keyed, Target},
};
use crate::{
    existence::{SourceFacts, SourceRecord},
    model::{Error, Reason, SourcePath, StoreName, Version, VersionTag},
    queue::Tombstone,
};

impl Inner {
    /// The version tag, if it can be told without asking a store, from evidence that is young enough.
    /// SOURCE_NOT_FOUND if the source is known to be missing.
    pub(super) fn tag_from_memory(
        &self,
        target: &Target,
        max_age: Option<Duration>,
    ) -> Result<Option<VersionTag>, Error> {
        let tombstone = self.tombstone(&target.store.name, &target.path);
        if let Some(tag) = target.tag()? {
            return match tombstone
                .map_or(Grave::OfAnother, |tombstone| grave(&tombstone, target.store.version_policy, &tag))
            {
                Grave::OfThis => Err(source_deleted(target)),
                Grave::OfAnother => Ok(Some(tag)),
                Grave::Unnamed => Ok(None),
            };
        }
        let now = self.clock.now();
        let known = self.sources.get_at(&target.place(), now);
        let young = known.filter(|record| record.is_younger(max_age, now));
        young.map(|record| observed(target, &record, tombstone.as_ref())).transpose()
    }

    /// The key; asks the store for the source's version if it must.
    pub(super) async fn key(
        self: &Arc<Self>,
        target: Target,
        max_age: Option<Duration>,
    ) -> Result<Keyed, Error> {
        let tag = self.tag(&target, max_age).await?;
        Ok(target.keyed(tag))
    }

    /// The version tag; asks the store for the source's version if it must.
    pub(super) async fn tag(
        self: &Arc<Self>,
        target: &Target,
        max_age: Option<Duration>,
    ) -> Result<VersionTag, Error> {
        match self.tag_from_memory(target, max_age)? {
            Some(tag) => Ok(tag),
            None => Box::pin(self.tag_from_store(target, max_age)).await,
        }
    }

    async fn tag_from_store(
        self: &Arc<Self>,
        target: &Target,
        max_age: Option<Duration>,
    ) -> Result<VersionTag, Error> {
        let record = match self.look_at_source(target).await {
            // What is stored can be found and shown while the sources' store is away.
            Err(error) if error.reason() == Reason::StorageUnavailable && max_age.is_none() => {
                self.sources.believe(&target.place()).ok_or(error)?
            }
            looked => looked?,
        };
        let tombstone = self.tombstone(&target.store.name, &target.path);
        let tag = observed(target, &record, tombstone.as_ref())?;
        if tombstone.is_some()
            && let Err(error) = self.resurrect(&target.store.name, &target.path).await
        {
            // That this cannot be written down costs nothing but another look.
            let (store, path) = (&target.store.name, &target.path);
            tracing::warn!(%store, %path, %error, "the tombstone of a source that is back cannot be taken away");
        }
        Ok(target.tag()?.unwrap_or(tag))
    }

    /// Whether a rendition is one of a source version that a caller said was deleted.
    pub(super) fn is_buried(&self, keyed: &Keyed) -> bool {
        let tombstone = self.tombstone(&keyed.target.store.name, &keyed.target.path);
        let policy = keyed.target.store.version_policy;
        tombstone.is_some_and(|tombstone| grave(&tombstone, policy, &keyed.tag) == Grave::OfThis)
    }

    /// Asks the store about a source, and remembers the answer.
    pub(super) async fn look_at_source(
        self: &Arc<Self>,
        target: &Target,
    ) -> Result<Arc<SourceRecord>, Error> {
        let place = target.place();
        let (inner, store) = (self.clone(), target.store.clone());
        let looked =
            self.looks.join(place.clone(), || async move { inner.look_anew(&store, &place.1).await });
        looked.await.unwrap_or_else(|| Err(Error::internal("a look at the source panicked")))
    }

    /// Asks the store about a source, whoever else is asking already: an answer to a question from before a change of the
    /// source says nothing of it.
    pub(super) async fn look_anew(
        &self,
        store: &StoreEntry,
        path: &SourcePath,
    ) -> Result<Arc<SourceRecord>, Error> {
        let asked = self.sources.ask();
        let stat = store.store.stat(path.as_str()).await.map_err(|error| storage_error(&error))?;
        let facts = stat.map(|stat| SourceFacts {
            version: stat.version.as_deref().map(Version::observed),
            size: stat.size,
        });
        Ok(self.sources.put(&(store.name.clone(), path.clone()), facts, asked))
    }
}

/// Whose grave a tombstone marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grave {
    /// That of the version in the key.
    OfThis,
    /// That of another version of the same source.
    OfAnother,
    /// The version is the caller's own, of which the store's say nothing: whether the source is back only the store knows.
    Unnamed,
}

/// Whose grave a tombstone marks. Where the store tells versions, another one than that which was deleted is alive, or will
/// be found missing by itself.
fn grave(tombstone: &Tombstone, policy: VersionPolicy, tag: &VersionTag) -> Grave {
    match (tag, policy, &tombstone.version) {
        (VersionTag::Of(version), VersionPolicy::Observed, Some(deleted)) => {
            let deleted = Version::observed(deleted);
            if *version == deleted {
                Grave::OfThis
            } else if is_stores_own(version, &deleted) {
                Grave::OfAnother
            } else {
                Grave::Unnamed
            }
        }
        (VersionTag::Of(_), VersionPolicy::Observed, None) => Grave::OfAnother,
        _ => Grave::OfThis,
    }
}

fn observed(
    target: &Target,
    record: &SourceRecord,
    tombstone: Option<&Tombstone>,
) -> Result<VersionTag, Error> {
    let Some(facts) = &record.facts else {
        return Err(if tombstone.is_some() { source_deleted(target) } else { source_not_found(target) });
    };
    let version = facts.version.as_ref().map(Version::as_str);
    if tombstone
        .is_some_and(|tombstone| tombstone.version.is_some() && tombstone.version.as_deref() == version)
    {
        return Err(source_deleted(target));
    }
    match &facts.version {
        Some(version) => Ok(VersionTag::Of(version.clone())),
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

/// Refuses a source without a version where its store's policy wants the caller to send one.
pub(super) fn check_sent(store: &StoreEntry, source: &Source) -> Result<(), Error> {
    if source.version.is_some() || store.version_policy != VersionPolicy::Explicit {
        return Ok(());
    }
    let message = format!("store {} has version_policy explicit: send the source's version", store.name);
    Err(Error::new(Reason::InvalidVersion, message).field("rendition.source.version"))
}

/// Refuses a version of the store's own that the source no longer has, as a flight does: SOURCE_CHANGED. Callers' own
/// versions say nothing of what is there.
pub(super) fn check_present(
    store: &StoreEntry,
    source: &Source,
    present: Option<&Version>,
) -> Result<(), Error> {
    match (&source.version, present) {
        (Some(sent), Some(present))
            if store.version_policy != VersionPolicy::Explicit
                && sent != present
                && is_stores_own(sent, present) =>
        {
            Err(source_changed())
        }
        _ => Ok(()),
    }
}

/// The error for a source that is not there.
pub(super) fn source_not_found(target: &Target) -> Error {
    source_not_found_at(&target.store.name, &target.path)
}

/// The same, for a source of which there is no target.
pub(super) fn source_not_found_at(store: &StoreName, path: &SourcePath) -> Error {
    Error::new(Reason::SourceNotFound, format!("store {store} has no source {:?}", path.as_str()))
        .field("rendition.source.path")
        .with("store", store.as_str())
        .with("path", path.as_str())
}

/// The error for a source of which a caller said that it was deleted.
pub(super) fn source_deleted(target: &Target) -> Error {
    source_deleted_at(&target.store.name, &target.path)
}

/// The same, for a source of which there is no target.
pub(super) fn source_deleted_at(store: &StoreName, path: &SourcePath) -> Error {
    let message = format!(
        "the source {:?} of store {store} was deleted: if it is back, say so by NotifySaved",
        path.as_str()
    );
    Error::new(Reason::SourceDeleted, message)
        .field("rendition.source.path")
        .with("store", store.as_str())
        .with("path", path.as_str())
}

/// Whether a version that a caller sent is one that the store itself told at some time, judged by its
/// form. What stores tell is a long hexadecimal number, perhaps with `0x` before or groups after it (S3's
/// parts, our files' sizes), or base64 with its padding (Google); all of one store are of one length.
pub(super) fn is_stores_own(sent: &Version, now: &Version) -> bool {
    let form = |version: &Version| {
        let text = version.as_str();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut groups = digits.split('-');
        let first = groups.next().unwrap_or_default();
        if first.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') {
            return Some(("hexadecimal", text.len() - digits.len(), first.len()));
        }
        let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        (text.len() >= 8 && text.ends_with('=') && text.bytes().all(base64)).then_some((
            "base64",
            0,
            text.len(),
        ))
    };
    sent == now || form(sent).is_some_and(|sent| form(now) == Some(sent))
}

/// The cache's name for a source.
pub(super) type Place = (StoreName, SourcePath);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tombstone_of_the_stores_versions_leaves_those_of_callers_to_the_store() {
        let until = std::time::SystemTime::UNIX_EPOCH;
        let of = |version: &str| Tombstone { until, version: Some(version.to_owned()) };
        let tag = |version: &str| VersionTag::Of(Version::new(version).unwrap());
        let (old, new) = ("18a2b3c4d5e6f708-1f4", "18a2b3c4d5e6f999-22");
        assert_eq!(grave(&of(old), VersionPolicy::Observed, &tag(old)), Grave::OfThis);
        assert_eq!(grave(&of(old), VersionPolicy::Observed, &tag(new)), Grave::OfAnother);
        assert_eq!(grave(&of(old), VersionPolicy::Observed, &tag("7")), Grave::Unnamed);
        let nameless = Tombstone { until, version: None };
        assert_eq!(grave(&nameless, VersionPolicy::Observed, &tag(new)), Grave::OfAnother);
        for policy in [VersionPolicy::Explicit, VersionPolicy::Immutable] {
            assert_eq!(grave(&of(old), policy, &tag("7")), Grave::OfThis);
        }
    }

    #[test]
    fn a_stores_own_version_is_told_by_its_form() {
        let own =
            |sent: &str, now: &str| is_stores_own(&Version::new(sent).unwrap(), &Version::new(now).unwrap());
        assert!(own("18a2b3c4d5e6f708-1f4", "18a2b3c4d5e6f999-22"));
        assert!(own("d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"));
        assert!(own("d41d8cd98f00b204e9800998ecf8427e-12", "900150983cd24fb0d6963f7d28e17f72"));
        assert!(own("0x8D4BCC2E4835CD0", "0x8D4BCC2E4835CD1"));
        assert!(own("CJ2xk8bz0oQDEAE=", "CLPw1cbz0oQDEAI="));
        assert!(own("anything", "anything"));
        assert!(!own("7", "18a2b3c4d5e6f999-22"));
        assert!(!own("v2024-06", "18a2b3c4d5e6f999-22"));
        assert!(!own("20240601", "d41d8cd98f00b204e9800998ecf8427e"));
    }
}
