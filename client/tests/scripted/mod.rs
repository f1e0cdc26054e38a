//! A real server on a port of its own that answers from a script and keeps what it was asked.

#![allow(dead_code, clippy::unwrap_used)]

use std::{collections::VecDeque, sync::Arc, sync::Mutex};

use rendition_client::{Client, ClientBuilder, RetryPolicy};
use rendition_proto::v1::{
    self,
    maintenance_service_server::{MaintenanceService, MaintenanceServiceServer},
    prewarm_service_server::{PrewarmService, PrewarmServiceServer},
    rendition_service_server::{RenditionService, RenditionServiceServer},
    spec_service_server::{SpecService, SpecServiceServer},
};
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt};
use tonic::{
    Code, Request, Response, Status,
    metadata::MetadataMap,
    transport::{Server, ServerTlsConfig, server::TcpIncoming},
};
use tonic_types::{ErrorDetails, StatusExt};

/// One call's answers in order, and what was asked. Without an answer left, it never answers.
pub struct Calls<M, A> {
    answers: Mutex<VecDeque<Result<A, Status>>>,
    asked: Mutex<Vec<(MetadataMap, M)>>,
}

impl<M, A> Default for Calls<M, A> {
    fn default() -> Self {
        Self { answers: Mutex::default(), asked: Mutex::default() }
    }
}

impl<M: Clone, A> Calls<M, A> {
    pub fn answer(&self, answer: A) {
        self.answers.lock().unwrap().push_back(Ok(answer));
    }

    pub fn fail(&self, status: Status) {
        self.answers.lock().unwrap().push_back(Err(status));
    }

    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub fn messages(&self) -> Vec<M> {
        self.asked.lock().unwrap().iter().map(|(_, message)| message.clone()).collect()
    }

    /// The header `name` of each call, empty where it is absent.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let header = |metadata: &MetadataMap| Some(metadata.get(name)?.to_str().unwrap().to_owned());
        asked.iter().map(|(metadata, _)| header(metadata).unwrap_or_default()).collect()
    }

    async fn take(&self, request: Request<M>) -> Result<Response<A>, Status> {
        let (metadata, _, message) = request.into_parts();
        self.asked.lock().unwrap().push((metadata, message));
        let answer = self.answers.lock().unwrap().pop_front();
        match answer {
            Some(answer) => answer.map(Response::new),
            None => std::future::pending().await,
        }
    }
}

/// The messages of a stream, then its end or an error; or silence, if it stays open.
pub struct Messages<A> {
    pub messages: Vec<Result<A, Status>>,
    pub stays_open: bool,
}

impl<A> Messages<A> {
    pub fn then_end(messages: impl IntoIterator<Item = A>) -> Self {
        Self { messages: messages.into_iter().map(Ok).collect(), stays_open: false }
    }

    pub fn then_fail(messages: impl IntoIterator<Item = A>, status: Status) -> Self {
        let mut messages = Self::then_end(messages);
        messages.messages.push(Err(status));
        messages
    }

    pub fn then_silence(messages: impl IntoIterator<Item = A>) -> Self {
        Self { stays_open: true, ..Self::then_end(messages) }
    }
}

impl<A: Send + 'static> Messages<A> {
    fn stream(self) -> BoxStream<A> {
        let messages = tokio_stream::iter(self.messages);
        if self.stays_open { Box::pin(messages.chain(tokio_stream::pending())) } else { Box::pin(messages) }
    }
}

type BoxStream<A> = std::pin::Pin<Box<dyn Stream<Item = Result<A, Status>> + Send>>;

#[derive(Default)]
pub struct Script {
    pub ensure: Calls<v1::EnsureGeneratedRequest, v1::EnsureGeneratedResponse>,
    pub batch_ensure: Calls<v1::BatchEnsureGeneratedRequest, v1::BatchEnsureGeneratedResponse>,
    pub exists: Calls<v1::ExistsRequest, v1::ExistsResponse>,
    pub batch_exists: Calls<v1::BatchExistsRequest, v1::BatchExistsResponse>,
    pub url: Calls<v1::UrlRequest, v1::UrlResponse>,
    pub batch_url: Calls<v1::BatchUrlRequest, v1::BatchUrlResponse>,
    pub picture: Calls<v1::PictureRequest, v1::PictureResponse>,
    pub batch_picture: Calls<v1::BatchPictureRequest, v1::BatchPictureResponse>,
    pub watch: Calls<v1::WatchRequest, Messages<v1::WatchResponse>>,
    pub read: Calls<v1::ReadRequest, Messages<v1::ReadResponse>>,
    pub list: Calls<v1::ListSpecsRequest, v1::ListSpecsResponse>,
    pub get: Calls<v1::GetSpecRequest, v1::GetSpecResponse>,
    pub prewarm: Calls<v1::PrewarmRequest, Messages<v1::PrewarmResponse>>,
    pub collect: Calls<v1::CollectGarbageRequest, Messages<v1::CollectGarbageResponse>>,
    pub verify: Calls<v1::VerifyRequest, Messages<v1::VerifyResponse>>,
}

