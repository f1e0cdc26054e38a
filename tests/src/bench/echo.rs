//! The bare echo that the server is held against: tonic alone, with the same messages. It takes a request and
//! gives back the answer that it was started with, which is the server's own, so that both sides send the
//! same bytes both ways and what differs is what Rendition does in between.

use std::{path::Path, sync::Arc};

use prost::Message;
use rendition_proto::v1::{
    BatchEnsureGeneratedRequest, BatchEnsureGeneratedResponse, BatchExistsRequest, BatchExistsResponse,
    BatchPictureRequest, BatchPictureResponse, BatchUrlRequest, BatchUrlResponse, EnsureGeneratedRequest,
    EnsureGeneratedResponse, ExistsRequest, ExistsResponse, PictureRequest, PictureResponse, ReadRequest,
    ReadResponse, UrlRequest, UrlResponse, WatchRequest, WatchResponse,
    rendition_service_server::{RenditionService, RenditionServiceServer},
};
use tokio::net::TcpListener;
use tokio_stream::Empty;
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

use super::load::Call;

/// Serves until the process is killed. `answers` holds a file for each method, named after it.
pub async fn serve(answers: &Path) {
    let read = |call: Call| std::fs::read(answers.join(call.name())).unwrap();
    let echo = Echo {
        ensured: EnsureGeneratedResponse::decode(&*read(Call::EnsureGenerated)).unwrap(),
        exists: ExistsResponse::decode(&*read(Call::Exists)).unwrap(),
        url: UrlResponse::decode(&*read(Call::Url)).unwrap(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    eprintln!(r#"{{"fields":{{"grpc":"{}"}}}}"#, listener.local_addr().unwrap());
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let service = RenditionServiceServer::from_arc(Arc::new(echo));
    Server::builder().add_service(service).serve_with_incoming(incoming).await.unwrap();
}

struct Echo {
    ensured: EnsureGeneratedResponse,
    exists: ExistsResponse,
    url: UrlResponse,
}

fn only_echoes<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("the echo has no answer for this call"))
}

#[tonic::async_trait]
impl RenditionService for Echo {
    async fn ensure_generated(
        &self,
        _: Request<EnsureGeneratedRequest>,
    ) -> Result<Response<EnsureGeneratedResponse>, Status> {
        Ok(Response::new(self.ensured.clone()))
    }

    async fn exists(&self, _: Request<ExistsRequest>) -> Result<Response<ExistsResponse>, Status> {
        Ok(Response::new(self.exists.clone()))
    }

    async fn url(&self, _: Request<UrlRequest>) -> Result<Response<UrlResponse>, Status> {
        Ok(Response::new(self.url.clone()))
    }

    async fn batch_ensure_generated(
        &self,
        _: Request<BatchEnsureGeneratedRequest>,
    ) -> Result<Response<BatchEnsureGeneratedResponse>, Status> {
        only_echoes()
    }

    async fn batch_exists(
        &self,
        _: Request<BatchExistsRequest>,
    ) -> Result<Response<BatchExistsResponse>, Status> {
        only_echoes()
    }

    async fn batch_url(&self, _: Request<BatchUrlRequest>) -> Result<Response<BatchUrlResponse>, Status> {
        only_echoes()
    }

    async fn picture(&self, _: Request<PictureRequest>) -> Result<Response<PictureResponse>, Status> {
        only_echoes()
    }

    async fn batch_picture(
        &self,
        _: Request<BatchPictureRequest>,
    ) -> Result<Response<BatchPictureResponse>, Status> {
        only_echoes()
    }

    type WatchStream = Empty<Result<WatchResponse, Status>>;

    async fn watch(&self, _: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        only_echoes()
    }

    type ReadStream = Empty<Result<ReadResponse, Status>>;

    async fn read(&self, _: Request<ReadRequest>) -> Result<Response<Self::ReadStream>, Status> {
        only_echoes()
    }
}
