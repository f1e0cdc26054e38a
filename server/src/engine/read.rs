//! The bytes of renditions: for `Read` and for the media endpoint. What is missing is generated.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, stream::BoxStream};

use super::request::Mode;
use super::{
    Inner,
    media::spec_changed,
    older::{Older, Revalidation, Stock},
    recall::Recall,
    request::{Call, RenditionRef, UrlOptions, View},
    specs::Form,
    stores::storage_error,
    target::Keyed,
};
use crate::{
    existence::{Known, Record},
    model::{Error, Evidence, ImageInfo, Reason},
    storage::Stat,
};

/// Bytes as they come from the storage, in chunks of at most 64 KiB.
pub type Bytestream = BoxStream<'static, Result<Bytes, Error>>;

/// A stored rendition, opened.
pub struct Opened {
    /// The facts of the object that is read.
    pub stat: Stat,
    /// Its bytes.
    pub bytes: Bytestream,
}

/// A rendition that is stored, as far as is known.
pub struct Stored {
    /// Which.
    pub(super) keyed: Keyed,
    /// What is known of it.
    pub(super) record: Arc<Record>,
    pub(super) evidence: Evidence,
    /// The one that it stands in for, if it is not the one that was asked for.
    pub(super) wanted: Option<Box<Keyed>>,
}

impl Stored {
    /// The facts of the image.
    pub fn image(&self) -> ImageInfo {
        match &self.record.known {
            Known::Ready(image) => image.clone(),
            Known::Absent | Known::Failed(_) => self.keyed.target.image(),
        }
    }

    /// Whether it is an older rendition that stands in for the one that was asked for.
    pub fn is_stale(&self) -> bool {
        self.wanted.is_some()
    }

    /// The key.
    pub fn key(&self) -> &crate::model::RenditionKey {
        &self.keyed.key
    }
}

impl Inner {
    /// Opens a rendition; generates it if it is missing, also if it was there a moment ago.
    pub(super) async fn read(
        self: &Arc<Self>,
        call: &Call,
        rendition: &RenditionRef,
    ) -> Result<(View, Opened), Error> {
        let keyed = self.key(self.target(rendition)?, None).await?;
        let (stored, opened) = self.open(call, keyed, None).await?;
        let options = UrlOptions::default();
        let view = self.ready(&stored.keyed, &stored.record, stored.evidence, &options).await?;
        let mut view = match &stored.wanted {
            Some(wanted) => View { served: view.key, key: Some(wanted.key.clone()), ..view },
            None => view,
        };
        if let Some(image) = &mut view.image {
            image.size_bytes = opened.stat.size;
            image.etag = opened.stat.version.as_deref().unwrap_or_default().into();
        }
        Ok((view, opened))
    }

    /// Opens a rendition, or a part of it.
    pub(super) async fn open(
        self: &Arc<Self>,
        call: &Call,
        keyed: Keyed,
        range: Option<Range<u64>>,
    ) -> Result<(Stored, Opened), Error> {
        let stored = self.stored(call, keyed).await?;
        if let Some(opened) = self.open_stored(&stored, range.clone()).await? {
            return Ok((stored, opened));
        }
        // It was deleted behind the cache. It is forgotten now, so this makes it anew.
        let keyed = stored.wanted.map_or(stored.keyed, |wanted| *wanted);
        let stored = self.stored(call, keyed).await?;
        match self.open_stored(&stored, range).await? {
            Some(opened) => Ok((stored, opened)),
            None => Err(deleted_meanwhile()),
        }
    }

    /// Makes sure that a rendition is stored, as JUST_IN_TIME does.
    pub(super) async fn stored(self: &Arc<Self>, call: &Call, keyed: Keyed) -> Result<Stored, Error> {
        if let Recall::Ready(record) = self.recall(&keyed, None) {
            return Ok(Stored { keyed, record, evidence: Evidence::Cache, wanted: None });
        }
        if keyed.target.spec.form == Form::Earlier {
            // It can be found, but never made.
            return match self.probe_one(&keyed).await? {
                record if matches!(record.known, Known::Ready(_)) => {
                    Ok(Stored { keyed, record, evidence: Evidence::Storage, wanted: None })
                }
                _ => Err(spec_changed(&keyed.target.spec.label)),
            };
        }
        if let Some(held) = self.held_verdict(&keyed, Mode::Find).await {
            return Err(held);
        }
        if self.tolerates_older(&keyed) {
            match self.stock(&keyed, Revalidation::Limited).await {
                Stock::Wanted(record) => {
                    return Ok(Stored { keyed, record, evidence: Evidence::Storage, wanted: None });
                }
                Stock::Older(older) => {
                    let Older { keyed: older, record, evidence } = *older;
                    return Ok(Stored { keyed: older, record, evidence, wanted: Some(Box::new(keyed)) });
                }
                Stock::Nothing => {}
            }
        }
        let mut boarding = self.depart_one(keyed, Mode::Find, &call.ticket)?;
        let landing = tokio::time::timeout(self.limits.max_wait, boarding.landing()).await.map_err(|_| {
            Error::new(
                Reason::DeadlineExceeded,
                "the rendition is still in the making: try again (limits.max_wait)",
            )
            .retry_after(std::time::Duration::from_secs(1))
        })?;
        let landed = landing?;
        let keyed = boarding.keyed.clone().at(landed.key);
        Ok(Stored { keyed, record: landed.record, evidence: landed.evidence, wanted: None })
    }

    /// Opens what is known to be stored; none, and no longer known, if it is gone.
    pub(super) async fn open_stored(
        &self,
        stored: &Stored,
        range: Option<Range<u64>>,
    ) -> Result<Option<Opened>, Error> {
        let key = &stored.keyed.key;
        let opened = self.stores.rendition().store.read_stream(key.as_str(), range).await;
        match opened.map_err(|error| storage_error(&error))? {
            Some((stat, bytes)) => {
                let bytes = bytes.map(|chunk| chunk.map_err(|error| storage_error(&error))).boxed();
                Ok(Some(Opened { stat, bytes }))
            }
            None => {
                self.renditions.forget(key);
                Ok(None)
            }
        }
    }
}

/// The error for a rendition that somebody deletes again and again.
/// The error for a rendition that is deleted again and again.
pub fn deleted_meanwhile() -> Error {
    Error::new(Reason::StorageUnavailable, "the rendition was deleted while it was read: try again")
        .retry_after(std::time::Duration::from_secs(1))
}