struct Service(Arc<Script>);

#[tonic::async_trait]
impl RenditionService for Service {
    async fn ensure_generated(
        &self,
        request: Request<v1::EnsureGeneratedRequest>,
    ) -> Result<Response<v1::EnsureGeneratedResponse>, Status> {
        self.0.ensure.take(request).await
    }

    async fn batch_ensure_generated(
        &self,
        request: Request<v1::BatchEnsureGeneratedRequest>,
    ) -> Result<Response<v1::BatchEnsureGeneratedResponse>, Status> {
        self.0.batch_ensure.take(request).await
    }

    async fn exists(
        &self,
        request: Request<v1::ExistsRequest>,
    ) -> Result<Response<v1::ExistsResponse>, Status> {
        self.0.exists.take(request).await
    }

    async fn batch_exists(
        &self,
        request: Request<v1::BatchExistsRequest>,
    ) -> Result<Response<v1::BatchExistsResponse>, Status> {
        self.0.batch_exists.take(request).await
    }

    async fn url(&self, request: Request<v1::UrlRequest>) -> Result<Response<v1::UrlResponse>, Status> {
        self.0.url.take(request).await
    }

    async fn batch_url(
        &self,
        request: Request<v1::BatchUrlRequest>,
    ) -> Result<Response<v1::BatchUrlResponse>, Status> {
        self.0.batch_url.take(request).await
    }

    async fn picture(
        &self,
        request: Request<v1::PictureRequest>,
    ) -> Result<Response<v1::PictureResponse>, Status> {
        self.0.picture.take(request).await
    }

    async fn batch_picture(
        &self,
        request: Request<v1::BatchPictureRequest>,
    ) -> Result<Response<v1::BatchPictureResponse>, Status> {
        self.0.batch_picture.take(request).await
    }

    type WatchStream = BoxStream<v1::WatchResponse>;

    async fn watch(&self, request: Request<v1::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Ok(self.0.watch.take(request).await?.map(Messages::stream))
    }

    type ReadStream = BoxStream<v1::ReadResponse>;

    async fn read(&self, request: Request<v1::ReadRequest>) -> Result<Response<Self::ReadStream>, Status> {
        Ok(self.0.read.take(request).await?.map(Messages::stream))
    }
}

#[tonic::async_trait]
impl SpecService for Service {
    async fn list_specs(
        &self,
        request: Request<v1::ListSpecsRequest>,
    ) -> Result<Response<v1::ListSpecsResponse>, Status> {
        self.0.list.take(request).await
    }

    async fn get_spec(
        &self,
        request: Request<v1::GetSpecRequest>,
    ) -> Result<Response<v1::GetSpecResponse>, Status> {
        self.0.get.take(request).await
    }
}

#[tonic::async_trait]
impl PrewarmService for Service {
    type PrewarmStream = BoxStream<v1::PrewarmResponse>;

    async fn prewarm(
        &self,
        request: Request<v1::PrewarmRequest>,
    ) -> Result<Response<Self::PrewarmStream>, Status> {
        Ok(self.0.prewarm.take(request).await?.map(Messages::stream))
    }
}

#[tonic::async_trait]
impl MaintenanceService for Service {
    type CollectGarbageStream = BoxStream<v1::CollectGarbageResponse>;

    async fn collect_garbage(
        &self,
        request: Request<v1::CollectGarbageRequest>,
    ) -> Result<Response<Self::CollectGarbageStream>, Status> {
        Ok(self.0.collect.take(request).await?.map(Messages::stream))
    }

    type VerifyStream = BoxStream<v1::VerifyResponse>;

    async fn verify(
        &self,
        request: Request<v1::VerifyRequest>,
    ) -> Result<Response<Self::VerifyStream>, Status> {
        Ok(self.0.verify.take(request).await?.map(Messages::stream))
    }
}

/// Listens on a free port.
pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address.to_string())
}

