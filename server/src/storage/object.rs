//! What a store holds and says, as plain data: an object, its facts, and how it is asked for and written.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::stream::BoxStream;

use super::StorageError;

/// The facts that a store tells of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Size of the object in bytes.
    pub size: u64,
    /// What changes whenever the bytes change: an etag without its quotes, a modification time with a size, or a hash of
    /// the content. `None` where the store has nothing of the kind.
    pub version: Option<String>,
    /// When the object was last written, by the store's clock.
    pub modified: Option<SystemTime>,
}

/// An object read whole, with the facts that hold for exactly these bytes.
#[derive(Debug, Clone)]
pub struct Object {
    /// The bytes, all of one version.
    pub bytes: Bytes,
    /// The facts of that version.
    pub stat: Stat,
}

/// How an object is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Read only this version; another one is `VersionMismatch`.
    pub if_version: Option<String>,
    /// Refuse a larger object with `TooLarge`, before its body is fetched.
    pub max_bytes: Option<u64>,
}

/// What a write does when the path is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WriteMode {
    /// Leaves the object that is there and answers [`Written::AlreadyThere`]. Atomic where
    /// [`Capabilities::create_only`](super::Capabilities) says so; elsewhere the later of two writers may replace the
    /// earlier one's object, whole.
    #[default]
    CreateOnly,
    /// Replaces it.
    Overwrite,
}

/// How an object is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The content type, for stores that serve objects themselves; others leave it out.
    pub media_type: Option<&'static str>,
    /// The value of `Cache-Control`, for stores that serve objects themselves; others leave it out.
    pub cache_control: Option<String>,
    /// What happens when the path is taken.
    pub mode: WriteMode,
}

/// What a write came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// These bytes are stored now. The version may be absent where the store does not say it on writing.
    Created(Stat),
    /// The path was taken, and nothing was changed.
    AlreadyThere,
}

/// A URL that carries its own permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presigned {
    /// The URL.
    pub url: String,
    /// How long it works; at most what was asked for.
    pub lifetime: Duration,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The last segment of the path, without a slash.
    pub name: String,
    /// Whether it is a folder: something lies below it. A store of objects may hold an object and a folder of one name.
    pub is_folder: bool,
    /// Size in bytes of an object, where the listing tells it.
    pub size: Option<u64>,
    /// When an object was last written, where the listing tells it.
    pub modified: Option<SystemTime>,
}

/// An object that a walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path.
    pub path: String,
    /// Size in bytes, where the store tells it on the way.
    pub size: Option<u64>,
    /// When it was last written, where the store tells it on the way.
    pub modified: Option<SystemTime>,
}

/// Where a walk begins and how far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk<'path> {
    /// The folder; empty: the root.
    pub folder: &'path str,
    /// The path after which it begins; empty: at the start.
    pub after: &'path str,
    /// The most objects that it gives; at least 1.
    pub most: usize,
}

/// The bytes of an object in chunks of at most 64 KiB, read as they are asked for.
pub type ObjectStream = BoxStream<'static, Result<Bytes, StorageError>>;

/// The largest chunk of an [`ObjectStream`], in bytes.
pub(crate) const CHUNK: usize = 64 * 1024;
