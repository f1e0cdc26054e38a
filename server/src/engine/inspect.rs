//! What a source is: its header, and what can be shown before a rendition is there.

use std::sync::Arc;

use bytes::Bytes;
use rendition_imaging::{Header, Placeholder, Plan};

use super::{
    Inner,
    fetch::overloaded,
    gate::Permit,
    placeholder,
    rank::Rank,
    request::{Call, Depth, Source, SourceInfo},
    run::CRASHES,
    settings::StoreEntry,
    stores::storage_error,
    tombstones::folder,
    verdict,
    versions::{check_present, source_not_found_at},
    workers::guarded,
};
use crate::{
    existence::SourceRecord,
    model::{Error, Reason, Version},
    storage::{ReadOptions, StorageErrorKind},
};

/// A source that was read to be looked at, with the room that it takes.
struct Looked {
    bytes: Bytes,
    version: Option<Version>,
    room: Permit,
}

impl Inner {
    /// Reads a source and tells what it is. SOURCE_NOT_FOUND, SOURCE_CHANGED, the verdicts on its bytes, OVERLOADED, or the
    /// storage's error.
    pub(super) async fn inspect(
        self: &Arc<Self>,
        call: &Call,
        source: &Source,
        depth: Depth,
    ) -> Result<SourceInfo, Error> {
        let store = self.stores.source(source.store.as_ref())?.clone();
        let record = self.look_anew(&store, &source.path).await?;
        self.inspect_seen(call, &store, source, &record, depth).await
    }

    /// The same for a source that was just asked about.
    pub(super) async fn inspect_seen(
        self: &Arc<Self>,
        call: &Call,
        store: &Arc<StoreEntry>,
        source: &Source,
        record: &SourceRecord,
        depth: Depth,
    ) -> Result<SourceInfo, Error> {
        check_present(store, source, record.version())?;
        let rank = Rank::new(&call.ticket);
        let looked = self.read_to_look(store, source, record, &rank).await?;
        check_present(store, source, looked.version.as_ref())?;
        let bytes = looked.bytes.clone();
        let (header, plan) = guarded(|| placeholder::planned(&bytes, &self.limits.imaging))
            .map_err(|panicked| verdict::panicked(&panicked))?
            .map_err(|error| verdict::of(&error))?;
        let version = source.version.clone().or_else(|| looked.version.clone());
        let told = described(store, source, version, &header, bytes.len());
        let tag = self.learn_size(store, source, looked.version.as_ref(), header.size);
        if depth == Depth::Header {
            return Ok(told);
        }
        let image = (bytes, header, plan);
        let place = (store.as_ref(), source, looked.version.as_ref());
        let placeholder = self.look(place, image, looked.room, &rank).await?;
        if let Some(tag) = tag {
            self.images.pictured(&(store.name.clone(), source.path.clone()), &tag, &placeholder);
        }
        Ok(SourceInfo { placeholder: Some(placeholder), ..told })
    }

    /// Reads a source whole, of the version that it was found to have; once more if it is replaced meanwhile.
    async fn read_to_look(
        self: &Arc<Self>,
        store: &Arc<StoreEntry>,
        source: &Source,
        record: &SourceRecord,
        rank: &Rank,
    ) -> Result<Looked, Error> {
        let not_found = || source_not_found_at(&store.name, &source.path);
        let mut facts = record.facts.clone().ok_or_else(not_found)?;
        let mut again = true;
        loop {
            self.check_size(facts.size)?;
            let room = rank.enter(&self.fetching, facts.size).await.map_err(overloaded)?;
            let options = ReadOptions {
                if_version: facts.version.as_ref().map(|version| version.as_str().to_owned()),
                max_bytes: Some(self.limits.max_source_bytes),
            };
            match store.store.read(source.path.as_str(), &options).await {
                Ok(Some(object)) => {
                    let version = object.stat.version.as_deref().map(Version::observed);
                    return Ok(Looked { bytes: object.bytes, version, room });
                }
                Ok(None) => return Err(not_found()),
                Err(error) if error.kind() == StorageErrorKind::VersionMismatch && again => {
                    again = false;
                    drop(room);
                    let record = self.look_anew(store, &source.path).await?;
                    facts = record.facts.clone().ok_or_else(not_found)?;
                }
                Err(error) => return Err(storage_error(&error)),
            }
        }
    }

    /// Draws the placeholder of a source of this version, which proves that its pixels can be decoded. What is `held` is given
    /// back when that is done.
    pub(super) async fn look(
        self: &Arc<Self>,
        (store, source, version): (&StoreEntry, &Source, Option<&Version>),
        (bytes, header, plan): (Bytes, Header, Plan),
        held: impl Send + 'static,
        rank: &Rank,
    ) -> Result<Placeholder, Error> {
        let plan = self.fits(plan)?;
        let version = version.map_or("", Version::as_str);
        let journaled = format!("look:{}@{version}", folder(&store.name, &source.path));
        if self.queue.crashes(&journaled) >= CRASHES {
            let message = "the server crashed twice while it looked at this source: replace it";
            return Err(Error::new(Reason::SourceUndecodable, message).with("cause", "crashed"));
        }
        let permit = rank.enter(&self.generation, plan.memory_bytes()).await.map_err(overloaded)?;
        let drawn = self.draw((bytes, header, plan), permit, held, Some(journaled.clone())).await?;
        // It was not this source that the process died of.
        self.forgive(&journaled).await;
        Ok(drawn)
    }
}

/// What the header of a source of so many bytes tells of it.
pub(super) fn described(
    store: &StoreEntry,
    source: &Source,
    version: Option<Version>,
    header: &Header,
    bytes: usize,
) -> SourceInfo {
    SourceInfo {
        store: store.name.clone(),
        path: source.path.clone(),
        version,
        media_type: header.format.media_type(),
        size: Some(header.size),
        size_bytes: bytes as u64,
        frames: header.frames,
        placeholder: None,
        failure: None,
    }
}
