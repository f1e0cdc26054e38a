//! The HTTP listener: HTTP/1.1 and HTTP/2 in plain text, until it is told to drain.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::net::TcpListener;

use super::{media, refusal::plain};
use crate::engine::{Engine, urls::MEDIA_PREFIX};

/// How long a caller may take to send its headers.
const HEADERS: Duration = Duration::from_secs(10);
/// How long to wait after an error of the listener, such as too many open files.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// Serves until `drained` ends; then takes no new connection and lets the answers in flight end. The
/// caller bounds how long that may take.
pub async fn serve(listener: TcpListener, engine: Engine, drained: impl Future<Output = ()>) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    builder.http2().timer(TokioTimer::new());
    let connections = GracefulShutdown::new();
    tokio::pin!(drained);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(AFTER_ERROR).await;
                    continue;
                }
            },
            () = &mut drained => break,
        };
        // Without it a small answer waits for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let engine = engine.clone();
        let service = service_fn(move |request| {
            let engine = engine.clone();
            async move { Ok::<_, Infallible>(answer(&engine, &request, peer).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // Callers that go away in the middle are everyday.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

async fn answer(
    engine: &Engine,
    request: &hyper::Request<Incoming>,
    peer: SocketAddr,
) -> axum::response::Response {
    if request.uri().path().starts_with(MEDIA_PREFIX) {
        media::answer(engine, request.method(), request.uri(), request.headers(), peer).await
    } else {
        plain(http::StatusCode::NOT_FOUND, format!("media URLs begin with {MEDIA_PREFIX}\n"))
    }
}
