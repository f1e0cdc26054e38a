//! The gRPC server: services, reflection and health on one listener, until it is told to drain.

use std::{future::ready, io, time::Duration};

use futures_util::TryStreamExt;
use rendition_proto::{
    FILE_DESCRIPTOR_SET,
    v1::{
        explain_service_server::ExplainServiceServer, maintenance_service_server::MaintenanceServiceServer,
        prewarm_service_server::PrewarmServiceServer, rendition_service_server::RenditionServiceServer,
        source_service_server::SourceServiceServer, spec_service_server::SpecServiceServer,
    },
};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::{Identity, Server, ServerTlsConfig, server::TcpIncoming};
use tonic_health::server::HealthReporter;
use tower::util::MapResponseLayer;

use super::{
    auth::Tokens, deadline::DeadlineLayer, explain_service::Explains, maintenance_service::Maintenance,
    prewarm_service::Prewarming, rendition_service::Renditions, source_service::Sources,
    spec_service::SpecList, unread,
};
use crate::engine::Engine;

/// How long a connection is quiet before its peer is asked for a sign of life.
const QUIET: Duration = Duration::from_secs(60);
/// How far such questions are apart.
const PROBES: Duration = Duration::from_secs(5);
/// How many in a row go unanswered before the connection is closed; on Linux [`LOST`] decides, which comes to the same.
const UNANSWERED: u32 = 4;
/// How many milliseconds a peer may acknowledge nothing, whether bytes were sent to it or questions.
#[cfg(target_os = "linux")]
const LOST: u32 = (QUIET.as_secs() + PROBES.as_secs() * UNANSWERED as u64) as u32 * 1000;

/// How long a new connection may say nothing.
const SILENCE: Duration = Duration::from_secs(10);

/// How the server listens.
#[derive(Clone, Debug)]
pub struct GrpcOptions {
    /// The largest message that is taken, in bytes.
    pub max_message_bytes: usize,
    /// Who the server is; none: it listens in plain text.
    pub tls: Option<TlsIdentity>,
}

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub struct TlsIdentity {
    /// The certificate chain.
    pub certificate: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}

impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TlsIdentity")
    }
}

/// What is served.
#[derive(Clone)]
pub struct Services {
    /// The engine behind it.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
    /// What health tells.
    pub health: HealthReporter,
}

/// Bounds the wait for an acknowledgement, too: a connection that has sent bytes is not quiet.
fn give_up_in_time(connection: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(connection, LOST) {
        tracing::debug!(%error, "a connection keeps the system's own timeouts");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = connection;
}

/// Waits for a new connection's first byte: one that says nothing would otherwise be there for ever, and hold up the drain. None
/// if it says nothing in time.
async fn greeted(connection: TcpStream) -> io::Result<Option<TcpStream>> {
    let peeked = tokio::time::timeout(SILENCE, connection.peek(&mut [0])).await;
    let spoke = peeked.is_ok_and(|peeked| peeked.is_ok_and(|bytes| bytes > 0));
    Ok(spoke.then_some(connection))
}

/// Serves until `drained` ends; then takes no new connection and lets the calls in flight end. The
/// caller bounds how long that may take.
pub async fn serve(
    listener: TcpListener,
    services: Services,
    options: &GrpcOptions,
    drained: impl Future<Output = ()>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let Services { engine, tokens, health } = services;
    let renditions = Renditions { engine: engine.clone(), tokens: tokens.clone() };
    let renditions =
        RenditionServiceServer::new(renditions).max_decoding_message_size(options.max_message_bytes);
    let sources = SourceServiceServer::new(Sources { engine: engine.clone(), tokens: tokens.clone() })
        .max_decoding_message_size(options.max_message_bytes);
    let prewarming = PrewarmServiceServer::new(Prewarming { engine: engine.clone(), tokens: tokens.clone() })
        .max_decoding_message_size(options.max_message_bytes);
    let maintenance =
        MaintenanceServiceServer::new(Maintenance { engine: engine.clone(), tokens: tokens.clone() })
            .max_decoding_message_size(options.max_message_bytes);
    let explains = ExplainServiceServer::new(Explains { engine: engine.clone(), tokens: tokens.clone() })
        .max_decoding_message_size(options.max_message_bytes);
    let specs = SpecServiceServer::new(SpecList { engine, tokens })
        .max_decoding_message_size(options.max_message_bytes);
    let reflected = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    // Without it a small answer waits some 40 ms for the acknowledgement of the one before. The builder's
    // own option counts only where it binds the port itself.
    //
    // Peers that vanished are found by the kernel: HTTP/2's own pings would cost every request some looks at the clock and
    // turns at a lock that all streams of a connection share.
    let incoming = TcpIncoming::from(listener)
        .with_nodelay(Some(true))
        .with_keepalive(Some(QUIET))
        .with_keepalive_interval(Some(PROBES))
        .with_keepalive_retries(Some(UNANSWERED))
        .inspect_ok(give_up_in_time)
        .map_ok(greeted)
        .try_buffer_unordered(usize::MAX)
        .try_filter_map(|connection| ready(Ok(connection)));
    let mut server = Server::builder();
    if let Some(TlsIdentity { certificate, key }) = &options.tls {
        server = server.tls_config(ServerTlsConfig::new().identity(Identity::from_pem(certificate, key)))?;
    }
    server
        .layer(DeadlineLayer)
        .layer(MapResponseLayer::new(unread::explain))
        .add_service(tonic_health::pb::health_server::HealthServer::new(
            tonic_health::server::HealthService::from_health_reporter(health),
        ))
        .add_service(reflected().build_v1()?)
        .add_service(reflected().build_v1alpha()?)
        .add_service(renditions)
        .add_service(sources)
        .add_service(specs)
        .add_service(prewarming)
        .add_service(maintenance)
        .add_service(explains)
        .serve_with_incoming_shutdown(incoming, drained)
        .await?;
    Ok(())
}
