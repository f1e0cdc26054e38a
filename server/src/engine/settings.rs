//! What the engine is set up with: plain data that the configuration gives.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use rendition_imaging::{Format, Limits, Spec};

use super::{specs::Overlays, urls::MediaUrls};
use crate::{
    existence::Lifetimes,
    model::{Glob, SpecId, StoreName, Strategy},
    storage::Store,
};

/// How the version of a source is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum VersionPolicy {
    /// The store is asked: entity tag, or time of modification and size.
    #[default]
    Observed,
    /// The path is the identity.
    Immutable,
    /// The caller must send it.
    Explicit,
}

/// A store with its role.
#[derive(Clone)]
pub struct StoreEntry {
    /// Its name.
    pub name: StoreName,
    /// The store itself, with its decorators.
    pub store: Arc<dyn Store>,
    /// Whether it may hold sources.
    pub source: bool,
    /// Whether callers may put sources into it.
    pub accepts_puts: bool,
    /// How versions of its sources are known.
    pub version_policy: VersionPolicy,
}

/// What a GET of a media URL does that finds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnGet {
    /// It generates, and waits.
    #[default]
    Generate,
    /// It queues, and shows this encoded image meanwhile.
    Placeholder(PlaceholderImage),
}

/// An encoded image that is shown until there is a rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceholderImage {
    /// Its bytes.
    pub bytes: Bytes,
    /// What tells it from others.
    pub(super) digest: blake3::Hash,
}

impl PlaceholderImage {
    /// Takes the bytes of an image that can be decoded.
    pub fn new(bytes: Bytes) -> Self {
        Self { digest: blake3::hash(&bytes), bytes }
    }
}

/// A spec in the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpec {
    /// Its id.
    pub id: SpecId,
    /// What it makes; validated.
    pub spec: Spec,
    /// Its strategy; none: the server's.
    pub strategy: Option<Strategy>,
    /// Globs of the sources that it is meant for.
    pub sources: Vec<Glob>,
    /// Whether the open media endpoint serves it unsigned.
    pub public: bool,
    /// For how long after its source changed a rendition of an older version may stand in.
    pub stale_while_revalidate: Option<Duration>,
    /// For how long after the spec changed a rendition by what it was before may stand in.
    pub previous_for: Option<Duration>,
    /// What a GET does that finds nothing.
    pub on_get: OnGet,
}

/// One picture in several widths and formats; its members are named specs.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureFamily {
    /// Its name.
    pub id: SpecId,
    /// What is done before the width is settled. Its output says nothing.
    pub base: Spec,
    /// The formats, the preferred one first, each with its members from the narrowest to the widest: the width that is aimed at
    /// in pixels, and the id. Nothing of it is empty.
    pub formats: Vec<(Format, Vec<(u32, SpecId)>)>,
    /// What an HTML page says in `sizes`; empty: nothing.
    pub sizes: String,
}

/// Bounds on what callers can ask for.
#[derive(Clone, Debug)]
pub struct EngineLimits {
    /// On pixels.
    pub imaging: Limits,
    /// On the bytes of a source.
    pub max_source_bytes: u64,
    /// On every wait.
    pub max_wait: Duration,
    /// On the time from the start of a flight until its waiters are freed.
    pub generation_timeout: Duration,
    /// On the items of a batch.
    pub max_batch: usize,
    /// Whether callers may send specs of their own.
    pub inline_specs: bool,
    /// Threads for CPU work.
    pub cpu_workers: usize,
    /// Bytes that decoding and what follows may take together.
    pub memory: u64,
    /// Bytes of sources held or being fetched together, and once more of those that callers put.
    pub fetch_bytes: u64,
    /// Sources being fetched or held at a time.
    pub fetch_slots: usize,
    /// The same of those in stores that are near: the next one is read while the one before, decoded, is encoded.
    pub near_slots: usize,
    /// How many may wait at each gate.
    pub queue_length: usize,
    /// Background jobs at a time.
    pub background_jobs: usize,
    /// Jobs a second for renditions that older ones stand in for.
    pub revalidations_per_second: u64,
}

/// Everything that an engine needs.
pub struct Settings {
    /// The stores.
    pub stores: Vec<StoreEntry>,
    /// The store of sources that name none.
    pub source_store: StoreName,
    /// The store of renditions.
    pub rendition_store: StoreName,
    /// The strategy where neither request nor spec says one.
    pub strategy: Strategy,
    /// The images that specs may lay over others, by the names that specs have for them.
    pub overlays: Overlays,
    /// The named specs.
    pub specs: Vec<NamedSpec>,
    /// The families; their members are among the specs.
    pub families: Vec<PictureFamily>,
    /// How long what is remembered is believed.
    pub lifetimes: Lifetimes,
    /// Whether existence is remembered at all.
    pub cache_enabled: bool,
    /// Bytes for the caches together.
    pub cache_bytes: u64,
    /// The bounds.
    pub limits: EngineLimits,
    /// How URLs are made.
    pub urls: MediaUrls,
}
