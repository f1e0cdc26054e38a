//! Builds a client: the server's address, timeouts, TLS, the token, retries, limits.

use std::{fmt, time::Duration};

use rendition_proto::v1::{
    maintenance_service_client::MaintenanceServiceClient, prewarm_service_client::PrewarmServiceClient,
    rendition_service_client::RenditionServiceClient, source_service_client::SourceServiceClient,
    spec_service_client::SpecServiceClient,
};
use tonic::{
    metadata::{Ascii, MetadataValue},
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

use crate::{Client, Error, RetryPolicy, caller::Caller};

/// The longest a message may be by default, as in gRPC.
const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// The longest rendition that is read into memory by default.
const MAX_READ_BYTES: u64 = 64 * 1024 * 1024;
const USER_AGENT: &str = concat!("rendition-client/", env!("CARGO_PKG_VERSION"));

/// Builds a [`Client`].
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use rendition_client::{Client, RetryPolicy};
///
/// let client = Client::builder("https://renditions.example.com")
///     .timeout(Duration::from_secs(10))
///     .ca_certificate(std::fs::read("ca.pem")?)
///     .bearer_token(std::fs::read_to_string("token")?.trim())
///     .retry(RetryPolicy::default().max_attempts(3))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until it builds"]
pub struct ClientBuilder {
    uri: String,
    timeout: Option<Duration>,
    stream_timeout: Option<Duration>,
    connect_timeout: Duration,
    keep_alive_interval: Duration,
    tls: ClientTlsConfig,
    authorities: Option<Vec<u8>>,
    token: Option<String>,
    retry: RetryPolicy,
    user_agent: String,
    max_message_bytes: usize,
    max_read_bytes: u64,
}

impl ClientBuilder {
    pub(crate) fn new(uri: String) -> Self {
        Self {
            uri,
            timeout: Some(Duration::from_secs(30)),
            stream_timeout: None,
            connect_timeout: Duration::from_secs(5),
            keep_alive_interval: Duration::from_secs(30),
            tls: ClientTlsConfig::new(),
            authorities: None,
            token: None,
            retry: RetryPolicy::default(),
            user_agent: USER_AGENT.to_owned(),
            max_message_bytes: MAX_MESSAGE_BYTES,
            max_read_bytes: MAX_READ_BYTES,
        }
    }

    /// How long a call may take, its retries included; it is sent along as the deadline. For
    /// `watch` it bounds the wait for the snapshot; for `read` that for the header, and for each
    /// chunk anew. Default: 30 s. `None` waits for as long as it takes.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// How long a whole `watch` or `read` may take; it is sent along as the deadline. Default:
    /// none.
    pub fn stream_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.stream_timeout = timeout.into();
        self
    }

    /// How long one attempt to connect may take. Default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a connection with calls on it is probed; one that does not answer within 10 s is
    /// given up. Default: 30 s.
    pub fn keep_alive_interval(mut self, interval: Duration) -> Self {
        self.keep_alive_interval = interval;
        self
    }

    /// Trusts the authorities in this PEM instead of the system's. For `https://` only.
    pub fn ca_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.authorities = Some(pem.as_ref().to_vec());
        self
    }

    /// Shows this certificate and its key, both PEM, to a server that asks for one.
    pub fn identity(mut self, certificate: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        self.tls = self.tls.identity(Identity::from_pem(certificate, key));
        self
    }

    /// The name that the server's certificate must bear, if it is not the address's host.
    pub fn domain_name(mut self, name: impl Into<String>) -> Self {
        self.tls = self.tls.domain_name(name);
        self
    }

    /// Sends `authorization: Bearer ...` with each call. Without TLS everybody on the way can read
    /// it.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// When calls are sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// What stands before this crate's name in the user agent.
    pub fn user_agent(mut self, product: impl AsRef<str>) -> Self {
        self.user_agent = format!("{} {USER_AGENT}", product.as_ref());
        self
    }

    /// The longest message in bytes, both ways. Default: 4 MiB.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.max_message_bytes = bytes;
        self
    }

    /// The largest rendition in bytes that is read into memory. Default: 64 MiB.
    pub fn max_read_bytes(mut self, bytes: u64) -> Self {
        self.max_read_bytes = bytes;
        self
    }

    /// A client that connects when it is first used. It must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] if the address, the token or a certificate cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let channel = self.endpoint()?.connect_lazy();
        self.client(channel)
    }

    /// A client that is connected.
    ///
    /// # Errors
    /// The same as [`Self::build`], and [`Error::Connect`] if the server cannot be reached.
    pub async fn connect(self) -> Result<Client, Error> {
        let endpoint = self.endpoint()?;
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| Error::Connect { uri: self.uri.clone(), message: innermost(&error) })?;
        self.client(channel)
    }

    fn endpoint(&self) -> Result<Endpoint, Error> {
        let endpoint = Endpoint::from_shared(self.uri.clone())
            .and_then(|endpoint| endpoint.user_agent(self.user_agent.clone()))
            .map_err(|error| invalid("uri or user_agent", &error))?;
        let scheme = endpoint.uri().scheme_str();
        if !matches!(scheme, Some("http" | "https")) || endpoint.uri().authority().is_none() {
            let message = format!("{:?} is not an http:// or https:// address", self.uri);
            return Err(Error::InvalidOption { option: "uri", message });
        }
        let secure = scheme == Some("https");
        let endpoint = endpoint
            .connect_timeout(self.connect_timeout)
            .http2_keep_alive_interval(self.keep_alive_interval)
            .keep_alive_timeout(Duration::from_secs(10))
            .tcp_nodelay(true);
        if !secure {
            return Ok(endpoint);
        }
        let tls = match &self.authorities {
            Some(pem) => self.tls.clone().ca_certificate(certificate(pem)?),
            None => self.tls.clone().with_native_roots(),
        };
        endpoint.tls_config(tls).map_err(|error| invalid("ca_certificate, identity or domain_name", &error))
    }

    fn client(self, channel: Channel) -> Result<Client, Error> {
        let authorization = self.token.as_deref().map(authorization).transpose()?;
        Ok(Client {
            renditions: RenditionServiceClient::new(channel.clone())
                .max_decoding_message_size(self.max_message_bytes)
                .max_encoding_message_size(self.max_message_bytes),
            sources: SourceServiceClient::new(channel.clone())
                .max_decoding_message_size(self.max_message_bytes)
                .max_encoding_message_size(self.max_message_bytes),
            prewarming: PrewarmServiceClient::new(channel.clone())
                .max_decoding_message_size(self.max_message_bytes)
                .max_encoding_message_size(self.max_message_bytes),
            maintenance: MaintenanceServiceClient::new(channel.clone())
                .max_decoding_message_size(self.max_message_bytes)
                .max_encoding_message_size(self.max_message_bytes),
            specs: SpecServiceClient::new(channel)
                .max_decoding_message_size(self.max_message_bytes)
                .max_encoding_message_size(self.max_message_bytes),
            caller: Caller::new(self.retry, self.timeout, self.stream_timeout, authorization),
            max_read_bytes: self.max_read_bytes,
        })
    }
}

/// tonic takes a PEM without any certificate, and then trusts nobody.
fn certificate(pem: &[u8]) -> Result<Certificate, Error> {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    if pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return Ok(Certificate::from_pem(pem));
    }
    let message = "it is no PEM with a certificate".to_owned();
    Err(Error::InvalidOption { option: "ca_certificate", message })
}

fn authorization(token: &str) -> Result<MetadataValue<Ascii>, Error> {
    let parsed = if token.is_empty() { None } else { format!("Bearer {token}").parse().ok() };
    // The token itself stays out of the message.
    let mut value: MetadataValue<Ascii> = parsed.ok_or_else(|| Error::InvalidOption {
        option: "bearer_token",
        message: "it is empty or has signs that a header cannot hold".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn invalid(option: &'static str, error: &tonic::transport::Error) -> Error {
    Error::InvalidOption { option, message: innermost(error) }
}

/// The last cause, which says the most: the outer ones of tonic only say "transport error".
fn innermost(error: &tonic::transport::Error) -> String {
    let first: &dyn std::error::Error = error;
    std::iter::successors(Some(first), |error| error.source()).last().unwrap_or(first).to_string()
}

impl fmt::Debug for ClientBuilder {
    /// Leaves out the token and the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("uri", &self.uri)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
