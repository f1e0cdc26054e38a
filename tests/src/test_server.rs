//! A real server in this process: real ports, real stores in a folder of its own, and the handles that a
//! test needs to move its clock, count its storage calls and break its stores or codecs.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use rendition_client::Client;
use rendition_server::{
    Config, Server,
    engine::{BeforeDecode, Engine},
    model::{Clock, StoreName, Timestamp},
    reload::Reloader,
    server::Decorate,
    storage::{Counts, Faulty, Operation, Store},
};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

/// What a server is started with.
pub struct Options {
    /// TOML that comes after the stores and ports: specs, limits, cache and so on.
    pub config: String,
    /// TOML of the stores instead of two folders; `{root}` stands for the server's folder.
    pub stores: Option<String>,
    /// A clock that stands still until the test moves it; none: the system's.
    pub clock: Option<Clock>,
    /// Runs before each decode.
    pub before_decode: Option<BeforeDecode>,
    /// A folder shared with another server instead of an own one.
    pub root: Option<PathBuf>,
    /// What the queue's folder is called below the root: two servers on one folder need two.
    pub queue: String,
    /// How many background jobs are worked on at a time.
    pub background_jobs: u32,
    /// How many jobs a second are queued for renditions that older ones stand in for.
    pub revalidations_per_second: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            config: String::new(),
            stores: None,
            clock: None,
            before_decode: None,
            root: None,
            queue: "queue".into(),
            background_jobs: 2,
            revalidations_per_second: 10,
        }
    }
}

impl Options {
    /// With a clock that stands still.
    pub fn manual_clock(mut self) -> Self {
        self.clock = Some(Clock::manual(Timestamp::from_millis(1_700_000_000_000)));
        self
    }

    /// With more configuration.
    pub fn config(mut self, toml: &str) -> Self {
        self.config = toml.into();
        self
    }

    /// With a hook before each decode.
    pub fn before_decode(mut self, hook: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        self.before_decode = Some(Arc::new(hook));
        self
    }

    /// With the folder of another server.
    pub fn root(mut self, root: &Path, queue: &str) -> Self {
        self.root = Some(root.into());
        self.queue = queue.into();
        self
    }
}

/// Two folders: `media` for sources, `renditions` for what is made.
const FOLDERS: &str = r#"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
"#;

/// A running server; it is stopped when this is dropped.
pub struct TestServer {
    /// Where it serves gRPC, as a URL.
    pub grpc: String,
    /// What its media URLs begin with.
    pub http: String,
    /// Its clock.
    pub clock: Clock,
    /// Its engine.
    pub engine: Engine,
    reloader: tokio::sync::Mutex<Reloader>,
    root: PathBuf,
    counts: BTreeMap<StoreName, Arc<Counts>>,
    faults: Arc<Mutex<BTreeMap<StoreName, Arc<Faulty>>>>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    _folder: Option<TempDir>,
}

