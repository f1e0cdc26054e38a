//! The server under measurement: the real binary with real folders, in a process of its own.

use std::path::Path;

use rendition_client::Client;
use tempfile::TempDir;

use super::process::Process;

/// The named spec that the figures ask for.
pub const SPEC: &str = "avatar";

const CONFIG: &str = r#"
version = 1
[listen]
grpc = "127.0.0.1:0"
http = "127.0.0.1:0"
[stores.media]
kind = "fs"
root = "{root}/media"
source = true
[stores.renditions]
kind = "fs"
root = "{root}/renditions"
[queue]
path = "{root}/queue"
[log]
format = "json"
[specs.avatar]
operations = [{ resize_to_fit = { width = 300, height = 300 } }]
output = { jpeg = {} }
[specs.teaser]
operations = [{ resize_to_fill = { width = 800, height = 600 } }]
output = { jpeg = {} }
"#;

/// A server and its folders. Both go when this is dropped.
#[derive(Debug)]
pub struct Served {
    /// The process.
    pub process: Process,
    folder: TempDir,
}

impl Served {
    /// Starts the binary `rendition-server` that lies beside this one.
    pub fn start() -> Self {
        Self::with("")
    }

    /// The same, with more configuration.
    pub fn with(more: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join("bench.toml");
        let text = CONFIG.replace("{root}", folder.path().to_str().unwrap()) + more;
        std::fs::write(&config, text).unwrap();
        std::fs::create_dir_all(folder.path().join("media")).unwrap();
        let binary = std::env::current_exe().unwrap().with_file_name("rendition-server");
        let process = Process::start(Process::command(binary).arg("--config").arg(&config));
        Self { process, folder }
    }

    /// Puts a source into its store.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        std::fs::write(self.media().join(path), bytes).unwrap();
    }

    /// The folder of the sources.
    pub fn media(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("media")
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A client with a connection of its own.
    pub async fn client(&self) -> Client {
        Client::builder(self.process.grpc.as_str()).connect().await.unwrap()
    }
}
