//! A store in memory, for tests and trials. It is our own rather than the storage library's because that one tells
//! neither version nor time, and because a map behind a lock gives create-only writes for nothing.
//!
//! The version is a hash of the content and not a counter: renditions of a source may outlive this process in another
//! store, and a counter that starts anew would give a new source an old version.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::object::CHUNK;
use super::path::{check_folder, check_object};
use super::{
    Capabilities, Entry, Found, Object, ObjectStream, Operation, Presigned, ReadOptions, Stat, StorageError,
    StorageErrorKind, Store, Walk, WriteMode, WriteOptions, Written,
};

type Objects = BTreeMap<String, Object>;

pub(super) struct Memory {
    name: String,
    objects: RwLock<Objects>,
}

impl Memory {
    pub(super) fn open(name: &str) -> Arc<dyn Store> {
        Arc::new(Self { name: name.to_owned(), objects: RwLock::default() })
    }

    // Every change of the map is one insert or remove, so a panicking holder leaves it whole.
    fn objects(&self) -> RwLockReadGuard<'_, Objects> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn objects_mut(&self) -> RwLockWriteGuard<'_, Objects> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, operation: Operation, path: &str) -> Result<Option<Object>, StorageError> {
        check_object(&self.name, operation, path)?;
        Ok(self.objects().get(path).cloned())
    }

    fn error(&self, kind: StorageErrorKind, path: &str, message: &str) -> StorageError {
        StorageError::new(kind, &self.name, Operation::Read, path, message)
    }
}

fn version(bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    hash.as_str().chars().take(32).collect()
}

fn cut(bytes: &Bytes, range: Range<u64>) -> Bytes {
    let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(bytes.len());
    let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
    bytes.slice(start..end)
}

#[async_trait]
impl Store for Memory {
    fn capabilities(&self) -> Capabilities {
        Capabilities { presign: false, versions: true, create_only: true, list: true, near: true }
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError> {
        Ok(self.get(Operation::Stat, path)?.map(|object| object.stat))
    }

    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError> {
        let Some(object) = self.get(Operation::Read, path)? else { return Ok(None) };
        if options.if_version.is_some() && options.if_version != object.stat.version {
            return Err(self.error(
                StorageErrorKind::VersionMismatch,
                path,
                "the object is of another version",
            ));
        }
        match options.max_bytes {
            Some(max) if object.stat.size > max => {
                let kind = StorageErrorKind::TooLarge { size: object.stat.size, max };
                Err(self.error(kind, path, "the object is too large"))
            }
            _ => Ok(Some(object)),
        }
    }

    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError> {
        Ok(self.get(Operation::Read, path)?.map(|object| cut(&object.bytes, range)))
    }

    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError> {
        let Some(Object { bytes, stat }) = self.get(Operation::Read, path)? else { return Ok(None) };
        let mut rest = match range {
            Some(range) => cut(&bytes, range),
            None => bytes,
        };
        let chunks =
            std::iter::from_fn(move || (!rest.is_empty()).then(|| Ok(rest.split_to(rest.len().min(CHUNK)))));
        Ok(Some((stat, stream::iter(chunks).boxed())))
    }

    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError> {
        check_object(&self.name, Operation::Write, path)?;
        let stat = Stat {
            size: bytes.len() as u64,
            version: Some(version(&bytes)),
            modified: Some(SystemTime::now()),
        };
        let mut objects = self.objects_mut();
        if options.mode == WriteMode::CreateOnly && objects.contains_key(path) {
            return Ok(Written::AlreadyThere);
        }
        objects.insert(path.to_owned(), Object { bytes, stat: stat.clone() });
        Ok(Written::Created(stat))
    }

    async fn delete(&self, path: &str) -> Result<(), StorageError> {
        check_object(&self.name, Operation::Delete, path)?;
        self.objects_mut().remove(path);
        Ok(())
    }

    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError> {
        check_folder(&self.name, folder)?;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let objects = self.objects();
        let mut entries = Vec::new();
        let mut from = Bound::Included(prefix.clone());
        // One step per entry: a folder is left by jumping past all that begins with its name.
        while let Some((path, object)) = objects.range((from, Bound::Unbounded)).next() {
            let Some(rest) = path.strip_prefix(&prefix) else { break };
            from = match rest.split_once('/') {
                None => {
                    let (size, modified) = (Some(object.stat.size), object.stat.modified);
                    entries.push(Entry { name: rest.to_owned(), is_folder: false, size, modified });
                    Bound::Excluded(path.clone())
                }
                Some((name, _)) => {
                    entries.push(Entry {
                        name: name.to_owned(),
                        is_folder: true,
                        size: None,
                        modified: None,
                    });
                    // '0' is the character after '/'.
                    Bound::Included(format!("{prefix}{name}0"))
                }
            };
        }
        entries.sort();
        Ok(entries)
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError> {
        check_folder(&self.name, walk.folder)?;
        let prefix = if walk.folder.is_empty() { String::new() } else { format!("{}/", walk.folder) };
        let from = if walk.after < prefix.as_str() {
            Bound::Included(prefix.as_str())
        } else {
            Bound::Excluded(walk.after)
        };
        let objects = self.objects();
        let below = objects.range::<str, _>((from, Bound::Unbounded));
        let below = below.take_while(|(path, _)| path.starts_with(&prefix)).take(walk.most);
        let found = |(path, object): (&String, &Object)| Found {
            path: path.clone(),
            size: Some(object.stat.size),
            modified: object.stat.modified,
        };
        Ok(below.map(found).collect())
    }

    async fn presign_read(
        &self,
        path: &str,
        _lifetime: Duration,
        _download_name: Option<&str>,
        _content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError> {
        check_object(&self.name, Operation::Presign, path)?;
        Ok(None)
    }

    async fn probe(&self) -> Result<(), StorageError> {
        Ok(())
    }
}
