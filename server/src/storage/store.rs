//! The one trait of the room.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    Entry, Found, Object, ObjectStream, Presigned, ReadOptions, Stat, StorageError, Walk, WriteOptions,
    Written,
};

/// What a store can do beyond reading and writing whole objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// It makes URLs that carry their own permission.
    pub presign: bool,
    /// `stat` gives a version.
    pub versions: bool,
    /// Of several writers with `CreateOnly` on one path exactly one creates.
    pub create_only: bool,
    /// It lists folders.
    pub list: bool,
    /// Its objects lie in this machine's memory or on its disks: to read one takes no longer than to wait for it.
    pub near: bool,
}

/// A place for objects. Paths are segments joined by `/`, without a slash at either end; a folder is a path or, for the
/// root, the empty string. A path that is not of this form is `Invalid`.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// What this store can do; constant for its life.
    fn capabilities(&self) -> Capabilities;

    /// The facts of the object, or `None` if it is not there.
    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError>;

    /// The object whole, all bytes of one version, or `None` if it is not there.
    ///
    /// # Errors
    /// `VersionMismatch` if `if_version` is given and the object is of another version, or if the object kept changing
    /// under the reader; `TooLarge` if it exceeds `max_bytes`.
    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError>;

    /// The bytes of `range`, shorter where the object ends first and empty past its end; `None` if it is not there.
    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError>;

    /// The facts of the object and its bytes (of `range`, cut as in [`Store::read_range`]), read as they are asked for and
    /// all of one version; `None` if it is not there.
    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError>;

    /// Stores the bytes whole, atomically and durably.
    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError>;

    /// Removes the object; removing what is not there is fine.
    async fn delete(&self, path: &str) -> Result<(), StorageError>;

    /// Exactly one level below `folder`, sorted by name; a missing folder is empty.
    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError>;

    /// The next objects at any depth below a folder, in the order of their paths byte by byte; fewer than `most` only where
    /// no more follow. Memory is bounded by `most`, however many objects there are. Folders that are links are left out,
    /// since they could lead in a circle.
    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError>;

    /// A URL that lets anyone read the object for `lifetime`, or for as long as temporary credentials are good that it is
    /// signed with, with the file name and the content type that the answer shall carry; `None` if this store makes none.
    /// The object need not exist.
    async fn presign_read(
        &self,
        path: &str,
        lifetime: Duration,
        download_name: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError>;

    /// Whether the store answers at all: for health.
    async fn probe(&self) -> Result<(), StorageError>;
}