impl TestServer {
    /// Starts a server with two folders and nothing else.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// Starts a server.
    pub async fn with(options: Options) -> Self {
        let folder = options.root.is_none().then(|| TempDir::new().unwrap());
        let root = options.root.clone().unwrap_or_else(|| folder.as_ref().unwrap().path().to_owned());
        let stores = options.stores.as_deref().unwrap_or(FOLDERS).replace("{root}", root.to_str().unwrap());
        let text = format!(
            "version = 1\n[listen]\ngrpc = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"\n\
             [queue]\npath = \"{}/{}\"\nworkers = {}\nrevalidations_per_second = {}\n{stores}\n{}",
            root.display(),
            options.queue,
            options.background_jobs,
            options.revalidations_per_second,
            options.config
        );
        let config = Config::parse(&text, std::iter::empty()).unwrap_or_else(|problems| panic!("{problems}"));
        let faults: Arc<Mutex<BTreeMap<StoreName, Arc<Faulty>>>> = Arc::default();
        let kept = faults.clone();
        let decorate: Decorate = Arc::new(move |name: &StoreName, store: Arc<dyn Store>| {
            let faulty = Arc::new(Faulty::scripted(store));
            kept.lock().unwrap().insert(name.clone(), faulty.clone());
            faulty
        });
        let clock = options.clock.clone().unwrap_or_default();
        let mut builder = Server::builder(config).clock(clock.clone()).decorate(decorate);
        if let Some(hook) = options.before_decode {
            builder = builder.before_decode(hook);
        }
        let server = builder.bind().await.unwrap();
        let (grpc, http) = (server.grpc_address().unwrap(), server.http_address().unwrap());
        let reloader = tokio::sync::Mutex::new(server.reloader());
        let (engine, counts) = (server.engine().clone(), server.counts().clone());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            server
                .run(async {
                    let _ = stopped.await;
                })
                .await
                .unwrap();
        });
        Self {
            grpc: format!("http://{grpc}"),
            http: format!("http://{http}"),
            clock,
            engine,
            reloader,
            root,
            counts,
            faults,
            stop: Some(stop),
            running: Some(running),
            _folder: folder,
        }
    }

    /// Gives it other specs, as SIGHUP does.
    pub async fn reload(&self, specs: &str) {
        let config = Config::parse(&format!("version = 1\n{specs}"), std::iter::empty());
        let config = config.unwrap_or_else(|problems| panic!("{problems}"));
        self.reloader.lock().await.apply(config).await.unwrap();
    }

    /// A client of its own connection.
    pub fn client(&self) -> Client {
        Client::builder(self.grpc.as_str()).build().unwrap()
    }

    /// The folder that everything is below.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Puts a source into the folder `media`, as an uploader does: beside it, then renamed.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let file = self.root.join("media").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let beside = file.with_extension("upload");
        std::fs::write(&beside, bytes).unwrap();
        std::fs::rename(beside, file).unwrap();
    }

    /// Where a rendition of the folder `renditions` lies.
    pub fn rendition(&self, key: &str) -> PathBuf {
        self.root.join("renditions").join(key)
    }

    /// Every rendition in the folder `renditions`, by key, sorted.
    pub fn renditions(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let base = self.root.join("renditions");
        let mut folders = vec![base.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if entry.file_name().to_string_lossy().starts_with(".rendition") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    keys.push(path.strip_prefix(&base).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        keys.sort();
        keys
    }

    /// The counters of a store's calls.
    pub fn counts(&self, store: &str) -> Arc<Counts> {
        self.counts.iter().find(|(name, _)| name.as_str() == store).map(|(_, counts)| counts.clone()).unwrap()
    }

    /// All storage calls so far.
    pub fn storage_calls(&self) -> u64 {
        self.counts.values().map(|counts| counts.total()).sum()
    }

    /// The storage calls so far that served somebody: all but the probes of health.
    pub fn serving_calls(&self) -> u64 {
        use Operation::{Delete, List, Presign, Read, Stat, Write};
        let serving = [Stat, Read, Write, Delete, List, Presign];
        self.counts.values().flat_map(|counts| serving.map(|operation| counts.of(operation))).sum()
    }

    /// Files in both folders that a writer has not given their names.
    pub fn temporary_files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.join("media"), self.root.join("renditions")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let own = path.iter().any(|part| part.to_string_lossy().starts_with(".rendition"));
                if path.is_dir() {
                    folders.push(path);
                } else if own && entry.file_name() != "lock" {
                    found.push(path);
                }
            }
        }
        found
    }

    /// The decorator that breaks a store.
    pub fn faults(&self, store: &str) -> Arc<Faulty> {
        let faults = self.faults.lock().unwrap();
        faults.iter().find(|(name, _)| name.as_str() == store).map(|(_, faulty)| faulty.clone()).unwrap()
    }

    /// Drains the server and waits until it is down.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.await.unwrap();
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}
