//! Stores behind a network: one implementation over the storage library for all of them. What differs between them is in
//! the files of this folder named after them.

#[cfg(feature = "azblob")]
pub(super) mod azblob;
mod body;
mod credentials;
mod error;
#[cfg(feature = "gcs")]
pub(super) mod gcs;
mod layers;
pub(super) mod s3;
mod secret;
mod walk;

use std::ops::Range;
use std::sync::{Arc, Once};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use opendal::options::{ListOptions, ReadOptions as PresignOptions, WriteOptions as PutOptions};
use opendal::{Builder, ErrorKind, Operator};

use crate::model::download::attachment;

use self::body::{Body, stat, unquoted};
use self::credentials::Life;
use self::error::translate;
use self::layers::timed;
use super::paced::Paced;
use super::path::{check_folder, check_object};
use super::{
    Capabilities, Entry, Found, Object, ObjectStream, Operation, Presigned, ReadOptions, Stat, StorageError,
    StorageErrorKind, Store, StoreLimits, Walk, WriteMode, WriteOptions, Written,
};

/// The longest life of a presigned URL: a week, by the rules of S3's signatures.
const LONGEST_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// An object that nobody writes, to see whether the store answers.
const PROBE: &str = ".rendition-probe";

struct Remote {
    name: String,
    operator: Operator,
    /// The same store under the URL that readers use.
    public: Option<Operator>,
    /// How long the credentials are good that presigned URLs are signed with.
    credentials: Life,
    capabilities: Capabilities,
}

/// Whether a kind of store makes presigned URLs, and whether it creates only what is missing when asked to.
struct Abilities {
    presign: bool,
    /// How long the credentials are good that it signs with.
    credentials: Life,
    create_only: bool,
}

impl Remote {
    fn open(
        name: &str,
        limits: &StoreLimits,
        service: impl Builder,
        public_service: Option<impl Builder>,
        abilities: Abilities,
    ) -> Result<Arc<dyn Store>, StorageError> {
        prepare_transport();
        let error = |error| translate(error, name, Operation::Open, "");
        let operator = timed(service, limits).map_err(error)?;
        let public = public_service.map(Operator::new).transpose().map_err(error)?;
        let capabilities = Capabilities {
            presign: abilities.presign,
            versions: true,
            create_only: abilities.create_only,
            list: true,
            near: false,
        };
        let credentials = abilities.credentials;
        let remote = Self { name: name.to_owned(), operator, public, credentials, capabilities };
        Ok(Arc::new(Paced::new(name, Arc::new(remote), limits)))
    }

    fn error(&self, operation: Operation, path: &str) -> impl Fn(opendal::Error) -> StorageError + use<> {
        let (name, path) = (self.name.clone(), path.to_owned());
        move |error| translate(error, &name, operation, &path)
    }

    fn check(&self, operation: Operation, path: &str) -> Result<(), StorageError> {
        check_object(&self.name, operation, path)?;
        self.check_edges(operation, path)
    }

    /// The library trims white space from a path, so that two paths would become one.
    fn check_edges(&self, operation: Operation, path: &str) -> Result<(), StorageError> {
        if path.trim() == path {
            return Ok(());
        }
        let complaint =
            "the path begins or ends with white space, which this kind of store does not keep apart";
        Err(StorageError::new(StorageErrorKind::Invalid, &self.name, operation, path, complaint))
    }

    async fn sign(
        &self,
        path: &str,
        lifetime: Duration,
        download_name: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<String, opendal::Error> {
        let operator = self.public.as_ref().unwrap_or(&self.operator);
        let options = PresignOptions {
            override_content_type: content_type.map(str::to_owned),
            override_content_disposition: download_name.map(attachment),
            ..PresignOptions::default()
        };
        Ok(operator.presign_read_options(path, lifetime, options).await?.uri().to_string())
    }

    async fn find(&self, operation: Operation, path: &str) -> Result<Option<Stat>, StorageError> {
        match self.operator.stat(path).await {
            Ok(metadata) => Ok(Some(stat(&metadata))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error(operation, path)(error)),
        }
    }
}

/// Once in a process: the library's transport for HTTP, and the cryptography under it.
fn prepare_transport() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| {
        // An error: somebody has chosen one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        opendal_http_transport_reqwest::install_default();
    });
}

#[async_trait]
impl Store for Remote {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    async fn stat(&self, path: &str) -> Result<Option<Stat>, StorageError> {
        self.check(Operation::Stat, path)?;
        self.find(Operation::Stat, path).await
    }

