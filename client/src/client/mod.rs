//! The client: one method for each call of the API.

mod batch;
mod sources;
mod specs;
mod streams;
mod upkeep;

use std::time::Duration;

use rendition_proto::v1::{
    maintenance_service_client::MaintenanceServiceClient, prewarm_service_client::PrewarmServiceClient,
    rendition_service_client::RenditionServiceClient, source_service_client::SourceServiceClient,
    spec_service_client::SpecServiceClient,
};
use tonic::transport::Channel;

use crate::{
    ClientBuilder, EnsureGenerated, Ensured, Error, Existence, Exists, Picture, PictureOf, Rendition, Url,
    caller::Caller,
};

/// Sends one attempt after the other of a call with one answer, and takes the answer out.
macro_rules! unary {
    ($client:ident.$service:ident.$method:ident($message:expr)) => {{
        let message = $message;
        $client
            .caller
            .call(|remaining| {
                let mut service = $client.$service.clone();
                let request = $client.caller.request(message.clone(), remaining);
                async move { service.$method(request).await }
            })
            .await
            .map(tonic::Response::into_inner)
    }};
}
use unary;

/// A client of one server, or of a fleet behind one address. Cheap to clone; clones share the
/// connection and the retry budget.
///
/// ```no_run
/// # #[tokio::main]
/// # async fn main() -> Result<(), rendition_client::Error> {
/// use rendition_client::Client;
///
/// let client = Client::builder("http://127.0.0.1:50051").build()?;
/// let ensured = client.ensure_generated(("photos/cat.jpg", "avatar")).await?;
/// println!("{} {}", ensured.outcome(), ensured.rendition().url());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) renditions: RenditionServiceClient<Channel>,
    pub(crate) sources: SourceServiceClient<Channel>,
    pub(crate) specs: SpecServiceClient<Channel>,
    pub(crate) prewarming: PrewarmServiceClient<Channel>,
    pub(crate) maintenance: MaintenanceServiceClient<Channel>,
    pub(crate) caller: Caller,
    pub(crate) max_read_bytes: u64,
}

impl Client {
    /// Begins a client of the server at `uri`: `http://host:port` or `https://host[:port]`.
    pub fn builder(uri: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(uri.into())
    }

    /// The same client with another timeout for its calls; see [`ClientBuilder::timeout`].
    pub fn with_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.caller.timeout = timeout.into();
        self
    }

    /// The same client with another timeout for whole streams; see
    /// [`ClientBuilder::stream_timeout`].
    pub fn with_stream_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.caller.stream_timeout = timeout.into();
        self
    }

    /// Makes sure that a rendition exists, as the strategy says: verifies, generates or queues it,
    /// and waits as asked.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// use std::time::Duration;
    /// use rendition_client::{EnsureGenerated, Outcome, Source, Spec};
    ///
    /// let source = Source::new("photos/cat.jpg").store("media");
    /// let small = Spec::builder().resize_to_fit((300, 300)).jpeg(80);
    /// let request = EnsureGenerated::new((source, small)).max_wait(Duration::from_secs(5));
    /// let ensured = client.ensure_generated(request).await?;
    /// if ensured.outcome() == Outcome::Pending {
    ///     println!("not yet: {}", ensured.rendition().state());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request, the source or the server; see [`Error::reason`].
    pub async fn ensure_generated(&self, request: impl Into<EnsureGenerated>) -> Result<Ensured, Error> {
        let response = unary!(self.renditions.ensure_generated(request.into().into_proto()))?;
        Ensured::from_proto(response)
    }

    /// Says whether a rendition exists, from what the server remembers, else from the storage. Never
    /// generates. What is wrong with the image is no error but [`crate::State::Failed`].
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// if !client.exists(("photos/cat.jpg", "avatar")).await?.exists() {
    ///     println!("not yet");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn exists(&self, request: impl Into<Exists>) -> Result<Existence, Error> {
        let response = unary!(self.renditions.exists(request.into().into_proto()))?;
        Existence::from_proto(response)
    }

    /// Gives a rendition with its URL and what is known of it. Never generates, asks no storage but
    /// for the source's version; getting a media URL generates what is missing.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// use rendition_client::{Url, UrlOptions};
    ///
    /// let request = Url::new(("photos/cat.jpg", "avatar")).url_options(UrlOptions::new().path_only());
    /// println!("{}", client.url(request).await?.url());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn url(&self, request: impl Into<Url>) -> Result<Rendition, Error> {
        let response = unary!(self.renditions.url(request.into().into_proto()))?;
        response.rendition.map(Into::into).ok_or(Error::Malformed("rendition"))
    }

    /// Gives what an HTML page needs to show a source in the widths and formats of a configured family. Never generates, asks
    /// no storage but for the source's version and, unless it is sent or known, its size. What is wrong with the image is told
    /// in the picture.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// let picture = client.picture(("photos/cat.jpg", "hero")).await?;
    /// println!("{}", picture.html("a cat"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn picture(&self, request: impl Into<PictureOf>) -> Result<Picture, Error> {
        let response = unary!(self.renditions.picture(request.into().into_proto()))?;
        Picture::from_proto(response)
    }
}
