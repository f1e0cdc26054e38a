//! A store in a folder of this machine.
//!
//! It is our own rather than the storage library's, whose `fs` service was read and found wanting here: its create-only
//! write looks first and renames later, so two writers both create; it syncs the file but not the folder that names it;
//! it tells no version; it follows links out of the root; and its temporary files stay after a crash. Each piece of
//! blocking work runs on the runtime's threads for that, at most `concurrency` at once, and the caller waits for it no
//! longer than the limits say. Work that outlives its caller keeps its place until it ends, so a hung file system does
//! not eat thread after thread.

mod cached;
mod failure;
mod file;
#[cfg(test)]
mod kill_tests;
mod list;
mod new_folders;
mod root;
mod temporary;
#[cfg(test)]
mod tests;
mod walk;
mod write;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::sync::Semaphore;

use self::cached::Begun;
use self::failure::Failure;
use self::file::OpenFile;
use self::root::Root;
use self::temporary::Temporaries;
use super::object::CHUNK;
use super::path::{check_folder, check_object};
use super::{
    Capabilities, Entry, Found, Object, ObjectStream, Operation, Presigned, ReadOptions, Stat, StorageError,
    StorageErrorKind, Store, StoreLimits, Walk, WriteOptions, Written,
};

pub(super) struct Fs {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    root: Root,
    temporaries: Temporaries,
    places: Arc<Semaphore>,
    limits: StoreLimits,
}

impl Fs {
    pub(super) fn open(
        name: &str,
        root: &Path,
        limits: &StoreLimits,
    ) -> Result<Arc<dyn Store>, StorageError> {
        Ok(Arc::new(Self { shared: Shared::open(name, root, limits)? }))
    }
}

impl Shared {
    fn open(name: &str, root: &Path, limits: &StoreLimits) -> Result<Arc<Self>, StorageError> {
        let error = |failure: Failure| failure.into_error(name, Operation::Open, &root.to_string_lossy());
        if root.as_os_str().is_empty() {
            return Err(error(Failure::Kind(StorageErrorKind::Invalid, "the root is empty")));
        }
        let root = Root::open(root).map_err(|failure| error(failure.into()))?;
        let swept = temporary::sweep(&root);
        if swept > 0 {
            tracing::info!(store = name, swept, "removed the temporary files of dead servers");
        }
        Ok(Arc::new(Self {
            name: name.to_owned(),
            root,
            temporaries: Temporaries::default(),
            places: Arc::new(Semaphore::new(limits.concurrency.clamp(1, Semaphore::MAX_PERMITS))),
            limits: *limits,
        }))
    }

    fn error(&self, kind: StorageErrorKind, operation: Operation, path: &str, message: &str) -> StorageError {
        StorageError::new(kind, &self.name, operation, path, message)
    }

    async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        operation: Operation,
        path: &str,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StorageError> {
        let limit = match operation {
            Operation::Read | Operation::Write | Operation::List => self.limits.io_timeout,
            _ => self.limits.timeout,
        };
        let shared = Arc::clone(self);
        let work = async {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                return Err(self.error(StorageErrorKind::Unexpected, operation, path, "the store is closed"));
            };
            let done = tokio::task::spawn_blocking(move || {
                let result = work(&shared);
                drop(place);
                result
            });
            match done.await {
                Ok(result) => result.map_err(|failure| failure.into_error(&self.name, operation, path)),
                Err(error) => {
                    let message = "the work was dropped by the runtime";
                    Err(self.error(StorageErrorKind::Unexpected, operation, path, message).with_source(error))
                }
            }
        };
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
            Err(self.error(
                StorageErrorKind::Unavailable,
                operation,
                path,
                "the file system does not answer in time",
            ))
        })
    }
}

