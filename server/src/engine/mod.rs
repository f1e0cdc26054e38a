//! The engine: strategies, flights, admission, batches. It decides when what is made, and answers in
//! plain data; no transport and no storage library is known here.
//!
//! The contract: the storage is the truth and the cache a copy; READY is said only of what is stored
//! whole; a key is made by one flight at a time; no error, panic, crash or cancelled caller leaves a key
//! stuck; nothing that takes long runs on the threads that answer.

mod background;
pub mod capacity;
mod coalesce;
mod collect;
mod depart;
mod ensure;
mod epochs;
mod examine;
mod exists;
pub mod explain;
mod families;
mod fetch;
mod flight;
pub mod gate;
mod inspect;
mod inventory;
mod judge;
mod kept;
mod low_water;
mod media;
mod older;
mod pace;
mod parking;
mod part;
mod passenger;
mod picture;
mod placeholder;
mod plan;
mod presence;
mod prewarm;
mod probe;
mod progress;
mod purge;
mod rank;
mod read;
mod recall;
mod recent;
mod reload;
pub mod request;
mod resume;
mod run;
mod saved;
pub mod settings;
mod shelf;
mod sightings;
mod source_image;
mod sources_below;
mod spec_text;
mod specs;
mod stores;
mod target;
mod token_bucket;
mod tolerance;
mod tombstones;
mod upload;
mod url_options;
pub mod urls;
mod verdict;
mod verify;
mod versions;
mod view;
mod warm;
mod watch;
mod workers;

