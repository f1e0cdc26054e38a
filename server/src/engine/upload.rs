//! Taking in a source from a caller who has no access to the storage.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::time::Instant;

use super::{
    Inner,
    fetch::overloaded,
    gate::Permit,
    inspect::described,
    placeholder,
    rank::Rank,
    request::{Call, Recipe, Saved, Source, SourceInfo},
    settings::{StoreEntry, VersionPolicy},
    stores::storage_error,
    target::Target,
    verdict,
    workers::guarded,
};
use crate::{
    model::{Error, Reason, Version},
    storage::{WriteMode, WriteOptions, Written},
};

/// A source that is to be put.
#[derive(Clone, Debug)]
pub struct Put {
    /// Where it goes.
    pub source: Source,
    /// What happens to one that is there.
    pub mode: WriteMode,
    /// Its length, if the caller knows it.
    pub size: Option<u64>,
    /// What is wanted ahead.
    pub recipes: Vec<Recipe>,
}

/// A source that is coming in, held in memory until it is whole: only then is it known to be an image.
pub struct Upload {
    inner: Arc<Inner>,
    call: Call,
    put: Put,
    wanted: Vec<Target>,
    store: Arc<StoreEntry>,
    bytes: Vec<u8>,
    most: u64,
    until: Instant,
    room: Permit,
}

impl Inner {
    /// Makes room for a source. STORE_NOT_FOUND, NOT_PERMITTED where the store takes no puts, OVERLOADED.
    pub(super) async fn upload(self: &Arc<Self>, call: &Call, put: Put) -> Result<Upload, Error> {
        let store = self.stores.source(put.source.store.as_ref())?.clone();
        if !store.accepts_puts {
            let message = format!(
                "store {0} takes no sources from callers: its operator may set stores.{0}.accepts_puts",
                store.name
            );
            return Err(Error::new(Reason::NotPermitted, message).field("header.source.store"));
        }
        let wanted = self.wanted_ahead(&store, &put.source, &put.recipes)?;
        if put.source.version.is_some() && store.version_policy != VersionPolicy::Explicit {
            let message = format!("store {} gives versions itself: leave it out", store.name);
            return Err(Error::new(Reason::InvalidVersion, message).field("header.source.version"));
        }
        let most = put.size.unwrap_or(self.limits.max_source_bytes);
        self.check_size(most)?;
        // A gate of its own: who sends slowly, or nothing at all, keeps no generation waiting.
        let room = Rank::new(&call.ticket).enter(&self.uploads, most).await.map_err(overloaded)?;
        Ok(Upload {
            inner: self.clone(),
            call: call.clone(),
            put,
            wanted,
            store,
            bytes: reserved(most)?,
            most,
            until: Instant::now() + self.limits.max_wait,
            room,
        })
    }

    /// Whether exactly these bytes lie at a path. What is stored is compared as it comes, so that it needs no room.
    async fn is_stored(&self, store: &StoreEntry, path: &str, bytes: &[u8]) -> Result<bool, Error> {
        let opened = store.store.read_stream(path, None).await.map_err(|error| storage_error(&error))?;
        let same_size = opened.filter(|(stat, _)| stat.size == bytes.len() as u64);
        let Some((_, mut chunks)) = same_size else { return Ok(false) };
        let mut rest = bytes;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| storage_error(&error))?;
            match rest.strip_prefix(chunk.as_ref()) {
                Some(after) => rest = after,
                None => return Ok(false),
            }
        }
        Ok(rest.is_empty())
    }
}

/// An empty buffer with all the room that was asked for, so that it never grows, which would take up to three times as much.
/// OVERLOADED if the system has none.
fn reserved(bytes: u64) -> Result<Vec<u8>, Error> {
    let mut buffer = Vec::new();
    let reserved = usize::try_from(bytes).is_ok_and(|bytes| buffer.try_reserve_exact(bytes).is_ok());
    if reserved {
        return Ok(buffer);
    }
    let message = format!("the system has no {bytes} bytes for the source: try again later");
    Err(Error::new(Reason::Overloaded, message).retry_after(Duration::from_secs(1)))
}

impl Upload {
    /// Until when the source has to be whole: a caller who stalls may not hold the room that others wait for.
    pub fn until(&self) -> Instant {
        self.until
    }

    /// Takes the next bytes. SOURCE_LIMIT_EXCEEDED for more than are allowed, INVALID_ARGUMENT for more than were announced.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let size = self.bytes.len() as u64 + chunk.len() as u64;
        self.inner.check_size(size)?;
        if size > self.most {
            let message = format!("more than the {} bytes that were announced came", self.most);
            return Err(Error::new(Reason::InvalidArgument, message).field("header.size_bytes"));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Checks the bytes, stores them, and goes on as after a save, whoever still waits for it. The verdicts on bytes,
    /// SOURCE_EXISTS, or the storage's error; then nothing was stored.
    pub async fn finish(self) -> Result<Saved, Error> {
        let inner = self.inner.clone();
        inner.to_the_end(self.store()).await
    }

    async fn store(self) -> Result<Saved, Error> {
        // The room is held as long as the bytes are.
        let Self { inner, call, put, wanted, store, bytes, room: _room, .. } = self;
        if put.size.is_some_and(|size| size != bytes.len() as u64) {
            let message = format!("{} bytes came, others were announced", bytes.len());
            return Err(Error::new(Reason::InvalidArgument, message).field("header.size_bytes"));
        }
        let bytes = Bytes::from(bytes);
        // A plan is made only of what is within the limits, and a placeholder only of pixels that can be decoded.
        let (header, plan) = guarded(|| placeholder::planned(&bytes, &inner.limits.imaging))
            .map_err(|panicked| verdict::panicked(&panicked))?
            .map_err(|error| verdict::of(&error))?;
        let hashed = bytes.clone();
        let digest = inner.runtime.spawn_blocking(move || blake3::hash(&hashed)).await;
        let digest = digest.map_err(|_| Error::internal("the digest of the source was not made"))?;
        let digest = Version::observed(digest.to_hex().as_str());
        let rank = Rank::new(&call.ticket);
        let image = (bytes.clone(), header.clone(), plan);
        let placeholder = inner.look((&store, &put.source, Some(&digest)), image, (), &rank).await?;
        let options = WriteOptions {
            media_type: Some(header.format.media_type()),
            cache_control: None,
            mode: put.mode,
        };
        let path = put.source.path.as_str();
        let written = store.store.write(path, bytes.clone(), &options).await;
        // The same bytes are no other source: a caller who lost the answer may send them again.
        if written.map_err(|error| storage_error(&error))? == Written::AlreadyThere
            && !inner.is_stored(&store, path, &bytes).await?
        {
            let message = format!(
                "store {} has another source {path:?}: ask for overwrite, or choose another path",
                store.name
            );
            return Err(Error::new(Reason::SourceExists, message).field("header.source.path"));
        }
        let (record, renditions) = inner.note(&store, &put.source, wanted).await?;
        if let Some(tag) = inner.learn_size(&store, &put.source, record.version(), header.size) {
            inner.images.pictured(&(store.name.clone(), put.source.path.clone()), &tag, &placeholder);
        }
        let version = put.source.version.clone().or_else(|| record.version().cloned());
        let info = described(&store, &put.source, version, &header, bytes.len());
        let info = SourceInfo { placeholder: Some(placeholder), ..info };
        Ok(Saved { info, renditions })
    }
}