    async fn read(&self, path: &str, options: &ReadOptions) -> Result<Option<Object>, StorageError> {
        self.check(Operation::Read, path)?;
        let version = options.if_version.as_deref();
        let too_large = |size: u64| options.max_bytes.filter(|max| size > *max);
        let read = async {
            let body = Body::open(&self.operator, path, None, version).await?;
            if too_large(body.stat.size).is_some() {
                return Ok::<_, opendal::Error>((body.stat, None));
            }
            let (stat, bytes) = body.collect().await?;
            Ok((stat, Some(bytes)))
        };
        match read.await {
            Ok((stat, Some(bytes))) => Ok(Some(Object { bytes, stat })),
            Ok((Stat { size, .. }, None)) => {
                let kind = StorageErrorKind::TooLarge { size, max: too_large(size).unwrap_or(size) };
                Err(StorageError::new(kind, &self.name, Operation::Read, path, "the object is too large"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error(Operation::Read, path)(error)),
        }
    }

    async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Option<Bytes>, StorageError> {
        self.check(Operation::Read, path)?;
        if range.is_empty() {
            return Ok(self.find(Operation::Read, path).await?.map(|_| Bytes::new()));
        }
        let read = async { Body::open(&self.operator, path, Some(range), None).await?.collect().await };
        match read.await {
            Ok((_, bytes)) => Ok(Some(bytes)),
            // Said only of an object that is there.
            Err(error) if error.kind() == ErrorKind::RangeNotSatisfied => Ok(Some(Bytes::new())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error(Operation::Read, path)(error)),
        }
    }

    async fn read_stream(
        &self,
        path: &str,
        range: Option<Range<u64>>,
    ) -> Result<Option<(Stat, ObjectStream)>, StorageError> {
        self.check(Operation::Read, path)?;
        let nothing = |stat| (stat, futures_util::stream::empty().boxed());
        if range.as_ref().is_some_and(Range::is_empty) {
            return Ok(self.find(Operation::Read, path).await?.map(nothing));
        }
        match Body::open(&self.operator, path, range, None).await {
            Ok(body) => {
                let stat = body.stat.clone();
                Ok(Some((stat, body.chunks().map_err(self.error(Operation::Read, path)).boxed())))
            }
            Err(error) if error.kind() == ErrorKind::RangeNotSatisfied => {
                Ok(self.find(Operation::Read, path).await?.map(nothing))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error(Operation::Read, path)(error)),
        }
    }

    async fn write(&self, path: &str, bytes: Bytes, options: &WriteOptions) -> Result<Written, StorageError> {
        self.check(Operation::Write, path)?;
        let create_only = options.mode == WriteMode::CreateOnly;
        if create_only && !self.capabilities.create_only && self.find(Operation::Write, path).await?.is_some()
        {
            return Ok(Written::AlreadyThere);
        }
        let put = PutOptions {
            content_type: options.media_type.map(str::to_owned),
            cache_control: options.cache_control.clone(),
            if_not_exists: create_only && self.capabilities.create_only,
            ..PutOptions::default()
        };
        let size = bytes.len() as u64;
        match self.operator.write_options(path, bytes, put).await {
            Ok(metadata) => Ok(Written::Created(Stat {
                size,
                version: metadata.etag().map(unquoted),
                modified: metadata.last_modified().map(Into::into),
            })),
            Err(error) if create_only && error.kind() == ErrorKind::ConditionNotMatch => {
                Ok(Written::AlreadyThere)
            }
            Err(error) => Err(self.error(Operation::Write, path)(error)),
        }
    }

    async fn delete(&self, path: &str) -> Result<(), StorageError> {
        self.check(Operation::Delete, path)?;
        match self.operator.delete(path).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.error(Operation::Delete, path)(error))
            }
            _ => Ok(()),
        }
    }

    async fn list(&self, folder: &str) -> Result<Vec<Entry>, StorageError> {
        check_folder(&self.name, folder)?;
        self.check_edges(Operation::List, folder)?;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let path = if folder.is_empty() { "/" } else { &prefix };
        let listed = match self.operator.list_options(path, ListOptions::default()).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            result => result.map_err(self.error(Operation::List, folder))?,
        };
        let mut entries: Vec<Entry> = listed
            .iter()
            .filter_map(|entry| {
                let rest = entry.path().strip_prefix(&prefix)?;
                let name = rest.strip_suffix('/').unwrap_or(rest);
                // Some stores list the folder itself.
                if name.is_empty() {
                    return None;
                }
                let is_folder = rest.len() > name.len();
                let size = (!is_folder).then(|| entry.metadata().content_length());
                let modified = entry.metadata().last_modified().map(Into::into).filter(|_| !is_folder);
                Some(Entry { name: name.to_owned(), is_folder, size, modified })
            })
            .collect();
        entries.sort();
        Ok(entries)
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Vec<Found>, StorageError> {
        check_folder(&self.name, walk.folder)?;
        self.check_edges(Operation::List, walk.folder)?;
        let found = walk::walk(&self.operator, walk).await;
        found.map_err(self.error(Operation::List, walk.folder))
    }

    async fn presign_read(
        &self,
        path: &str,
        lifetime: Duration,
        download_name: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Option<Presigned>, StorageError> {
        self.check(Operation::Presign, path)?;
        if !self.capabilities.presign {
            return Ok(None);
        }
        if lifetime.is_zero() || lifetime > LONGEST_LIFETIME {
            let complaint = "the lifetime of a presigned url must be more than nothing and at most a week";
            return Err(StorageError::new(
                StorageErrorKind::Invalid,
                &self.name,
                Operation::Presign,
                path,
                complaint,
            ));
        }
        let granted = self.credentials.cap(lifetime);
        let signed = match self.sign(path, granted, download_name, content_type).await {
            // Credentials are known to be temporary only once they were used.
            Err(_) if self.credentials.cap(lifetime) < granted => {
                let granted = self.credentials.cap(lifetime);
                self.sign(path, granted, download_name, content_type).await.map(|url| (url, granted))
            }
            signed => signed.map(|url| (url, granted)),
        };
        let (url, lifetime) = signed.map_err(self.error(Operation::Presign, path))?;
        Ok(Some(Presigned { url, lifetime }))
    }

    async fn probe(&self) -> Result<(), StorageError> {
        self.find(Operation::Probe, PROBE).await.map(drop)
    }
}