/// Serves on `listener` until the test ends.
pub fn serve(listener: TcpListener, tls: Option<ServerTlsConfig>) -> Arc<Script> {
    let script = Arc::new(Script::default());
    let mut server = Server::builder();
    if let Some(tls) = tls {
        server = server.tls_config(tls).unwrap();
    }
    let server = server
        .add_service(RenditionServiceServer::new(Service(script.clone())))
        .add_service(SpecServiceServer::new(Service(script.clone())))
        .add_service(PrewarmServiceServer::new(Service(script.clone())))
        .add_service(MaintenanceServiceServer::new(Service(script.clone())))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
    tokio::spawn(server);
    script
}

/// A script and the address of the server that follows it.
pub async fn start() -> (Arc<Script>, String) {
    let (listener, address) = listen().await;
    (serve(listener, None), format!("http://{address}"))
}

/// A builder whose retries do not hold up the tests.
pub fn builder(uri: &str) -> ClientBuilder {
    let hasty = RetryPolicy::default().first_pause(std::time::Duration::from_millis(1));
    Client::builder(uri).retry(hasty)
}

/// A script and a client of the server that follows it.
pub async fn start_with_client() -> (Arc<Script>, Client) {
    let (script, uri) = start().await;
    (script, builder(&uri).build().unwrap())
}

pub fn rendition(state: v1::State) -> v1::Rendition {
    v1::Rendition {
        key: "media/cat.jpg/avatar.0.00.webp".to_owned(),
        store: "renditions".to_owned(),
        state: state.into(),
        evidence: v1::Evidence::Cache.into(),
        checked_at: Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 0 }),
        image: Some(v1::ImageInfo {
            media_type: "image/webp".to_owned(),
            width: 200,
            height: 150,
            size_bytes: 6,
            etag: "e1".to_owned(),
            frames: 1,
            damaged: true,
        }),
        placeholder: Some(v1::Placeholder {
            thumbhash: vec![1, 2, 3, 250],
            dominant_color: "#0a0b0c".to_owned(),
        }),
        url: "http://media.example/cat.webp".to_owned(),
        ..Default::default()
    }
}

pub fn ensured(outcome: v1::Outcome) -> v1::EnsureGeneratedResponse {
    let rendition = Some(rendition(v1::State::Ready));
    v1::EnsureGeneratedResponse { rendition, outcome: outcome.into(), members: Vec::new() }
}

/// A picture of two widths in two formats.
pub fn picture() -> v1::Picture {
    let source = |media_type: &str| v1::PictureSource {
        media_type: media_type.to_owned(),
        srcset: format!("http://media.example/{media_type}?a=1&b=2 320w"),
        entries: [320, 640]
            .map(|width| v1::PictureEntry {
                width,
                height: width / 2,
                rendition: Some(rendition(v1::State::Ready)),
            })
            .into(),
    };
    v1::Picture {
        sources: vec![source("image/webp"), source("image/jpeg")],
        src: "http://media.example/cat.jpg".to_owned(),
        width: 640,
        height: 320,
        sizes: "100vw".to_owned(),
        placeholder: rendition(v1::State::Ready).placeholder,
        failure: None,
    }
}

/// A status with the details that a server adds.
pub fn status(code: Code, reason: &str, message: &str) -> Status {
    Status::with_error_details(code, message, ErrorDetails::with_error_info(reason, "rendition", []))
}

/// The same as the error of one item.
pub fn item_error(code: Code, reason: &str, message: &str) -> rendition_proto::google::rpc::Status {
    prost::Message::decode(status(code, reason, message).details()).unwrap()
}

pub fn header(rendition: v1::Rendition) -> v1::ReadResponse {
    v1::ReadResponse { part: Some(v1::read_response::Part::Header(rendition)) }
}

pub fn chunk(bytes: &'static [u8]) -> v1::ReadResponse {
    v1::ReadResponse { part: Some(v1::read_response::Part::Chunk(bytes.into())) }
}

pub fn updates(updates: impl IntoIterator<Item = (u32, v1::State)>) -> v1::WatchResponse {
    let update = |(index, state)| v1::WatchUpdate { index, rendition: Some(rendition(state)) };
    v1::WatchResponse { updates: updates.into_iter().map(update).collect() }
}

/// A named spec that fits an image into 300 pixels' width.
pub fn named_spec(id: &str) -> v1::NamedSpec {
    v1::NamedSpec {
        id: id.to_owned(),
        spec: Some(
            rendition_client::Spec::builder()
                .resize_to_fit(rendition_client::ResizeToFit::width(300))
                .webp(80)
                .into(),
        ),
        policy: Some(v1::SpecPolicy {
            strategy: v1::Strategy::Eager.into(),
            sources: vec!["photos/**".to_owned()],
            public: true,
            ..Default::default()
        }),
        digest: "0123456789abcdef0123456789abcdef".to_owned(),
    }
}
