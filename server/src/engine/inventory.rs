//! The stored renditions of a source: found by one listing, told by their keys alone.

use std::{sync::Arc, time::SystemTime};

use rendition_imaging::Format;

use super::{
    Inner,
    request::{Selection, Source},
    settings::StoreEntry,
    stores::storage_error,
    tombstones::folder,
    versions::is_stores_own,
};
use crate::model::{Error, Label, Reason, RenditionKey, Version, VersionTag, key::KeyParts};
use crate::storage::Entry;

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
    /// Whether it is of another version of the store's own than the present one, or of a spec that is no longer configured so.
    pub stale: bool,
}

/// What of a source is present, by which staleness is told.
enum Present {
    /// There is one: the version that new renditions would have, and that which the store tells.
    Version { tag: VersionTag, own: Option<Version> },
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
        let entries = self.listed(&folder).await?;
        // In this order, or what is made of a newer version between the two would be out of date.
        let present = self.present(&store, source).await?;
        Ok(self.selected(&folder, entries, &present, source, selection))
    }

    /// The keys of a source's stored renditions that are asked for. Asks about the source only if its present version matters.
    pub(super) async fn keys_of(
        self: &Arc<Self>,
        source: &Source,
        selection: &Selection,
    ) -> Result<Vec<RenditionKey>, Error> {
        let found = if selection.stale_only {
            self.inventory(source, selection).await?
        } else {
            let store = self.stores.source(source.store.as_ref())?;
            let folder = folder(&store.name, &source.path);
            let entries = self.listed(&folder).await?;
            self.selected(&folder, entries, &Present::Unknown, source, selection)
        };
        Ok(found.into_iter().map(|rendition| rendition.key).collect())
    }

    async fn listed(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        self.stores.rendition().store.list(folder).await.map_err(|error| storage_error(&error))
    }

    fn selected(
        &self,
        folder: &str,
        entries: Vec<Entry>,
        present: &Present,
        source: &Source,
        selection: &Selection,
    ) -> Vec<Inventoried> {
        let mut found = Vec::new();
        for entry in entries.into_iter().filter(|entry| !entry.is_folder) {
            let text = format!("{folder}/{}", entry.name);
            // What is no rendition is none of ours.
            let Some(parts) = KeyParts::parse(&text) else { continue };
            let inventoried = Inventoried {
                stale: self.is_stale(&parts, present),
                key: parts.key(),
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
        found
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
        let own = record.version().cloned();
        Ok(match (store.version_policy, &own) {
            (VersionPolicy::Immutable, _) => Present::Version { tag: VersionTag::Immutable, own },
            (VersionPolicy::Observed, Some(version)) => {
                Present::Version { tag: VersionTag::Of(version.clone()), own }
            }
            (VersionPolicy::Observed, None) | (VersionPolicy::Explicit, _) => Present::Unknown,
        })
    }

    fn is_stale(&self, parts: &KeyParts, present: &Present) -> bool {
        let of_old_version = match present {
            Present::Version { tag, .. } if parts.version == *tag => false,
            // A version of the callers' own is as good as they say.
            Present::Version { own, .. } => match (&parts.version, own) {
                (VersionTag::Of(version), Some(own)) => version != own && is_stores_own(version, own),
                (VersionTag::Of(_), None) => false,
                (VersionTag::Immutable | VersionTag::Current, _) => true,
            },
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