use std::{ops::Deref, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use futures_util::Stream;
use rendition_imaging::Size;
use tokio::{runtime::Handle, task::JoinHandle, time::Instant};

use self::{
    coalesce::Coalesce,
    epochs::Epochs,
    families::Families,
    fetch::{Batch, Fetch, Fetching, Held},
    flight::Flights,
    gate::{Gate, Slots},
    media::StandIns,
    request::{
        Call, Depth, Ensure, Ensured, Exists, Recipe, RenditionRef, Saved, Selection, Source, SourceInfo,
        UrlOptions, View,
    },
    settings::{EngineLimits, Settings},
    shelf::Shelves,
    stores::Stores,
    token_bucket::TokenBucket,
    urls::MediaUrls,
    versions::Place,
    workers::Workers,
};
pub use self::{
    collect::{Collect, Collected, CollectedCounts, CollectedRendition, Phase},
    examine::Depth as VerifyDepth,
    inventory::{Inventoried, Page},
    judge::Garbage,
    media::{MediaAnswer, MediaContent, MediaRequest, StandIn, StoredMedia},
    picture::{EnsuredWhole, Picture, PictureEntry, PictureFormat, PictureRequest},
    prewarm::{Execution, Make, Prewarm, Prewarmed, WarmFailure},
    progress::Told,
    purge::{Buried, Purge},
    read::{Bytestream, Opened, Stored, deleted_meanwhile},
    specs::{Overlays, Registered, ResolvedSpec, Specs},
    stores::storage_error,
    upload::{Put, Upload},
    verify::{Defect, Finding, Repair, Verified, VerifiedCounts, Verify},
    watch::Update,
};
use crate::{
    existence::{Lifetimes, Record, RenditionCache, SourceCache, SourceImages, SourceRecord},
    model::{Clock, Error, Reason, RenditionKey, SpecId, Strategy},
    queue::Queue,
};

/// Called on the worker's thread with the source's bytes just before they are decoded; for tests that
/// need a codec that panics, aborts or hangs.
pub type BeforeDecode = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// How often the caches free what is over their bounds.
const TIDY: Duration = Duration::from_secs(1);
/// How many sources may come in at a time: what each may take is its bytes, and those are counted.
const UPLOADS: usize = 256;
/// How often tombstones that hold no more are taken away.
const PRUNE: Duration = Duration::from_secs(60);

/// What stands for the answer to an item that the engine lost, which would be a defect.
fn unanswered<T>() -> Result<T, Error> {
    Err(Error::internal("an item of the batch has no answer"))
}

/// The engine; clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<ArcSwap<Inner>>);

/// What a call sees from its beginning to its end: one registry of specs, and what all calls share.
struct Inner {
    specs: Specs,
    families: Families,
    shared: Arc<Shared>,
}

impl Deref for Inner {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// What outlives every exchange of the registry.
struct Shared {
    stores: Stores,
    strategy: Strategy,
    limits: EngineLimits,
    lifetimes: Lifetimes,
    urls: MediaUrls,
    renditions: RenditionCache,
    sources: SourceCache,
    images: SourceImages,
    looks: Coalesce<Place, Result<Arc<SourceRecord>, Error>>,
    probes: Coalesce<RenditionKey, Result<Arc<Record>, Error>>,
    fetches: Coalesce<Fetching, Result<Fetch, Error>>,
    measures: Coalesce<Batch, Result<Size, Error>>,
    placeholders: Coalesce<RenditionKey, placeholder::Made>,
    stand_ins: StandIns,
    held: Held,
    shelves: Shelves,
    revalidations: TokenBucket,
    revalidating: Coalesce<(RenditionKey, older::Revalidation), ()>,
    flights: Flights,
    epochs: Epochs,
    fetching: Gate,
    near: Gate,
    uploads: Gate,
    generation: Gate,
    workers: Workers,
    queue: Arc<Queue>,
    job_waiters: background::JobWaiters,
    before_decode: Option<BeforeDecode>,
    clock: Clock,
    runtime: Handle,
    closing: tokio::sync::watch::Sender<bool>,
}

impl Engine {
    /// Sets an engine up. Its flights run on `runtime`. Fails if a default store is not among the stores
    /// or the worker threads cannot be started.
    pub fn new(settings: Settings, queue: Arc<Queue>, clock: Clock, runtime: Handle) -> Result<Self, Error> {
        Self::with_hook(settings, queue, clock, runtime, None)
    }

    /// The same, with a hook before each decode.
    pub fn with_hook(
        settings: Settings,
        queue: Arc<Queue>,
        clock: Clock,
        runtime: Handle,
        before_decode: Option<BeforeDecode>,
    ) -> Result<Self, Error> {
        let Settings { limits, lifetimes, cache_enabled, cache_bytes, .. } = settings;
        let workers = Workers::new(limits.cpu_workers)
            .map_err(|error| Error::internal(format!("the worker threads cannot be started: {error}")))?;
        let both = |slots| Slots { interactive: slots, background: slots };
        // A source's entry weighs about as much as a rendition's, and there are several of those to one.
        let (for_renditions, for_sources, for_images) =
            (cache_bytes / 4 * 3, cache_bytes / 8, cache_bytes / 8);
        let now = clock.now();
        let specs =
            Specs::new(settings.specs, settings.overlays, |spec| sightings::since(&queue, spec, now))?;
        let families = Families::new(settings.families);
        let remembered = if cache_enabled { lifetimes.absent } else { Duration::ZERO };
        let shared = Arc::new(Shared {
            stores: Stores::new(settings.stores, &settings.source_store, &settings.rendition_store)?,
            strategy: settings.strategy,
            urls: settings.urls,
            renditions: RenditionCache::new(cache_enabled, for_renditions, lifetimes, clock.clone()),
            sources: SourceCache::new(cache_enabled, for_sources, lifetimes, clock.clone()),
            images: SourceImages::new(cache_enabled, for_images, lifetimes, clock.clone()),
            looks: Coalesce::new(runtime.clone()),
            probes: Coalesce::new(runtime.clone()),
            fetches: Coalesce::new(runtime.clone()),
            measures: Coalesce::new(runtime.clone()),
            placeholders: Coalesce::new(runtime.clone()),
            stand_ins: StandIns::new(runtime.clone()),
            held: Held::default(),
            shelves: Shelves::new(remembered, runtime.clone()),
            revalidating: Coalesce::new(runtime.clone()),
            revalidations: TokenBucket::new(limits.revalidations_per_second, now),
            flights: Flights::new(),
            epochs: Epochs::default(),
            fetching: Gate::new(both(limits.fetch_slots), limits.fetch_bytes, limits.queue_length),
            near: Gate::new(both(limits.near_slots), u64::MAX, limits.queue_length),
            uploads: Gate::new(both(UPLOADS), limits.fetch_bytes, limits.queue_length),
            generation: Gate::new(both(limits.cpu_workers.max(1)), limits.memory, limits.queue_length),
            workers,
            queue,
            job_waiters: background::JobWaiters::default(),
            before_decode,
            limits,
            lifetimes,
            clock,
            runtime,
            closing: tokio::sync::watch::Sender::new(false),
        });
        Ok(Self(Arc::new(ArcSwap::from_pointee(Inner { specs, families, shared }))))
    }

    /// The engine as a call that begins now sees it.
    fn now(&self) -> Arc<Inner> {
        self.0.load_full()
    }

    /// Starts the background: the jobs of the queue, and the tidying of the caches. Aborting the handles
    /// stops it; a job that is stopped stays in the queue.
    pub fn start(&self) -> Vec<JoinHandle<()>> {
        let inner = self.now();
        let work = || inner.runtime.spawn(inner.shared.clone().work(self.clone()));
        let mut tasks: Vec<_> = (0..inner.limits.background_jobs).map(|_| work()).collect();
        let tidied = inner.shared.clone();
        tasks.push(inner.runtime.spawn(async move {
            let mut ticks = tokio::time::interval(TIDY);
            loop {
                ticks.tick().await;
                tidied.renditions.tidy();
                tidied.sources.tidy();
                tidied.images.tidy();
                tidied.shelves.tidy();
                tidied.stand_ins.tidy();
            }
        }));
        let pruned = inner.shared.clone();
        tasks.push(inner.runtime.spawn(async move {
            let mut ticks = tokio::time::interval(PRUNE);
            loop {
                ticks.tick().await;
                pruned.prune_tombstones().await;
            }
        }));
        tasks
    }

    /// Ends what would never end by itself, because the server drains: the streams of `Watch`.
    pub fn close(&self) {
        self.now().closing.send_replace(true);
    }

    /// Makes sure that each of several renditions exists, as its strategy says. BATCH_TOO_LARGE for more
    /// than `limits.max_batch`.
    pub async fn ensure(&self, call: &Call, items: &[Ensure]) -> Result<Vec<Result<Ensured, Error>>, Error> {
        self.check_batch(items.len(), "requests")?;
        Ok(self.now().ensure(call, items).await)
    }

    /// Makes sure that one rendition exists.
    pub async fn ensure_one(&self, call: &Call, item: &Ensure) -> Result<Ensured, Error> {
        self.now().ensure_one(call, item).await
    }

    /// Says of each of several renditions whether it exists.
    pub async fn exists(&self, call: &Call, items: &[Exists]) -> Result<Vec<Result<View, Error>>, Error> {
        self.check_batch(items.len(), "requests")?;
        Ok(self.now().exists(call, items).await)
    }

    /// Says whether one rendition exists.
    pub async fn exists_one(&self, call: &Call, item: &Exists) -> Result<View, Error> {
        self.now().exists_one(call, item).await
    }

    /// Gives the URLs of several renditions.
    pub async fn urls(
        &self,
        items: &[(RenditionRef, UrlOptions)],
    ) -> Result<Vec<Result<View, Error>>, Error> {
        self.check_batch(items.len(), "requests")?;
        Ok(self.now().urls(items).await)
    }

    /// Gives the URL of one rendition.
    pub async fn url(&self, rendition: &RenditionRef, options: &UrlOptions) -> Result<View, Error> {
        self.now().url(rendition, options).await
    }

    /// Tells how renditions come along.
    pub fn watch(
        &self,
        items: Vec<RenditionRef>,
    ) -> Result<impl Stream<Item = Result<Vec<Update>, Error>> + Send + use<>, Error> {
        self.check_batch(items.len(), "renditions")?;
        Ok(watch::watch(self.clone(), items))
    }

    /// Opens a rendition; generates it if it is missing.
    pub async fn read(&self, call: &Call, rendition: &RenditionRef) -> Result<(View, Opened), Error> {
        self.now().read(call, rendition).await
    }

    /// Answers a request of the media endpoint.
    pub async fn media(&self, call: &Call, request: &MediaRequest) -> Result<MediaAnswer, Error> {
        self.now().media(call, request).await
    }

    /// Takes note that a source was saved: forgets what was remembered of it, queues what is wanted ahead (of these
    /// recipes; none: what the named specs say), and tells what the source is.
    pub async fn saved(&self, call: &Call, source: &Source, recipes: &[Recipe]) -> Result<Saved, Error> {
        self.check_batch(recipes.len(), "recipes")?;
        self.now().saved(call, source, recipes).await
    }

    /// Takes note that a source was deleted: drops its jobs, removes its renditions, and remembers it for 24 h.
    pub async fn deleted(&self, source: &Source) -> Result<Buried, Error> {
        let inner = self.now();
        let (held, source) = (inner.clone(), source.clone());
        inner.to_the_end(async move { held.deleted(&source).await }).await
    }

    /// Tells what a source is.
    pub async fn inspect(&self, call: &Call, source: &Source, depth: Depth) -> Result<SourceInfo, Error> {
        self.now().inspect(call, source, depth).await
    }

    /// A page of a source's stored renditions, and whether more come after it.
    pub async fn inventory(
        &self,
        source: &Source,
        selection: &Selection,
        page: &Page,
    ) -> Result<(Vec<Inventoried>, bool), Error> {
        let inner = self.now();
        let all = inner.inventory(source, selection).await?;
        let store = inner.stores.source(source.store.as_ref())?;
        page.cut(&tombstones::folder(&store.name, &source.path), all)
    }

    /// Removes stored renditions of a source, or tells which ones it would.
    pub async fn purge(
        &self,
        source: &Source,
        selection: &Selection,
        purge: Purge,
    ) -> Result<Vec<RenditionKey>, Error> {
        let inner = self.now();
        let (held, source, selection) = (inner.clone(), source.clone(), selection.clone());
        inner.to_the_end(async move { held.purge(&source, &selection, purge).await }).await
    }

    /// Until when a source that is announced now has to begin to come.
    pub fn upload_until(&self) -> Instant {
        Instant::now() + self.now().limits.max_wait
    }

    /// Begins to take in a source.
    pub async fn upload(&self, call: &Call, put: Put) -> Result<Upload, Error> {
        self.check_batch(put.recipes.len(), "header.recipes")?;
        self.now().upload(call, put).await
    }

    /// Makes renditions of many sources ahead, in the background, and tells how far it is.
    pub fn prewarm(&self, call: &Call, request: Prewarm) -> Result<Told<Prewarmed>, Error> {
        self.now().prewarm(self.clone(), call, request)
    }

    /// Removes what no source and no spec accounts for, and tells how far it is.
    pub fn collect(&self, request: Collect) -> Result<Told<Collected>, Error> {
        self.now().collect(self.clone(), request)
    }

    /// Looks whether stored renditions are what their keys say, and tells how far it is.
    pub fn verify(&self, call: &Call, request: Verify) -> Result<Told<Verified>, Error> {
        self.now().verify(self.clone(), call, request)
    }

    /// A named spec.
    pub fn spec(&self, id: &SpecId) -> Result<Arc<Registered>, Error> {
        self.now().specs.get(id).cloned()
    }

    /// At most `most` named specs after the one of an id, in the order of their ids.
    pub fn specs(&self, after: Option<&str>, most: usize) -> Vec<Arc<Registered>> {
        self.now().specs.after(after).take(most).cloned().collect()
    }

    /// How many generations are under way or wait.
    pub fn flights(&self) -> usize {
        self.now().flights.len()
    }

    /// How many callers wait for those.
    pub fn waiting(&self) -> usize {
        self.now().flights.waiting()
    }

    /// How many background jobs are queued, those being worked on included.
    pub fn queued(&self) -> usize {
        self.now().queue.len()
    }

    /// The clock that everything here goes by.
    pub fn clock(&self) -> Clock {
        self.now().clock.clone()
    }

    /// Refuses a batch of more than `limits.max_batch` items.
    pub fn check_batch(&self, items: usize, field: &str) -> Result<(), Error> {
        let most = self.now().limits.max_batch;
        if items <= most {
            return Ok(());
        }
        let message = format!("the batch has {items} items, limits.max_batch allows {most}: send several");
        Err(Error::new(Reason::BatchTooLarge, message).field(field))
    }
}

impl Inner {
    /// Does work in a task of its own: a caller who goes away leaves nothing half done.
    async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        self.runtime.spawn(work).await.unwrap_or_else(|_| Err(Error::internal("the work panicked")))
    }
}
