//! The server as a whole: from a configuration to open stores, bound ports and a running engine, and down
//! again without losing anything.

use std::{collections::BTreeMap, fmt, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, runtime::Handle, sync::watch, time::Instant};
use tonic_health::server::HealthReporter;

use crate::{
    config::Config,
    engine::{BeforeDecode, Engine, capacity::Capacity},
    grpc::{self, GrpcOptions, Services, auth::Tokens, health},
    http,
    keeping::Keeping,
    model::{Clock, StoreName},
    queue::Queue,
    reload::Reloader,
    settings,
    storage::{self, Counting, Counts, Store},
};

/// How often the drain looks whether the last flight has landed.
const DRAIN_TICK: Duration = Duration::from_millis(20);

/// How long the last commit of the queue may take.
const LAST_COMMIT: Duration = Duration::from_secs(5);

/// Why a server does not start; the text says what and where.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    pub(crate) fn new(what: impl fmt::Display, error: impl fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// Puts a decorator around a store when it is opened.
pub type Decorate = Arc<dyn Fn(&StoreName, Arc<dyn Store>) -> Arc<dyn Store> + Send + Sync>;

/// What a server is built from.
pub struct Builder {
    config: Config,
    clock: Clock,
    decorate: Option<Decorate>,
    before_decode: Option<BeforeDecode>,
}

impl Builder {
    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// A decorator around each store, below the one that counts calls.
    #[must_use]
    pub fn decorate(mut self, decorate: Decorate) -> Self {
        self.decorate = Some(decorate);
        self
    }

    /// A hook before each decode, on the worker's thread.
    #[must_use]
    pub fn before_decode(mut self, hook: BeforeDecode) -> Self {
        self.before_decode = Some(hook);
        self
    }

    /// Opens stores and queue, and binds both ports. Called in the runtime that will serve.
    pub async fn bind(self) -> Result<Server, StartError> {
        let Self { config, clock, decorate, before_decode } = self;
        let mut stores: BTreeMap<StoreName, Arc<dyn Store>> = BTreeMap::new();
        let mut counts = BTreeMap::new();
        for (name, store) in &config.stores {
            let opened = storage::open(name.as_str(), &store.settings, &store.limits)
                .map_err(|error| StartError::new(format_args!("store {name} cannot be opened"), error))?;
            let opened = match &decorate {
                Some(decorate) => decorate(name, opened),
                None => opened,
            };
            let counting = Counting::new(opened);
            counts.insert(name.clone(), counting.counts());
            stores.insert(name.clone(), Arc::new(counting));
        }
        let grpc = bind(config.listen.grpc).await?;
        let http = bind(config.listen.http).await?;
        let http_address = local(&http)?;
        let queue = Queue::open(&config.queue.path)
            .map_err(|error| StartError::new("the queue cannot be opened", error))?;
        let engine = settings::engine(&config, &stores, http_address, Capacity::detect())?;
        let engine = Engine::with_hook(engine, queue.clone(), clock, Handle::current(), before_decode)
            .map_err(|error| StartError::new("the engine cannot be started", error))?;
        engine.note_forms().await;
        let keeping = Keeping::begin(&config, &engine).await;
        let stores = stores.into_iter().map(|(name, store)| (name.as_str().to_owned(), store)).collect();
        Ok(Server { config, grpc, http, engine, queue, keeping, stores, counts })
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| StartError::new(format_args!("{address} cannot be bound"), error))
}

fn local(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::new("the bound address cannot be told", error))
}

/// A server with its ports bound and nothing served yet.
pub struct Server {
    config: Config,
    grpc: TcpListener,
    http: TcpListener,
    engine: Engine,
    queue: Arc<Queue>,
    keeping: Option<Keeping>,
    stores: Vec<(String, Arc<dyn Store>)>,
    counts: BTreeMap<StoreName, Arc<Counts>>,
}

impl Server {
    /// Begins with a configuration.
    pub fn builder(config: Config) -> Builder {
        Builder { config, clock: Clock::default(), decorate: None, before_decode: None }
    }

    /// Where gRPC is served.
    pub fn grpc_address(&self) -> Result<SocketAddr, StartError> {
        local(&self.grpc)
    }

    /// Where media are served.
    pub fn http_address(&self) -> Result<SocketAddr, StartError> {
        local(&self.http)
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The counters of a store's calls.
    pub fn counts(&self) -> &BTreeMap<StoreName, Arc<Counts>> {
        &self.counts
    }

    /// What exchanges this server's specs while it runs.
    pub fn reloader(&self) -> Reloader {
        Reloader::new(self.config.clone(), self.engine.clone())
    }

    /// Serves until `shutdown` ends, then drains: says NOT_SERVING, takes nothing new, lets calls and
    /// flights end for at most `limits.drain_timeout`, writes down what is remembered, and closes the queue.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
        let Self { config, grpc, http, engine, queue, keeping, stores, .. } = self;
        let reporter = HealthReporter::new();
        health::begin(&reporter, &stores).await;
        let options = GrpcOptions {
            max_message_bytes: config.limits.max_message_bytes,
            patience: config.media.patience,
            tls: settings::tls(&config.listen)?,
        };
        let tokens =
            Tokens::new(config.auth.tokens.iter().map(|token| (token.id.as_str(), token.secret.expose())));
        let services = Services { engine: engine.clone(), tokens, health: reporter.clone() };
        let (drain, draining) = watch::channel(false);
        let drained = |mut draining: watch::Receiver<bool>| async move {
            // A sender that is gone means the end as well.
            let _ = draining.wait_for(|draining| *draining).await;
        };
        let names: Vec<String> = stores.iter().map(|(name, _)| name.clone()).collect();
        let mut background = engine.start();
        background.push(tokio::spawn(health::watch(reporter.clone(), stores)));
        background.extend(keeping.clone().map(|keeping| tokio::spawn(keeping.run())));
        let on_grpc = drained(draining.clone());
        let policy = settings::media_policy(&config.media);
        let mut grpc = tokio::spawn(async move { grpc::serve(grpc, services, &options, on_grpc).await });
        let mut http = tokio::spawn(http::serve(http, engine.clone(), policy, drained(draining)));

        let early = tokio::select! {
            () = shutdown => None,
            ended = &mut grpc => Some(StartError::new("the gRPC server ended", format_args!("{ended:?}"))),
            ended = &mut http => Some(StartError::new("the media endpoint ended", format_args!("{ended:?}"))),
        };
        let bound = config.limits.drain_timeout;
        tracing::info!(bound = ?bound, flights = engine.flights(), "draining");
        health::drain(&reporter).await;
        drain.send_replace(true);
        engine.close();
        for task in background {
            task.abort();
        }
        let ending = tokio::spawn(async move { health::end(reporter, &names).await });
        let until = Instant::now() + bound;
        let calls = async {
            if early.is_none() {
                let _ = tokio::join!(&mut grpc, &mut http);
            }
            while engine.flights() > 0 {
                tokio::time::sleep(DRAIN_TICK).await;
            }
        };
        if tokio::time::timeout_at(until, calls).await.is_err() {
            tracing::warn!(flights = engine.flights(), "the drain took too long, the rest is cut off");
            grpc.abort();
            http.abort();
        }
        ending.abort();
        if let Some(keeping) = keeping {
            keeping.end().await;
        }
        if tokio::time::timeout(LAST_COMMIT, queue.close()).await.is_err() {
            tracing::warn!("the queue could not be closed, the next start will count this as a crash");
        }
        tracing::info!("drained");
        early.map_or(Ok(()), Err)
    }
}
