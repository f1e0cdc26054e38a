//! The HTTP listener: HTTP/1.1 and HTTP/2 in plain text, until it is told to drain.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use futures_util::StreamExt;
use http::{Method, StatusCode, header};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::net::TcpListener;

use super::{
    media,
    patient::Patient,
    policy::{METHODS, MediaPolicy, is_get},
    refusal::plain,
};
use crate::{
    connections::connections,
    engine::{
        Engine,
        urls::{AUTO_PREFIX, MEDIA_PREFIX},
    },
};

/// How long a caller may take to send its headers.
const HEADERS: Duration = Duration::from_secs(10);
/// What a connection holds of answers that its caller has not taken, in bytes.
const UNSENT: usize = 64 << 10;
/// Answers at a time on one connection of HTTP/2.
const STREAMS: u32 = 64;
/// How often a silent caller of HTTP/2 is asked whether it is still there, and how long it has to say so.
const STILL_THERE: Duration = Duration::from_secs(20);

/// Serves until `drained` ends; then takes no new connection and lets the answers in flight end. The
/// caller bounds how long that may take.
pub async fn serve(
    listener: TcpListener,
    engine: Engine,
    policy: MediaPolicy,
    drained: impl Future<Output = ()>,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(UNSENT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_send_buf_size(UNSENT)
        .keep_alive_interval(STILL_THERE)
        .keep_alive_timeout(STILL_THERE);
    let policy = Arc::new(policy);
    let mut incoming = connections(listener, policy.max_connections);
    let served = GracefulShutdown::new();
    tokio::pin!(drained);
    loop {
        let (stream, place, peer) = tokio::select! {
            Some((stream, place)) = incoming.next() => match stream.peer_addr() {
                Ok(peer) => (stream, place, peer),
                // It has gone already.
                Err(_) => continue,
            },
            () = &mut drained => break,
        };
        let (engine, policy) = (engine.clone(), policy.clone());
        let stream = Patient::new(stream, policy.patience);
        let service = service_fn(move |request| {
            let (engine, policy) = (engine.clone(), policy.clone());
            async move { Ok::<_, Infallible>(answer(&engine, &policy, &request, peer).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = served.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            // Callers that go away in the middle are everyday.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(incoming);
    served.shutdown().await;
}

async fn answer(
    engine: &Engine,
    policy: &MediaPolicy,
    request: &hyper::Request<Incoming>,
    peer: SocketAddr,
) -> axum::response::Response {
    let (method, headers, path) = (request.method(), request.headers(), request.uri().path());
    let mut answer = if !path.starts_with(MEDIA_PREFIX) && !path.starts_with(AUTO_PREFIX) {
        let known = format!("media URLs begin with {MEDIA_PREFIX} or {AUTO_PREFIX}\n");
        plain(StatusCode::NOT_FOUND, known)
    } else if is_get(method) {
        media::answer(engine, policy, method, request.uri(), headers, peer).await
    } else if method == Method::OPTIONS {
        policy.options(headers)
    } else {
        let mut answer =
            plain(StatusCode::METHOD_NOT_ALLOWED, "media URLs take GET, HEAD and OPTIONS\n".into());
        answer.headers_mut().insert(header::ALLOW, METHODS);
        answer
    };
    policy.dress(answer.headers_mut(), headers);
    answer
}
