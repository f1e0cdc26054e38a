//! What a key or a media URL is, and why it is as it is: for the operator who looks at one image that is not as it should be.
//!
//! Nothing is started and nothing is remembered: an explanation changes nothing of what it explains.

mod subject;
mod words;

use std::sync::Arc;

pub use self::subject::{ExplainedUrl, SignatureStanding, Subject};
use super::{
    Engine, Inner,
    background::FORCED,
    settings::{StoreEntry, VersionPolicy},
    stores::storage_error,
    urls::Place,
    versions::is_stores_own,
};
use crate::{
    existence::Record,
    model::{
        Digest, Error, Label, Reason, RenditionKey, Timestamp, Version, VersionTag,
        key::{FamilyParts, KeyParts},
    },
    storage::Stat,
};

/// All that can be told of one rendition.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What it comes to, in a sentence.
    pub summary: String,
    /// What can be done about it; empty: nothing needs to be.
    pub advice: String,
    /// The key.
    pub key: RenditionKey,
    /// What it says.
    pub parts: KeyParts,
    /// What the URL says besides, if it is one.
    pub url: Option<ExplainedUrl>,
    /// The spec in the label.
    pub spec: SpecStanding,
    /// The source.
    pub source: ExplainedSource,
    /// What is remembered.
    pub memory: Option<Arc<Record>>,
    /// What is stored; an error if the store could not tell.
    pub object: Result<Option<Stat>, Error>,
    /// What is being done.
    pub work: Work,
}

/// What a spec is to this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecStanding {
    /// Configured, in the key's form.
    Configured(Digest),
    /// Configured in another form; its digest in the key's format, if it is written so.
    Changed(Option<Digest>),
    /// Not configured.
    Removed,
    /// It came with a request.
    Inline,
    /// Configured in another form, and renditions by the key's may stand in for those by the present one.
    Earlier {
        /// The digest that the spec has now in the key's format, if it is written so.
        present: Option<Digest>,
        /// Until when they may.
        until: Timestamp,
    },
}

/// How a source's version stands to the key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceStanding {
    /// It is the present one.
    Current,
    /// The source has another one.
    Stale,
    /// There is no such source.
    Gone,
    /// A caller said that it was deleted.
    Deleted,
    /// It is the callers' own.
    Unverifiable,
    /// There is no such store.
    NoStore,
    /// The store could not tell.
    Unknown,
}

/// A source as its store tells it.
#[derive(Clone, Debug)]
pub struct ExplainedSource {
    /// How its version stands to the key's.
    pub standing: SourceStanding,
    /// Its facts, if it is there.
    pub stat: Option<Stat>,
    /// Until when it counts as deleted.
    pub deleted_until: Option<Timestamp>,
    /// Why the store could not tell.
    pub problem: Option<Error>,
}

/// What is being done about a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// It is being made.
    pub generating: bool,
    /// A job will make it.
    pub queued: bool,
    /// A job will make it anew.
    pub forced: bool,
    /// How many unclean exits found it unfinished.
    pub crashes: u32,
}

impl Engine {
    /// Explains a rendition. INVALID_ARGUMENT for what is neither a key nor a media URL.
    pub async fn explain(&self, subject: &Subject) -> Result<Explanation, Error> {
        self.now().explain(subject).await
    }
}

impl Inner {
    async fn explain(&self, subject: &Subject) -> Result<Explanation, Error> {
        let now = self.clock.now();
        let (place, signature) = subject.parse(&self.urls, now)?;
        let mut parts = self.parts_of(place)?;
        let source = self.explain_source(&parts).await;
        if parts.version == VersionTag::Current
            && let Some(tag) = self.present_tag(&parts, &source)
        {
            parts.version = tag;
        }
        let key = parts.key();
        let object = self.stores.rendition().store.stat(key.as_str()).await;
        let url = signature.map(|signature| {
            let is_stored = matches!(object, Ok(Some(_)));
            let open = || self.is_open(&parts, source.standing, is_stored);
            let honoured = match signature.standing {
                SignatureStanding::Valid => true,
                SignatureStanding::None => open(),
                SignatureStanding::Expired | SignatureStanding::Forged | SignatureStanding::UnknownKey => {
                    false
                }
            };
            ExplainedUrl { honoured, ..signature }
        });
        let explanation = Explanation {
            summary: String::new(),
            advice: String::new(),
            url,
            spec: self.spec_standing(&parts),
            source,
            memory: self.renditions.get(&key),
            object: object.map_err(|error| storage_error(&error)),
            work: Work {
                generating: self.flights.is_flying(&key),
                queued: self.queue.is_queued(key.as_str()),
                forced: self.queue.is_queued(&format!("{FORCED}{key}")),
                crashes: self.queue.crashes(key.as_str()),
            },
            key,
            parts,
        };
        let (summary, advice) = words::of(&explanation, now);
        Ok(Explanation { summary, advice, ..explanation })
    }

