//! A server in a process of its own, which can be killed and started again on the same folder.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rendition_client::{Client, RetryPolicy};

/// What a server is started from: the program, and a folder with its configuration and its stores.
pub struct Installation {
    program: PathBuf,
    folder: PathBuf,
    config: PathBuf,
}

impl Installation {
    /// Writes the configuration: two folders, the queue, ports that are free, then `more`.
    pub fn new(program: &str, folder: &Path, more: &str) -> Self {
        let root = folder.display();
        let text = format!(
            "version = 1\n[listen]\ngrpc = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"\n[queue]\npath = \"{root}/queue\"\n\
             [stores.media]\nkind = \"fs\"\nroot = \"{root}/media\"\nsource = true\n\
             [stores.renditions]\nkind = \"fs\"\nroot = \"{root}/renditions\"\n{more}"
        );
        let config = folder.join("rendition.toml");
        std::fs::write(&config, text).unwrap();
        Self { program: program.into(), folder: folder.into(), config }
    }

    /// Another configuration over the same folder.
    pub fn of(program: &str, folder: &Path, config: &Path) -> Self {
        Self { program: program.into(), folder: folder.into(), config: config.into() }
    }

    /// Writes another configuration; `more` comes after the stores, as in [`Installation::new`].
    pub fn configure(&self, more: &str) {
        Self::new(&self.program.to_string_lossy(), &self.folder, more);
    }

    /// Puts a source.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let file = self.folder.join("media").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let beside = file.with_extension("upload");
        std::fs::write(&beside, bytes).unwrap();
        std::fs::rename(beside, file).unwrap();
    }

    /// Where a rendition lies.
    pub fn rendition(&self, key: &str) -> PathBuf {
        self.folder.join("renditions").join(key)
    }

    /// The keys that were being made when the server died: what the journal tells the begin of and not the end.
    pub fn unfinished(&self) -> Vec<String> {
        let journal = std::fs::read_to_string(self.folder.join("queue/running")).unwrap_or_default();
        let mut running = Vec::new();
        for line in journal.lines() {
            match (line.split_at_checked(1), line.get(1..).and_then(|key| serde_json::from_str(key).ok())) {
                (Some(("+", _)), Some(key)) => running.push(key),
                (Some(("-", _)), Some(key)) => running.retain(|one: &String| *one != key),
                _ => {}
            }
        }
        running
    }

    /// The files in the folder of renditions: those with a name, and those that a writer left without one.
    pub fn files(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let (mut named, mut temporary) = (Vec::new(), Vec::new());
        let mut folders = vec![self.folder.join("renditions")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let own = path.iter().any(|part| part.to_string_lossy().starts_with(".rendition"));
                match () {
                    () if path.is_dir() => folders.push(path),
                    () if !own => named.push(path),
                    () if entry.file_name() != "lock" => temporary.push(path),
                    () => {}
                }
            }
        }
        (named, temporary)
    }

    /// Starts it, and waits until its ports are bound.
    pub fn start(&self) -> ServerProcess {
        self.try_start().expect("it died before it told its addresses")
    }

    /// The same; none if it dies before that.
    pub fn try_start(&self) -> Option<ServerProcess> {
        let mut child = Command::new(&self.program).arg(&self.config).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut server = ServerProcess { grpc: String::new(), http: String::new(), child };
        let told: serde_json::Value = serde_json::from_str(&line).ok()?;
        let address = |name: &str| told[name].as_str().unwrap().to_owned();
        (server.grpc, server.http) = (address("grpc"), address("http"));
        Some(server)
    }
}

/// A running process; dropping it kills it.
pub struct ServerProcess {
    /// Where it serves gRPC, as a URL.
    pub grpc: String,
    /// What its media URLs begin with.
    pub http: String,
    child: Child,
}

impl ServerProcess {
    /// A client that sends each call once.
    pub fn client(&self) -> Client {
        Client::builder(self.grpc.as_str()).retry(RetryPolicy::none()).build().unwrap()
    }

    /// Ends it as `kill -9` does, and waits until it is dead.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Asks it to read its configuration again.
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not end");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
