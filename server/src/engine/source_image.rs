//! How large a source is, oriented: from the caller, from memory, else from its header, which is read once for all who want to
//! know at the time and then remembered with the version that it belongs to.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use rendition_imaging::Size;

use super::{
    Inner,
    fetch::overloaded,
    rank::Rank,
    request::{Call, Depth, Source},
    settings::{StoreEntry, VersionPolicy},
    stores::storage_error,
    target::Target,
    versions::{check_present, source_not_found},
    workers::guarded,
};
use crate::{
    model::{Error, Version, VersionTag},
    storage::Stat,
};

/// How many bytes are read in the hope that they hold the header: enough for most files, and for nearly all of those in which
/// a camera has put a thumbnail and a profile before the size. Then the file is read whole.
const HOPES: [u64; 2] = [64 << 10, 1 << 20];

impl Inner {
    /// The oriented size of a source. What is wrong with it is its error, and so is a store that does not answer.
    pub(super) async fn source_size(self: &Arc<Self>, call: &Call, target: &Target) -> Result<Size, Error> {
        if let Some(size) = target.dimensions {
            return Ok(size);
        }
        let tag = self.tag(target, None).await?;
        if let Some(image) = self.images.get(&target.place(), &tag) {
            return image.size.clone();
        }
        let (inner, call, target) = (self.clone(), call.clone(), target.clone());
        let epoch = self.epochs.now(|| target.place());
        let batch = (target.place(), tag.clone(), epoch);
        let measured =
            self.measures.join(batch, || async move { inner.measure(&call, &target, &tag).await }).await;
        measured.unwrap_or_else(|| Err(Error::internal("the measuring of a source panicked")))
    }

    /// The size of a source as far as nobody need be asked.
    pub(super) fn known_size(&self, target: &Target) -> Option<Size> {
        let known = || {
            let tag = self.tag_from_memory(target, None).ok()??;
            self.images.get(&target.place(), &tag)?.size.clone().ok()
        };
        target.dimensions.or_else(known)
    }

    /// Reads the header of a source, and remembers what it says.
    async fn measure(
        self: &Arc<Self>,
        call: &Call,
        target: &Target,
        tag: &VersionTag,
    ) -> Result<Size, Error> {
        let place = target.place();
        let source = Source {
            store: Some(place.0.clone()),
            path: place.1.clone(),
            version: target.version.clone(),
            dimensions: None,
        };
        for hope in HOPES {
            let (beginning, stat) = self.beginning(call, target, hope).await?;
            let Ok(Ok(header)) = guarded(|| rendition_imaging::inspect(&beginning)) else {
                if stat.size <= hope {
                    break;
                }
                continue;
            };
            let observed = stat.version.as_deref().map(Version::observed);
            check_present(&target.store, &source, observed.as_ref())?;
            let seen = tag_of(&target.store, target.version.as_ref(), stat.version.as_deref());
            let seen = seen.unwrap_or_else(|| tag.clone());
            self.images.measured(&place, &seen, header.size);
            if seen != *tag {
                // It was replaced since its version was told: who asks next is told the new one.
                self.sources.forget(&place);
            }
            return Ok(header.size);
        }
        let told = self.inspect(call, &source, Depth::Header).await;
        match told {
            Ok(told) => told.size.ok_or_else(|| Error::internal("an inspected source has no size")),
            Err(error) => {
                if error.reason().is_verdict() {
                    self.images.unmeasured(&place, tag, error.clone());
                }
                Err(error)
            }
        }
    }

    /// The first bytes of a source, with the facts of the version that they are of.
    async fn beginning(&self, call: &Call, target: &Target, length: u64) -> Result<(Bytes, Stat), Error> {
        let _room = Rank::new(&call.ticket).enter(&self.fetching, length).await.map_err(overloaded)?;
        let opened = target.store.store.read_stream(target.path.as_str(), Some(0..length)).await;
        let opened = opened.map_err(|error| storage_error(&error))?;
        let Some((stat, chunks)) = opened else { return Err(source_not_found(target)) };
        let gathered = chunks.try_fold(BytesMut::new(), |mut gathered, chunk| async move {
            gathered.extend_from_slice(&chunk);
            Ok(gathered)
        });
        let gathered = gathered.await.map_err(|error| storage_error(&error))?;
        Ok((gathered.freeze(), stat))
    }

    /// Remembers how large a source is, of which somebody else has read the header.
    pub(super) fn learn_size(
        &self,
        store: &StoreEntry,
        source: &Source,
        observed: Option<&Version>,
        size: Size,
    ) -> Option<VersionTag> {
        let observed = observed.map(Version::as_str);
        let tag = tag_of(store, source.version.as_ref(), observed)?;
        self.images.measured(&(store.name.clone(), source.path.clone()), &tag, size);
        Some(tag)
    }
}

/// The tag that bytes of a source have in a key: of the version that the caller sent, or of the one that the store told of them.
fn tag_of(store: &StoreEntry, sent: Option<&Version>, observed: Option<&str>) -> Option<VersionTag> {
    match (sent, store.version_policy) {
        (Some(sent), _) => Some(VersionTag::Of(sent.clone())),
        (None, VersionPolicy::Immutable) => Some(VersionTag::Immutable),
        (None, VersionPolicy::Observed) => observed.map(|version| VersionTag::Of(Version::observed(version))),
        (None, VersionPolicy::Explicit) => None,
    }
}