    /// The parts of the key. Of a URL whose format is chosen at each GET those for a caller who says nothing of what it can
    /// show; INVALID_ARGUMENT if it names no configured spec.
    fn parts_of(&self, place: Place) -> Result<KeyParts, Error> {
        let FamilyParts { store, path, label, version, digest } = match place {
            Place::Key(parts) => return Ok(parts),
            Place::Family(parts) => parts,
        };
        let Label::Named(id) = &label else {
            let message = "the format of this URL is chosen at each GET, and its spec is in the query: explain the key of one format";
            return Err(Error::new(Reason::InvalidArgument, message).field("url"));
        };
        let spec = self.specs.get(id)?.resolve(&[]);
        let is_present = spec.family.as_ref().is_some_and(|family| *family.digest() == digest);
        let digest = if is_present { spec.digest } else { digest };
        Ok(KeyParts { store, path, label, version, digest, format: spec.format })
    }

    /// What the source's store tells now.
    async fn explain_source(&self, parts: &KeyParts) -> ExplainedSource {
        let unknown =
            |standing, problem| ExplainedSource { standing, stat: None, deleted_until: None, problem };
        let store = match self.stores.source(Some(&parts.store)) {
            Ok(store) => store,
            Err(error) => return unknown(SourceStanding::NoStore, Some(error)),
        };
        let stat = match store.store.stat(parts.path.as_str()).await {
            Ok(stat) => stat,
            Err(error) => return unknown(SourceStanding::Unknown, Some(storage_error(&error))),
        };
        let tombstone = self.tombstone(&parts.store, &parts.path);
        let present = stat.as_ref().and_then(|stat| stat.version.as_deref()).map(Version::observed);
        let buried = tombstone.as_ref().filter(|tombstone| {
            stat.is_none()
                || tombstone.version.is_none()
                || tombstone.version.as_deref() == present.as_ref().map(Version::as_str)
        });
        let standing = match (&stat, buried) {
            (_, Some(_)) => SourceStanding::Deleted,
            (None, None) => SourceStanding::Gone,
            (Some(_), None) => standing(store, parts, present.as_ref()),
        };
        let deleted_until = buried.map(|tombstone| Timestamp::from(tombstone.until));
        ExplainedSource { standing, stat, deleted_until, problem: None }
    }

    /// The tag that a new key would have, as far as the store tells.
    fn present_tag(&self, parts: &KeyParts, source: &ExplainedSource) -> Option<VersionTag> {
        let store = self.stores.source(Some(&parts.store)).ok()?;
        match store.version_policy {
            VersionPolicy::Immutable => Some(VersionTag::Immutable),
            VersionPolicy::Explicit => None,
            VersionPolicy::Observed => {
                source.stat.as_ref()?.version.as_deref().map(Version::observed).map(VersionTag::Of)
            }
        }
    }

    fn spec_standing(&self, parts: &KeyParts) -> SpecStanding {
        let Label::Named(id) = &parts.label else { return SpecStanding::Inline };
        let Ok(registered) = self.specs.get(id) else { return SpecStanding::Removed };
        let present = registered.resolutions().iter().find(|spec| spec.format == parts.format);
        match present.map(|spec| spec.digest) {
            Some(digest) if digest == parts.digest => SpecStanding::Configured(digest),
            present => match registered.stands_in_until(self.clock.now()) {
                Some(until) => SpecStanding::Earlier { present, until },
                None => SpecStanding::Changed(present),
            },
        }
    }

    /// Whether a URL without a signature is honoured.
    fn is_open(&self, parts: &KeyParts, source: SourceStanding, is_stored: bool) -> bool {
        let Label::Named(id) = &parts.label else { return false };
        self.urls.access == super::urls::Access::Open
            && self.specs.get(id).is_ok_and(|registered| registered.named.public)
            && match self.spec_standing(parts) {
                SpecStanding::Configured(_) => true,
                SpecStanding::Earlier { .. } => is_stored,
                SpecStanding::Changed(_) | SpecStanding::Removed | SpecStanding::Inline => false,
            }
            && source == SourceStanding::Current
    }
}

fn standing(store: &StoreEntry, parts: &KeyParts, present: Option<&Version>) -> SourceStanding {
    match (&parts.version, store.version_policy) {
        (VersionTag::Current, VersionPolicy::Explicit) => SourceStanding::Unverifiable,
        (VersionTag::Current, _) | (VersionTag::Immutable, VersionPolicy::Immutable) => {
            SourceStanding::Current
        }
        // A store that had another policy once.
        (VersionTag::Immutable, VersionPolicy::Observed | VersionPolicy::Explicit) => SourceStanding::Stale,
        (VersionTag::Of(version), VersionPolicy::Observed) => match present {
            Some(present) if present == version => SourceStanding::Current,
            Some(present) if is_stores_own(version, present) => SourceStanding::Stale,
            _ => SourceStanding::Unverifiable,
        },
        (VersionTag::Of(_), VersionPolicy::Immutable | VersionPolicy::Explicit) => {
            SourceStanding::Unverifiable
        }
    }
}
