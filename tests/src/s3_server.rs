//! A real S3 server in this process: signatures checked, path-style URLs, on a free port of loopback.
//!
//! The files are kept by `s3s-fs`. What of S3's contract it leaves open is closed here: a write with `If-None-Match: *`
//! checks and writes in one step, a read honours `If-Match`, bytes and etag are of one version, and a folder on the
//! server's disk is no object.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::thread::JoinHandle;

use async_trait::async_trait;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rendition_server::storage::{S3Settings, Secret, StoreSettings};
use s3s::auth::SimpleAuth;
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, GetObjectInput,
    GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsInput,
    ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput,
};
use s3s::service::S3ServiceBuilder;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::sync::{RwLock, oneshot};

/// A running server with one empty bucket. Dropping it stops it and removes its files.
pub struct S3Server {
    /// Its URL.
    pub endpoint: String,
    /// The bucket.
    pub bucket: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The secret that belongs to it.
    pub secret_access_key: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _files: TempDir,
}

impl S3Server {
    /// Starts a server on a thread of its own, so that it does not depend on the caller's runtime or its clock.
    pub fn start() -> Self {
        let files = tempfile::tempdir().unwrap();
        let (bucket, id, secret) = ("renditions", "tester", "not so secret");
        std::fs::create_dir(files.path().join(bucket)).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let s3 = Strict {
            files: FileSystem::new(files.path()).unwrap(),
            root: files.path().to_owned(),
            step: RwLock::new(()),
        };
        let (stop, stopped) = oneshot::channel();
        let thread =
            std::thread::spawn(move || serve(listener, s3, SimpleAuth::from_single(id, secret), stopped));
        Self {
            endpoint,
            bucket: bucket.to_owned(),
            access_key_id: id.to_owned(),
            secret_access_key: secret.to_owned(),
            stop: Some(stop),
            thread: Some(thread),
            _files: files,
        }
    }

    /// The settings of a store in this server's bucket.
    pub fn settings(&self) -> S3Settings {
        S3Settings {
            bucket: self.bucket.clone(),
            endpoint: Some(self.endpoint.clone()),
            access_key_id: Some(self.access_key_id.clone()),
            secret_access_key: Some(Secret::new(self.secret_access_key.clone())),
            ..S3Settings::default()
        }
    }

    /// The same for those who take any kind of store.
    pub fn store_settings(&self) -> StoreSettings {
        StoreSettings::S3(self.settings())
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there has failed a request, and thereby the test.
            let _ = thread.join();
        }
    }
}

fn serve(listener: TcpListener, s3: Strict, auth: SimpleAuth, mut stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut service = S3ServiceBuilder::new(s3);
    service.set_auth(auth);
    let service = service.build();
    runtime.block_on(async move {
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        loop {
            let socket = tokio::select! {
                accepted = listener.accept() => accepted.unwrap().0,
                _ = &mut stopped => return,
            };
            let service = service.clone();
            tokio::spawn(async move {
                // An error: the client hung up.
                let _ =
                    Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    runtime.shutdown_background();
}

struct Strict {
    files: FileSystem,
    root: PathBuf,
    /// Held alone to write and together to read: each call is one step.
    step: RwLock<()>,
}

impl Strict {
    /// `s3s-fs` takes a folder for an object.
    fn must_be_an_object(&self, bucket: &str, key: &str) -> S3Result<()> {
        if self.root.join(bucket).join(key).is_file() { Ok(()) } else { Err(s3_error!(NoSuchKey)) }
    }
}

#[async_trait]
impl S3 for Strict {
    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let _step = self.step.read().await;
        self.must_be_an_object(&req.input.bucket, &req.input.key)?;
        let condition = req.input.if_match.clone();
        let response = self.files.get_object(req).await?;
        match (condition.as_ref().and_then(|condition| condition.as_etag()), &response.output.e_tag) {
            (Some(wanted), Some(found)) if !wanted.strong_cmp(found) => Err(s3_error!(PreconditionFailed)),
            _ => Ok(response),
        }
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let _step = self.step.read().await;
        self.must_be_an_object(&req.input.bucket, &req.input.key)?;
        self.files.head_object(req).await
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let _step = self.step.write().await;
        self.files.put_object(req).await
    }

    async fn delete_object(
        &self,
        req: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let _step = self.step.write().await;
        if self.must_be_an_object(&req.input.bucket, &req.input.key).is_err() {
            return Ok(S3Response::new(DeleteObjectOutput::default()));
        }
        self.files.delete_object(req).await
    }

    async fn delete_objects(
        &self,
        req: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let _step = self.step.write().await;
        self.files.delete_objects(req).await
    }

    async fn list_objects(
        &self,
        req: S3Request<ListObjectsInput>,
    ) -> S3Result<S3Response<ListObjectsOutput>> {
        let _step = self.step.read().await;
        self.files.list_objects(req).await
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let _step = self.step.read().await;
        self.files.list_objects_v2(req).await
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.files.head_bucket(req).await
    }
}