#[async_trait]
impl Store for Fs {
    fn capabilities(&self) -> Capabilities {
        let near = self.shared.root.is_local();
        Capabilities { presign: false, versions: true, create_only: true, list: true, near }
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError> {
        check_object(&self.shared.name, Operation::Stat, path)?;
        let owned = path.to_owned();
        let work = move |shared: &Shared| Ok(OpenFile::open(&shared.root, &owned)?.map(|file| file.stat));
        self.shared.run(Operation::Stat, path, work).await
    }

    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError> {
        check_object(&self.shared.name, Operation::Read, path)?;
        let (owned, options) = (path.to_owned(), options.clone());
        let work = move |shared: &Shared| file::read(&shared.root, &owned, &options);
        self.shared.run(Operation::Read, path, work).await
    }

    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError> {
        check_object(&self.shared.name, Operation::Read, path)?;
        let owned = path.to_owned();
        let work = move |shared: &Shared| {
            let Some(file) = OpenFile::open(&shared.root, &owned)? else { return Ok(None) };
            let range = file.clamp(Some(range));
            let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
            file.read_at(length, range.start).map(Some)
        };
        self.shared.run(Operation::Read, path, work).await
    }

    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError> {
        check_object(&self.shared.name, Operation::Read, path)?;
        let begun = match cached::begin(&self.shared.root, path, range.clone()) {
            Some(begun) => Some(begun),
            None => {
                let owned = path.to_owned();
                let begin = move |shared: &Shared| cached::begin_blocking(&shared.root, &owned, range);
                self.shared.run(Operation::Read, path, begin).await?
            }
        };
        let Some(Begun { file, first, rest }) = begun else { return Ok(None) };
        let stat = file.stat.clone();
        if rest.is_empty() {
            let whole = (!first.is_empty()).then_some(Ok(first));
            return Ok(Some((stat, stream::iter(whole).boxed())));
        }
        let state = (Arc::clone(&self.shared), Arc::new(file), path.to_owned(), rest);
        let chunks = stream::try_unfold(state, |(shared, file, path, range)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let end = range.end.min(range.start + CHUNK as u64);
            let length = usize::try_from(end - range.start).unwrap_or(CHUNK);
            let reader = Arc::clone(&file);
            let work = move |_: &Shared| reader.read_at(length, range.start);
            let chunk = shared.run(Operation::Read, &path, work).await?;
            Ok(Some((chunk, (shared, file, path, end..range.end))))
        });
        Ok(Some((stat, stream::iter([Ok(first)]).chain(chunks).boxed())))
    }

    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError> {
        check_object(&self.shared.name, Operation::Write, path)?;
        let (owned, mode) = (path.to_owned(), options.mode);
        let work =
            move |shared: &Shared| write::write(&shared.root, &shared.temporaries, &owned, &bytes, mode);
        self.shared.run(Operation::Write, path, work).await
    }

    async fn delete(&self, path: &str) -> Result<(), StorageError> {
        check_object(&self.shared.name, Operation::Delete, path)?;
        let owned = path.to_owned();
        let work = move |shared: &Shared| write::delete(&shared.root, &owned);
        self.shared.run(Operation::Delete, path, work).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError> {
        check_folder(&self.shared.name, folder)?;
        let owned = folder.to_owned();
        let work = move |shared: &Shared| list::list(&shared.root, &owned);
        self.shared.run(Operation::List, folder, work).await
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError> {
        check_folder(&self.shared.name, walk.folder)?;
        let Walk { folder, after, most } = walk;
        let (below, after) = (folder.to_owned(), after.to_owned());
        let work = move |shared: &Shared| walk::walk(&shared.root, &below, &after, most);
        self.shared.run(Operation::List, folder, work).await
    }

    async fn presign_read(
        &self,
        path: &str,
        _lifetime: Duration,
        _download_name: Option<&str>,
        _content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError> {
        check_object(&self.shared.name, Operation::Presign, path)?;
        Ok(None)
    }

    async fn probe(&self) -> Result<(), StorageError> {
        let work = |shared: &Shared| Ok(shared.root.folder().map(drop)?);
        self.shared.run(Operation::Probe, "", work).await
    }
}
