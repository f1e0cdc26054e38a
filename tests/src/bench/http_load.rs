//! Load over HTTP/1.1: connections that are kept alive, each with one request after the other.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, Uri, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

/// What a run came to.
#[derive(Debug, Default, Serialize)]
pub struct Told {
    /// Requests that were answered.
    pub requests: usize,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Answers other than 200.
    pub failed: usize,
    /// One of those.
    pub failure: String,
}

/// When a run ends.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// Each URL was asked for once.
    EachOnce,
    /// So long; URLs are asked for in turn.
    For(Duration),
}

/// Asks for URLs of one server.
pub async fn run(urls: Vec<Uri>, connections: usize, until: Until) -> Told {
    let (urls, next, failures) =
        (Arc::new(urls), Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let authority = urls[0].authority().unwrap().as_str().to_owned();
    let ready = join_all((0..connections).map(|_| connect(&authority))).await;
    let begun = Instant::now();
    let running = ready.into_iter().map(|mut sender| {
        let (urls, next, failures, authority) =
            (urls.clone(), next.clone(), failures.clone(), authority.clone());
        tokio::spawn(async move {
            let mut requests = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let over = match until {
                    Until::EachOnce => number >= urls.len(),
                    Until::For(time) => begun.elapsed() >= time,
                };
                if over {
                    return requests;
                }
                let path = urls[number % urls.len()].path_and_query().unwrap().as_str();
                let request = Request::get(path).header("host", &authority).body(Empty::<Bytes>::new());
                sender.ready().await.unwrap();
                let mut answer = sender.send_request(request.unwrap()).await.unwrap();
                let status = answer.status();
                let mut bytes = 0;
                while let Some(frame) = answer.frame().await {
                    bytes += frame.unwrap().data_ref().map_or(0, Bytes::len);
                }
                if status != 200 || bytes == 0 {
                    failures.lock().unwrap().push(format!("{path}: {status}, {bytes} bytes"));
                }
                requests += 1;
            }
        })
    });
    let requests = join_all(running.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).sum();
    let failures = failures.lock().unwrap();
    Told {
        requests,
        seconds: begun.elapsed().as_secs_f64(),
        failed: failures.len(),
        failure: failures.first().cloned().unwrap_or_default(),
    }
}

async fn connect(authority: &str) -> http1::SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect(authority).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}
