//! What a media URL names: which spec, and which key.

use std::sync::Arc;

use super::{MediaRequest, not_permitted};
use crate::{
    engine::{
        Inner,
        request::Source,
        spec_text,
        specs::{Family, ResolvedSpec},
        target::{Keyed, Target},
        urls::{Forged, Place},
        versions::source_deleted,
    },
    model::{Error, Label, Reason, SpecId, VersionTag},
};

impl Inner {
    /// The spec of a URL: the configured one of its id, if it is still the same, or the one that the URL carries.
    pub(super) fn named_spec(
        &self,
        place: &Place,
        request: &MediaRequest,
        signed: bool,
    ) -> Result<Arc<ResolvedSpec>, Error> {
        match place.label() {
            Label::Named(id) => {
                let spec = self.configured(id, place, request)?;
                if !signed && !spec.public {
                    return Err(not_permitted(Forged::Missing));
                }
                Ok(spec)
            }
            Label::Inline if !signed => Err(not_permitted(Forged::Missing)),
            Label::Inline => self.carried(place, request),
        }
    }

    fn configured(
        &self,
        id: &SpecId,
        place: &Place,
        request: &MediaRequest,
    ) -> Result<Arc<ResolvedSpec>, Error> {
        let registered = self.specs.get(id)?;
        let chosen = match place {
            Place::Key(parts) => registered.resolution_of(parts),
            Place::Family(parts) => Some(registered.resolve(&request.accept))
                .filter(|spec| spec.family.as_ref().is_some_and(|family| *family.digest() == parts.digest)),
        };
        chosen.cloned().ok_or_else(|| spec_changed(place.label()))
    }

    fn carried(&self, place: &Place, request: &MediaRequest) -> Result<Arc<ResolvedSpec>, Error> {
        let wrong = || Error::new(Reason::InvalidSpec, "the spec in the URL is not the one in its key");
        let spec = spec_text::parse(request.query.spec.as_deref().ok_or_else(wrong)?).ok_or_else(wrong)?;
        let spec = self.specs.inline(&spec, &request.accept)?;
        let same = match place {
            Place::Key(parts) => spec.digest == parts.digest && spec.format == parts.format,
            Place::Family(parts) => spec.family.as_deref().map(Family::digest) == Some(&parts.digest),
        };
        if same { Ok(spec) } else { Err(wrong()) }
    }

    /// The key that a URL means.
    pub(super) async fn named_key(
        self: &Arc<Self>,
        place: &Place,
        spec: Arc<ResolvedSpec>,
        signed: bool,
    ) -> Result<Keyed, Error> {
        let present = self.present_key(place, &spec, signed).await?;
        self.chosen_key(place, spec, present, signed)
    }

    /// The rendition of whichever version there is now.
    pub(super) fn present_target(&self, place: &Place, spec: &Arc<ResolvedSpec>) -> Result<Target, Error> {
        self.target_of(&source(place), spec.clone(), None)
    }

    /// The key at the version that the server itself would choose, if that must be known. SOURCE_NOT_FOUND and SOURCE_DELETED
    /// if there is none.
    pub(super) async fn present_key(
        self: &Arc<Self>,
        place: &Place,
        spec: &Arc<ResolvedSpec>,
        signed: bool,
    ) -> Result<Option<Keyed>, Error> {
        let own = self.present_target(place, spec)?;
        if *place.version() == VersionTag::Current {
            return self.key(own, None).await.map(Some);
        }
        if self.tombstone(&own.store.name, &own.path).is_some() {
            // Where callers know the versions, they alone can say that it is back, and then there is no tombstone.
            if own.tag().is_err() {
                return Err(source_deleted(&own));
            }
            // Gone, unless the store says that it is back.
            self.tag(&own, None).await?;
        }
        match own.tag() {
            Ok(Some(tag)) => Ok(Some(own.keyed(tag))),
            // A version that is stored already needs no look at the source, which may be gone.
            Ok(None) if signed => Ok(None),
            Ok(None) => self.key(own, None).await.map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The key at the version that the URL names. Without a signature only the version that the server itself would
    /// choose is served: otherwise anybody could have anything made under any number of versions.
    pub(super) fn chosen_key(
        &self,
        place: &Place,
        spec: Arc<ResolvedSpec>,
        present: Option<Keyed>,
        signed: bool,
    ) -> Result<Keyed, Error> {
        match present {
            Some(keyed) if *place.version() == VersionTag::Current || keyed.tag == *place.version() => {
                Ok(keyed)
            }
            _ if !signed => Err(Error::new(
                Reason::SourceNotFound,
                "this is not the source's present version: ask for a new URL",
            )),
            _ => {
                let mut source = source(place);
                if let VersionTag::Of(version) = place.version() {
                    source.version = Some(version.clone());
                }
                Ok(self.target_of(&source, spec, None)?.keyed(place.version().clone()))
            }
        }
    }
}

/// The error for a form of a spec that is no longer configured.
pub(in crate::engine) fn spec_changed(label: &Label) -> Error {
    let message = format!("spec {} has changed since this URL was made: ask for a new one", label.as_str());
    Error::new(Reason::SpecNotFound, message)
}

/// The source that a URL names, of whichever version.
fn source(place: &Place) -> Source {
    Source { store: Some(place.store().clone()), path: place.path().clone(), version: None, dimensions: None }
}
