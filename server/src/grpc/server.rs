//! The gRPC server: services, reflection and health on one listener, until it is told to drain.

use std::{convert::Infallible, time::Duration};

use futures_util::StreamExt;
use rendition_proto::{
    FILE_DESCRIPTOR_SET,
    v1::{
        explain_service_server::ExplainServiceServer, maintenance_service_server::MaintenanceServiceServer,
        prewarm_service_server::PrewarmServiceServer, rendition_service_server::RenditionServiceServer,
        source_service_server::SourceServiceServer, spec_service_server::SpecServiceServer,
    },
};
use tokio::{net::TcpListener, sync::Semaphore};
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic_health::server::HealthReporter;
use tower::util::MapResponseLayer;

use super::{
    auth::Tokens, deadline::DeadlineLayer, explain_service::Explains, maintenance_service::Maintenance,
    prewarm_service::Prewarming, rendition_service::Renditions, source_service::Sources,
    spec_service::SpecList, unread,
};
use crate::{
    connections::{GREETING, connections, give_up_in_time},
    engine::Engine,
};

/// How the server listens.
#[derive(Clone, Debug)]
pub struct GrpcOptions {
    /// The largest message that is taken, in bytes.
    pub max_message_bytes: usize,
    /// How long a caller may take nothing of a rendition that it reads.
    pub patience: Duration,
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

/// Serves until `drained` ends; then takes no new connection and lets the calls in flight end. The
/// caller bounds how long that may take.
pub async fn serve(
    listener: TcpListener,
    services: Services,
    options: &GrpcOptions,
    drained: impl Future<Output = ()>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let Services { engine, tokens, health } = services;
    let renditions =
        Renditions { engine: engine.clone(), tokens: tokens.clone(), patience: options.patience };
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
    // No more of them than there are descriptors. HTTP/2's own pings would cost every request some looks at the clock and
    // turns at a lock that all streams of a connection share.
    let incoming = connections(listener, Semaphore::MAX_PERMITS).map(|(connection, _place)| {
        give_up_in_time(&connection);
        Ok::<_, Infallible>(connection)
    });
    let mut server = Server::builder();
    if let Some(TlsIdentity { certificate, key }) = &options.tls {
        let identity = Identity::from_pem(certificate, key);
        let identified = ServerTlsConfig::new().identity(identity).timeout(GREETING);
        server = server.tls_config(identified)?;
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
