//! A rendition that a caller named, checked and looked up: which store, which resolved spec, and, once
//! the source's version is known, which key.

use std::sync::Arc;

use rendition_imaging::Size;

use super::{
    Inner,
    request::{Recipe, RenditionRef, Source},
    settings::{StoreEntry, VersionPolicy},
    specs::ResolvedSpec,
};
use crate::model::{
    Error, ImageInfo, Reason, RenditionKey, SourcePath, StoreName, Strategy, Version, VersionTag,
};

/// A rendition, all but the version of its source.
#[derive(Clone)]
pub struct Target {
    /// The source's store.
    pub store: Arc<StoreEntry>,
    /// The source's path.
    pub path: SourcePath,
    /// The version that the caller sent.
    pub version: Option<Version>,
    /// The source's size, if the caller told it.
    pub dimensions: Option<Size>,
    /// What is made.
    pub spec: Arc<ResolvedSpec>,
    /// The named spec's strategy.
    pub strategy: Option<Strategy>,
}

/// A rendition with its key.
#[derive(Clone)]
pub struct Keyed {
    /// The rendition.
    pub target: Target,
    /// Its key.
    pub key: RenditionKey,
    /// The version tag in the key.
    pub tag: VersionTag,
}

impl Inner {
    /// Looks up what a request names.
    pub(super) fn target(&self, rendition: &RenditionRef) -> Result<Target, Error> {
        match &rendition.recipe {
            Recipe::Named(id) => {
                let registered = self.specs.get(id)?;
                let spec = registered.resolve(&rendition.accept).clone();
                self.target_of(&rendition.source, spec, registered.named.strategy)
            }
            Recipe::Inline(spec) if self.limits.inline_specs => {
                self.target_of(&rendition.source, self.specs.inline(spec, &rendition.accept)?, None)
            }
            Recipe::Inline(_) => Err(Error::new(
                Reason::InlineSpecsDisabled,
                "this server takes no inline specs (limits.inline_specs): name a configured one by spec_id",
            )
            .field("rendition.recipe.spec")),
            Recipe::Family(id) => Err(Error::new(
                Reason::InvalidSpec,
                format!(
                    "{id} is a family, which is several renditions: use Picture, or name one of its specs"
                ),
            )
            .field("rendition.recipe.family_id")),
        }
    }

    /// The rendition of a source by a spec that is resolved already.
    pub(super) fn target_of(
        &self,
        source: &Source,
        spec: Arc<ResolvedSpec>,
        strategy: Option<Strategy>,
    ) -> Result<Target, Error> {
        Ok(Target {
            store: self.stores.source(source.store.as_ref())?.clone(),
            path: source.path.clone(),
            version: source.version.clone(),
            dimensions: source.dimensions,
            spec,
            strategy,
        })
    }
}

impl Target {
    /// The version tag, where it can be told without asking the store; none: the store must be asked.
    /// INVALID_VERSION if the store's policy wants the caller to send a version and it did not.
    pub fn tag(&self) -> Result<Option<VersionTag>, Error> {
        match (&self.version, self.store.version_policy) {
            (Some(version), _) => Ok(Some(VersionTag::Of(version.clone()))),
            (None, VersionPolicy::Immutable) => Ok(Some(VersionTag::Immutable)),
            (None, VersionPolicy::Observed) => Ok(None),
            (None, VersionPolicy::Explicit) => Err(Error::new(
                Reason::InvalidVersion,
                format!("store {} has version_policy explicit: send the source's version", self.store.name),
            )
            .field("rendition.source.version")),
        }
    }

    /// Where the source lies.
    pub fn place(&self) -> (StoreName, SourcePath) {
        (self.store.name.clone(), self.path.clone())
    }

    /// The rendition of one version.
    pub fn keyed(self, tag: VersionTag) -> Keyed {
        let spec = &self.spec;
        let key =
            RenditionKey::new(&self.store.name, &self.path, &spec.label, &tag, &spec.digest, spec.format);
        Keyed { target: self, key, tag }
    }

    /// The facts that the recipe alone tells of the image.
    pub fn image(&self) -> ImageInfo {
        let spec = &self.spec;
        let size = spec.size.or_else(|| self.dimensions.and_then(|size| spec.spec.output_size(Some(size))));
        ImageInfo {
            media_type: spec.format.media_type(),
            width: size.map_or(0, |size| size.width),
            height: size.map_or(0, |size| size.height),
            frames: 1,
            ..ImageInfo::default()
        }
    }
}

impl Keyed {
    /// The same rendition under the key where it landed, if its source moved to another version.
    pub fn at(self, key: RenditionKey) -> Self {
        if key == self.key {
            return self;
        }
        match crate::model::key::KeyParts::parse(key.as_str()) {
            Some(parts) => Self { tag: parts.version, key, target: self.target },
            None => self,
        }
    }
}
