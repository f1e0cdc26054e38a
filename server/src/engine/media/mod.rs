//! The media endpoint's side of the engine: from a URL to a stored rendition, or to what is shown until there is one.

mod names;
mod stand_in;
mod waiting;

use std::{ops::Range, sync::Arc};

use rendition_imaging::Format;

pub use self::stand_in::StandIn;
pub(super) use self::{names::spec_changed, stand_in::StandIns};
use super::{
    Inner,
    read::{Opened, Stored},
    request::Call,
    settings::OnGet,
    stores::storage_error,
    urls::{Access, Forged, Place, Query},
};
use crate::{
    model::{Error, Label, Reason, SourcePath, StoreName},
    storage::Stat,
};

/// A GET of a media URL.
#[derive(Clone, Debug)]
pub struct MediaRequest {
    /// The path, as it came.
    pub path: String,
    /// The signed parts of the query.
    pub query: Query,
    /// The formats that the caller says it can show; for a URL whose format is chosen at each GET.
    pub accept: Vec<Format>,
}

/// What a media URL gives.
pub struct MediaAnswer {
    /// The store that the source lies in.
    pub store: StoreName,
    /// The source's path in it.
    pub path: SourcePath,
    /// What is shown.
    pub content: MediaContent,
}

/// What is shown under a media URL.
pub enum MediaContent {
    /// The rendition.
    Stored(StoredMedia),
    /// The spec's placeholder, until there is the rendition.
    StandIn(StandIn),
}

/// A rendition that may be served.
pub struct StoredMedia {
    inner: Arc<Inner>,
    /// The rendition, stored.
    pub stored: Stored,
    /// Whether the URL names its version, so that what it shows never changes.
    pub is_versioned: bool,
}

impl StoredMedia {
    /// Opens the rendition or a part of it; none if it was deleted behind the cache, which is known then. What was told of it
    /// holds for this object alone, so whoever wants another one asks for the URL again.
    pub async fn open(&self, range: Option<Range<u64>>) -> Result<Option<Opened>, Error> {
        self.inner.open_stored(&self.stored, range).await
    }

    /// The facts of the stored object alone; none as for [`Self::open`].
    pub async fn stat(&self) -> Result<Option<Stat>, Error> {
        let stat = self.inner.stores.rendition().store.stat(self.stored.key().as_str()).await;
        let stat = stat.map_err(|error| storage_error(&error))?;
        if stat.is_none() {
            self.inner.renditions.forget(self.stored.key());
        }
        Ok(stat)
    }
}

impl Inner {
    /// Checks a media URL and makes sure that what it names is stored.
    pub(super) async fn media(
        self: &Arc<Self>,
        call: &Call,
        request: &MediaRequest,
    ) -> Result<MediaAnswer, Error> {
        let signed = self.check_signature(request)?;
        let place = Place::parse(&request.path)
            .ok_or_else(|| Error::new(Reason::SpecNotFound, "this URL names no rendition"))?;
        if let Place::Key(parts) = &place
            && let Some(keyed) = self.earlier_form(parts, signed).await?
        {
            let content = MediaContent::Stored(self.served(&place, self.stored(call, keyed).await?));
            return Ok(MediaAnswer { store: parts.store.clone(), path: parts.path.clone(), content });
        }
        let spec = self.named_spec(&place, request, signed)?;
        let content = match self.on_get(&place)? {
            OnGet::Generate => {
                let keyed = self.named_key(&place, spec, signed).await?;
                let stored = self.stored(call, keyed).await?;
                MediaContent::Stored(self.served(&place, stored))
            }
            // Boxed, so that a rare way does not make the state of every request large.
            OnGet::Placeholder(image) => {
                Box::pin(self.stored_or_stand_in(call, &place, spec, signed, &image)).await?
            }
        };
        Ok(MediaAnswer { store: place.store().clone(), path: place.path().clone(), content })
    }

    fn served(self: &Arc<Self>, place: &Place, stored: Stored) -> StoredMedia {
        // A flight may have followed its source to a newer version; that is not what the URL names.
        let is_versioned = *place.version() == stored.keyed.tag && !stored.is_stale();
        StoredMedia { inner: self.clone(), stored, is_versioned }
    }

    /// What a GET of something missing does.
    fn on_get(&self, place: &Place) -> Result<OnGet, Error> {
        match place.label() {
            Label::Named(id) => Ok(self.specs.get(id)?.named.on_get.clone()),
            Label::Inline => Ok(OnGet::Generate),
        }
    }

    /// Whether the request has a signature that holds. NOT_PERMITTED if it has one that does not, or needs one.
    fn check_signature(&self, request: &MediaRequest) -> Result<bool, Error> {
        match self.urls.verify(&request.path, &request.query, self.clock.now()) {
            Ok(()) => Ok(true),
            Err(Forged::Missing) if self.urls.access == Access::Open => Ok(false),
            Err(forged) => Err(not_permitted(forged)),
        }
    }
}

fn not_permitted(forged: Forged) -> Error {
    let message = match forged {
        Forged::Missing => "this URL needs a signature: ask the service for one",
        Forged::Wrong => "the signature of this URL does not hold: ask the service for a new one",
        Forged::Expired => "this URL has expired: ask the service for a new one",
    };
    Error::new(Reason::NotPermitted, message)
}
