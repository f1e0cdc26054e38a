//! `RenditionService`: converts, asks the engine, converts back.

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use rendition_proto::v1::{
    BatchEnsureGeneratedRequest, BatchEnsureGeneratedResponse, BatchExistsRequest, BatchExistsResponse,
    BatchPictureRequest, BatchPictureResponse, BatchUrlRequest, BatchUrlResponse, EnsureGeneratedRequest,
    EnsureGeneratedResponse, EnsureGeneratedResult, ExistsRequest, ExistsResponse, ExistsResult,
    PictureRequest, PictureResponse, PictureResult, ReadRequest, ReadResponse, UrlRequest, UrlResponse,
    UrlResult, WatchRequest, WatchResponse, WatchUpdate, ensure_generated_result, exists_result,
    picture_result, read_response, rendition_service_server::RenditionService, url_result,
};
use tonic::{Request, Response, Status};

use super::{
    auth::Tokens,
    convert,
    status::{item, status},
};
use crate::{
    as_taken::as_taken,
    engine::{Engine, request::Recipe},
    model::Error,
};

/// The most bytes of a chunk of `Read`.
const CHUNK: usize = 64 << 10;

/// The service.
#[derive(Clone)]
pub struct Renditions {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
    /// How long a caller of `Read` may take nothing.
    pub patience: Duration,
}

/// The stream of a call's answers.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Answers the valid ones of several requests and puts every answer in its place: what is wrong with one
/// item stays with that item.
async fn each<Q, R, A, F>(
    requests: Vec<Result<Q, Error>>,
    ask: impl FnOnce(Vec<Q>) -> F,
) -> Result<Vec<Result<A, Error>>, Status>
where
    F: Future<Output = Result<Vec<Result<R, Error>>, Error>>,
    R: Into<A>,
{
    let mut valid = Vec::with_capacity(requests.len());
    let places: Vec<Result<(), Error>> =
        requests.into_iter().map(|request| request.map(|request| valid.push(request))).collect();
    let mut answers = ask(valid).await.map_err(|error| status(&error))?.into_iter();
    let missing = || Err(Error::internal("an item of the batch has no answer"));
    Ok(places
        .into_iter()
        .map(|place| place.and_then(|()| answers.next().unwrap_or_else(missing)).map(Into::into))
        .collect())
}

/// The answer to a single request.
fn answer<R: Into<A>, A>(result: Result<R, Error>) -> Result<Response<A>, Status> {
    match result {
        Ok(result) => Ok(Response::new(result.into())),
        Err(error) => Err(status(&error)),
    }
}

impl Renditions {
    async fn ensure_all(
        &self,
        call: &crate::engine::request::Call,
        requests: Vec<EnsureGeneratedRequest>,
    ) -> Result<Vec<Result<EnsureGeneratedResponse, Error>>, Status> {
        self.check_batch(requests.len())?;
        let requests = requests.into_iter().map(convert::ensure).collect();
        each(requests, |items| async move { self.engine.ensure_whole(call, &items).await }).await
    }

    async fn picture_all(
        &self,
        call: &crate::engine::request::Call,
        requests: Vec<PictureRequest>,
    ) -> Result<Vec<Result<PictureResponse, Error>>, Status> {
        self.check_batch(requests.len())?;
        let requests = requests.into_iter().map(convert::picture_request).collect();
        let ask = |items: Vec<_>| async move {
            let answers = self.engine.pictures(call, &items).await?;
            Ok(answers.into_iter().map(|answer| answer.map_err(convert::in_source_request)).collect())
        };
        each(requests, ask).await
    }

    async fn exists_all(
        &self,
        call: &crate::engine::request::Call,
        requests: Vec<ExistsRequest>,
    ) -> Result<Vec<Result<ExistsResponse, Error>>, Status> {
        self.check_batch(requests.len())?;
        let requests = requests.into_iter().map(convert::exists).collect();
        each(requests, |items| async move { self.engine.exists(call, &items).await }).await
    }

    async fn url_all(&self, requests: Vec<UrlRequest>) -> Result<Vec<Result<UrlResponse, Error>>, Status> {
        self.check_batch(requests.len())?;
        let requests = requests.into_iter().map(convert::url).collect();
        each(requests, |items| async move { self.engine.urls(&items).await }).await
    }

    /// Invalid items do not reach the engine, so the whole batch is counted here.
    fn check_batch(&self, items: usize) -> Result<(), Status> {
        self.engine.check_batch(items, "requests").map_err(|error| status(&error))
    }
}

#[tonic::async_trait]
impl RenditionService for Renditions {
    async fn ensure_generated(
        &self,
        request: Request<EnsureGeneratedRequest>,
    ) -> Result<Response<EnsureGeneratedResponse>, Status> {
        let call = self.tokens.call(&request)?;
        let item = convert::ensure(request.into_inner()).map_err(|error| status(&error))?;
        match item.rendition.recipe {
            Recipe::Family(_) => answer(self.engine.ensure_family(&call, &item).await),
            Recipe::Named(_) | Recipe::Inline(_) => answer(self.engine.ensure_one(&call, &item).await),
        }
    }

