//! The media endpoint's side of the engine: from a URL to a stored rendition.

use std::{ops::Range, sync::Arc};

use rendition_imaging::Spec;

use super::{
    Inner,
    read::{Opened, Stored},
    request::{Call, Source},
    specs::ResolvedSpec,
    target::Keyed,
    urls::{Access, Forged, Query, key_in_path, parse_spec},
    versions::source_deleted,
};
use crate::model::{Error, Label, Reason, StoreName, VersionTag, key::KeyParts};

/// A GET of a media URL.
#[derive(Clone, Debug)]
pub struct MediaRequest {
    /// The path, as it came.
    pub path: String,
    /// The signed parts of the query.
    pub query: Query,
}

/// A rendition that may be served.
pub struct MediaAnswer {
    inner: Arc<Inner>,
    /// The rendition, stored.
    pub stored: Stored,
    /// Whether the URL names its version, so that what it shows never changes.
    pub is_versioned: bool,
}

impl MediaAnswer {
    /// Opens the rendition or a part of it, making it anew if it was deleted behind the cache.
    pub async fn open(&self, call: &Call, range: Option<Range<u64>>) -> Result<Opened, Error> {
        self.inner.open(call, self.stored.keyed.clone(), range).await.map(|(_, opened)| opened)
    }
}

impl Inner {
    /// Checks a media URL and makes sure that what it names is stored.
    pub(super) async fn media(
        self: &Arc<Self>,
        call: &Call,
        request: &MediaRequest,
    ) -> Result<MediaAnswer, Error> {
        let not_found = |why: &str| Error::new(Reason::SpecNotFound, why.to_owned());
        let key = key_in_path(&request.path).ok_or_else(|| not_found("this is no media URL"))?;
        let signature = self.urls.verify(&request.path, &request.query, self.clock.now());
        if let Err(forged @ (Forged::Wrong | Forged::Expired)) = signature {
            return Err(not_permitted(forged));
        }
        let signed = signature.is_ok();
        if !signed && self.urls.access == Access::Signed {
            return Err(not_permitted(Forged::Missing));
        }
        let parts = KeyParts::parse(&key).ok_or_else(|| not_found("this URL names no rendition"))?;
        let spec = self.media_spec(&parts, request, signed)?;
        let keyed = self.media_key(&parts, spec, signed).await?;
        let stored = self.stored(call, keyed).await?;
        // A flight may have followed its source to a newer version; that is not what the URL names.
        let is_versioned = parts.version == stored.keyed.tag;
        Ok(MediaAnswer { inner: self.clone(), stored, is_versioned })
    }

    /// The spec of a URL: the configured one of its id, if it is still the same, or the one that the URL
    /// carries.
    fn media_spec(
        &self,
        parts: &KeyParts,
        request: &MediaRequest,
        signed: bool,
    ) -> Result<Arc<ResolvedSpec>, Error> {
        match &parts.label {
            Label::Named(id) => {
                let registered = self.specs.get(id)?;
                let same = registered.resolutions().iter().find(|spec| spec.digest == parts.digest);
                let spec = same.filter(|spec| spec.format == parts.format).ok_or_else(|| {
                    Error::new(
                        Reason::SpecNotFound,
                        format!("spec {id} has changed since this URL was made: ask for a new one"),
                    )
                })?;
                if !signed && !spec.public {
                    return Err(not_permitted(Forged::Missing));
                }
                Ok(spec.clone())
            }
            Label::Inline if !signed => Err(not_permitted(Forged::Missing)),
            Label::Inline => {
                let wrong =
                    || Error::new(Reason::InvalidSpec, "the spec in the URL is not the one in its key");
                let text = request.query.spec.as_deref().ok_or_else(wrong)?;
                let spec: Spec = parse_spec(text).ok_or_else(wrong)?;
                let spec = self.specs.inline(&spec, &[])?;
                if spec.digest != parts.digest || spec.format != parts.format {
                    return Err(wrong());
                }
                Ok(Arc::new(spec))
            }
        }
    }

    /// The key that a URL means. Without a signature only the version that the server itself would
    /// choose is served: otherwise anybody could have anything made under any number of versions.
    async fn media_key(
        self: &Arc<Self>,
        parts: &KeyParts,
        spec: Arc<ResolvedSpec>,
        signed: bool,
    ) -> Result<Keyed, Error> {
        let mut source = Source {
            store: Some(StoreName::new(parts.store.as_str())?),
            path: parts.path.clone(),
            version: None,
            dimensions: None,
        };
        if parts.version == VersionTag::Current {
            return self.key(self.target_of(&source, spec, None)?, None).await;
        }
        let own = self.target_of(&source, spec.clone(), None)?;
        if self.tombstone(&own.store.name, &own.path).is_some() {
            // Where callers know the versions, they alone can say that it is back, and then there is no tombstone.
            if own.tag().is_err() {
                return Err(source_deleted(&own));
            }
            // Gone, unless the store says that it is back.
            self.tag(&own, None).await?;
        }
        let served = match own.tag() {
            Ok(Some(tag)) => Some(own.keyed(tag)),
            // A version that is stored already needs no look at the source, which may be gone.
            Ok(None) if signed => None,
            Ok(None) => Some(self.key(own, None).await?),
            Err(_) => None,
        };
        match served {
            Some(keyed) if keyed.tag == parts.version => Ok(keyed),
            _ if !signed => Err(Error::new(
                Reason::SourceNotFound,
                "this is not the source's present version: ask for a new URL",
            )),
            _ => {
                if let VersionTag::Of(version) = &parts.version {
                    source.version = Some(version.clone());
                }
                Ok(self.target_of(&source, spec, None)?.keyed(parts.version.clone()))
            }
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
