//! The bare echo that the server is held against: tonic alone, which takes a message and gives back the
//! bytes that it was started with. They are those of the server's own answer, so both sides send the same
//! bytes both ways, and the echo does not even parse what it gets.

use std::{collections::HashMap, convert::Infallible, path::Path, sync::Arc, task};

use bytes::{Buf, BufMut, Bytes};
use tokio::net::TcpListener;
use tonic::{
    Request, Response, Status,
    body::Body,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::{BoxFuture, Service, http},
    server::{Grpc, NamedService, UnaryService},
    transport::{Server, server::TcpIncoming},
};

/// Serves until the process is killed. `answers` holds a file for each method, named after it.
pub async fn serve(answers: &Path) {
    let mut read = HashMap::new();
    for entry in std::fs::read_dir(answers).unwrap() {
        let entry = entry.unwrap();
        let path = format!("/{}/{}", Echo::NAME, entry.file_name().to_str().unwrap());
        read.insert(path, Bytes::from(std::fs::read(entry.path()).unwrap()));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    eprintln!(r#"{{"fields":{{"grpc":"{}"}}}}"#, listener.local_addr().unwrap());
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let echo = Echo { answers: Arc::new(read) };
    Server::builder().add_service(echo).serve_with_incoming(incoming).await.unwrap();
}

#[derive(Clone)]
struct Echo {
    answers: Arc<HashMap<String, Bytes>>,
}

impl NamedService for Echo {
    const NAME: &'static str = "rendition.v1.RenditionService";
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Infallible>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let answer = Answer(self.answers.get(request.uri().path()).cloned().unwrap_or_default());
        Box::pin(async move { Ok(Grpc::new(Raw).unary(answer, request).await) })
    }
}

struct Answer(Bytes);

impl UnaryService<Bytes> for Answer {
    type Response = Bytes;
    type Future = std::future::Ready<Result<Response<Bytes>, Status>>;

    fn call(&mut self, _: Request<Bytes>) -> Self::Future {
        std::future::ready(Ok(Response::new(self.0.clone())))
    }
}

/// Messages as they are.
#[derive(Clone, Copy, Debug)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