    async fn batch_ensure_generated(
        &self,
        request: Request<BatchEnsureGeneratedRequest>,
    ) -> Result<Response<BatchEnsureGeneratedResponse>, Status> {
        use ensure_generated_result::Result as Item;
        let call = self.tokens.call(&request)?;
        let answers = self.ensure_all(&call, request.into_inner().requests).await?;
        let results = answers.into_iter().map(|answer| {
            let result = answer.map_or_else(|error| Item::Error(item(&error)), Item::Response);
            EnsureGeneratedResult { result: Some(result) }
        });
        Ok(Response::new(BatchEnsureGeneratedResponse { results: results.collect() }))
    }

    async fn exists(&self, request: Request<ExistsRequest>) -> Result<Response<ExistsResponse>, Status> {
        let call = self.tokens.call(&request)?;
        let item = convert::exists(request.into_inner()).map_err(|error| status(&error))?;
        answer(self.engine.exists_one(&call, &item).await)
    }

    async fn batch_exists(
        &self,
        request: Request<BatchExistsRequest>,
    ) -> Result<Response<BatchExistsResponse>, Status> {
        use exists_result::Result as Item;
        let call = self.tokens.call(&request)?;
        let answers = self.exists_all(&call, request.into_inner().requests).await?;
        let results = answers.into_iter().map(|answer| {
            let result = answer.map_or_else(|error| Item::Error(item(&error)), Item::Response);
            ExistsResult { result: Some(result) }
        });
        Ok(Response::new(BatchExistsResponse { results: results.collect() }))
    }

    async fn url(&self, request: Request<UrlRequest>) -> Result<Response<UrlResponse>, Status> {
        self.tokens.check(&request)?;
        let (rendition, options) = convert::url(request.into_inner()).map_err(|error| status(&error))?;
        answer(self.engine.url(&rendition, &options).await)
    }

    async fn batch_url(
        &self,
        request: Request<BatchUrlRequest>,
    ) -> Result<Response<BatchUrlResponse>, Status> {
        use url_result::Result as Item;
        self.tokens.check(&request)?;
        let answers = self.url_all(request.into_inner().requests).await?;
        let results = answers.into_iter().map(|answer| {
            let result = answer.map_or_else(|error| Item::Error(item(&error)), Item::Response);
            UrlResult { result: Some(result) }
        });
        Ok(Response::new(BatchUrlResponse { results: results.collect() }))
    }

    async fn picture(&self, request: Request<PictureRequest>) -> Result<Response<PictureResponse>, Status> {
        let call = self.tokens.call(&request)?;
        let item = convert::picture_request(request.into_inner()).map_err(|error| status(&error))?;
        answer(self.engine.picture(&call, &item).await.map_err(convert::in_source_request))
    }

    async fn batch_picture(
        &self,
        request: Request<BatchPictureRequest>,
    ) -> Result<Response<BatchPictureResponse>, Status> {
        use picture_result::Result as Item;
        let call = self.tokens.call(&request)?;
        let answers = self.picture_all(&call, request.into_inner().requests).await?;
        let results = answers.into_iter().map(|answer| {
            let result = answer.map_or_else(|error| Item::Error(item(&error)), Item::Response);
            PictureResult { result: Some(result) }
        });
        Ok(Response::new(BatchPictureResponse { results: results.collect() }))
    }

    type WatchStream = Answers<WatchResponse>;

    async fn watch(&self, request: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        self.tokens.check(&request)?;
        let renditions = request.into_inner().renditions.into_iter().enumerate().map(|(index, rendition)| {
            convert::rendition_ref(Some(rendition))
                .map_err(|error| status(&error.rendition_at(&format!("renditions[{index}]"))))
        });
        let renditions = renditions.collect::<Result<Vec<_>, _>>()?;
        let updates = self.engine.watch(renditions).map_err(|error| status(&error))?;
        let answers = updates.map(|updates| {
            let updates =
                updates.map_err(|error| status(&error))?.into_iter().map(|(index, view)| WatchUpdate {
                    index: u32::try_from(index).unwrap_or(u32::MAX),
                    rendition: Some(convert::rendition(view)),
                });
            Ok(WatchResponse { updates: updates.collect() })
        });
        Ok(Response::new(answers.boxed()))
    }

    type ReadStream = Answers<ReadResponse>;

    async fn read(&self, request: Request<ReadRequest>) -> Result<Response<Self::ReadStream>, Status> {
        let call = self.tokens.call(&request)?;
        let rendition =
            convert::rendition_ref(request.into_inner().rendition).map_err(|error| status(&error))?;
        let (view, opened) = self.engine.read(&call, &rendition).await.map_err(|error| status(&error))?;
        let header = ReadResponse { part: Some(read_response::Part::Header(convert::rendition(view))) };
        let chunks = as_taken(opened.bytes, self.patience).flat_map(|bytes| match bytes {
            Ok(bytes) => stream::iter(chunks(bytes).into_iter().map(Ok).collect::<Vec<_>>()),
            Err(error) => stream::iter(vec![Err(status(&error))]),
        });
        Ok(Response::new(stream::iter([Ok(header)]).chain(chunks).boxed()))
    }
}

/// Cuts bytes into messages of at most [`CHUNK`] each.
fn chunks(mut bytes: Bytes) -> Vec<ReadResponse> {
    let mut chunks = Vec::with_capacity(bytes.len().div_ceil(CHUNK));
    while !bytes.is_empty() {
        let chunk = bytes.split_to(bytes.len().min(CHUNK));
        chunks.push(ReadResponse { part: Some(read_response::Part::Chunk(chunk)) });
    }
    chunks
}
