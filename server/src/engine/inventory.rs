//! The stored renditions of a source: found by one listing, told by their keys alone.

use std::{sync::Arc, time::SystemTime};

use rendition_imaging::Format;

use super::{
    Inner,
    request::{Selection, Source},
    settings::StoreEntry,
    stores::storage_error,
    tombstones::folder,
};
use crate::model::{Error, Label, Reason, RenditionKey, Version, VersionTag, key::KeyParts};

/// A stored rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventoried {
    /// Its key.
    pub key: RenditionKey,
    /// What it was made by.
    pub label: Label,
    /// From which version.
    pub version: VersionTag,
    /// What it is written as.
    pub format: Format,
    /// Bytes; 0 where the listing does not tell.
    pub size: u64,
    /// When it was stored, where the listing tells.
    pub modified: Option<SystemTime>,
    /// Whether it is of another version than the present one, or of a spec that is no longer configured so.
    pub stale: bool,
}

/// What of a source is present, by which staleness is told.
enum Present {
    /// The version that new renditions would have.
    Version(VersionTag),
    /// The callers know it, and this caller did not say.
    Unknown,
    /// There is no such source.
    Gone,
}

impl Inner {
    /// The stored renditions of a source that are asked for, in the order of their keys. Asks the rendition store for one
    /// listing, and about the source, whose version may be known.
    pub(super) async fn inventory(
        self: &Arc<Self>,
        source: &Source,
        selection: &Selection,
    ) -> Result<Vec<Inventoried>, Error> {
        let store = self.stores.source(source.store.as_ref())?.clone();
        let folder = folder(&store.name, &source.path);
        let entries =
            self.stores.rendition().store.list(&folder).await.map_err(|error| storage_error(&error))?;
        let present = self.present(&store, source).await?;
        let mut found = Vec::new();
        for entry in entries.into_iter().filter(|entry| !entry.is_folder) {
            let text = format!("{folder}/{}", entry.name);
            // What is no rendition is none of ours.
            let Some(parts) = KeyParts::parse(&text) else { continue };
            let inventoried = Inventoried {
                stale: self.is_stale(&parts, &present),
                key: RenditionKey::new(
                    &parts.store,
                    &parts.path,
                    &parts.label,
                    &parts.version,
                    &parts.digest,
                    parts.format,
                ),
                label: parts.label,
                version: parts.version,
                format: parts.format,
                size: entry.size.unwrap_or(0),
                modified: entry.modified,
            };
            if selection.takes(&inventoried, source.version.as_ref()) {
                found.push(inventoried);
            }
        }
        found.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
        Ok(found)
    }

    async fn present(self: &Arc<Self>, store: &Arc<StoreEntry>, source: &Source) -> Result<Present, Error> {
        use super::settings::VersionPolicy;
        let known = self.sources.get(&(store.name.clone(), source.path.clone()));
        let record = match known {
            Some(record) => record,
            None => self.look_anew(store, &source.path).await?,
        };
        if record.facts.is_none() || self.tombstone(&store.name, &source.path).is_some() {
            return Ok(Present::Gone);
        }
        Ok(match store.version_policy {
            VersionPolicy::Immutable => Present::Version(VersionTag::Immutable),
            VersionPolicy::Observed => match record.version() {
                Some(version) => Present::Version(VersionTag::Of(version.clone())),
                None => Present::Unknown,
            },
            VersionPolicy::Explicit => Present::Unknown,
        })
    }

    fn is_stale(&self, parts: &KeyParts, present: &Present) -> bool {
        let of_old_version = match present {
            Present::Version(version) => parts.version != *version,
            Present::Unknown => false,
            Present::Gone => true,
        };
        let of_old_spec = match &parts.label {
            Label::Inline => false,
            Label::Named(id) => self.specs.get(id).map_or(true, |spec| !spec.accounts_for(parts)),
        };
        of_old_version || of_old_spec
    }
}

impl Selection {
    fn takes(&self, rendition: &Inventoried, version: Option<&Version>) -> bool {
        let of_label = self.label.as_ref().is_none_or(|label| *label == rendition.label);
        let of_version = version.is_none_or(|version| rendition.version == VersionTag::Of(version.clone()));
        of_label && of_version && (!self.stale_only || rendition.stale)
    }
}

/// Which page of a listing is wanted.
#[derive(Clone, Debug)]
pub struct Page {
    /// The key after which it begins; empty: from the start.
    pub after: String,
    /// How many there may be on it.
    pub size: usize,
}

impl Page {
    /// Cuts the page out of a sorted listing, and tells whether more comes after it. INVALID_ARGUMENT for a token that no
    /// page gave.
    pub fn cut(&self, folder: &str, mut all: Vec<Inventoried>) -> Result<(Vec<Inventoried>, bool), Error> {
        if !self.after.is_empty() && !self.after.starts_with(folder) {
            let message =
                format!("{:?} is no page token: take next_page_token of the page before", self.after);
            return Err(Error::new(Reason::InvalidArgument, message).field("page_token"));
        }
        let from = all.partition_point(|rendition| rendition.key.as_str() <= self.after.as_str());
        all.drain(..from);
        let more = all.len() > self.size;
        all.truncate(self.size);
        Ok((all, more))
    }
}
