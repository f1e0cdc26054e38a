//! `SourceService`: what happens to sources, and what was made from them.

use rendition_proto::v1::{
    InspectRequest, InspectResponse, ListRenditionsRequest, ListRenditionsResponse, NotifyDeletedRequest,
    NotifyDeletedResponse, NotifySavedRequest, NotifySavedResponse, PurgeRenditionsRequest,
    PurgeRenditionsResponse, PutSourceRequest, PutSourceResponse, put_source_request::Part,
    source_service_server::SourceService,
};
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status, Streaming};

use super::{auth::Tokens, convert, status::status};
use crate::{
    engine::{Engine, Page, Purge, request::Depth},
    model::{Error, Reason},
};

/// Pages of renditions: the size where none is asked for, and the largest.
const PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 1000;

/// The service.
#[derive(Clone)]
pub struct Sources {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
}

/// The status of an error, whose field the engine names as in a rendition's request.
fn refused(error: Error) -> Status {
    status(&convert::in_source_request(error))
}

/// The same for `PutSource`, whose fields stand in the header.
fn refused_put(error: Error) -> Status {
    let error = convert::in_source_request(error);
    let is_outside = error.at_field().is_some_and(|field| !field.starts_with("header"));
    status(&if is_outside { error.within("header") } else { error })
}

#[tonic::async_trait]
impl SourceService for Sources {
    async fn notify_saved(
        &self,
        request: Request<NotifySavedRequest>,
    ) -> Result<Response<NotifySavedResponse>, Status> {
        let call = self.tokens.call(&request)?;
        let request = request.into_inner();
        let source = convert::named_source(request.source).map_err(refused)?;
        let recipes = convert::recipes(request.recipes).map_err(refused)?;
        let saved = self.engine.saved(&call, &source, &recipes).await.map_err(refused)?;
        Ok(Response::new(saved.into()))
    }

    async fn notify_deleted(
        &self,
        request: Request<NotifyDeletedRequest>,
    ) -> Result<Response<NotifyDeletedResponse>, Status> {
        self.tokens.check(&request)?;
        let source = convert::named_source(request.into_inner().source).map_err(refused)?;
        let buried = self.engine.deleted(&source).await.map_err(refused)?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Response::new(NotifyDeletedResponse {
            removed: count(buried.removed),
            dropped_jobs: count(buried.dropped_jobs),
        }))
    }

    async fn inspect(&self, request: Request<InspectRequest>) -> Result<Response<InspectResponse>, Status> {
        let call = self.tokens.call(&request)?;
        let request = request.into_inner();
        let source = convert::named_source(request.source).map_err(refused)?;
        let depth = if request.header_only { Depth::Header } else { Depth::Placeholder };
        let info = self.engine.inspect(&call, &source, depth).await.map_err(refused)?;
        Ok(Response::new(InspectResponse { source: Some(convert::source_info(info)) }))
    }

    async fn list_renditions(
        &self,
        request: Request<ListRenditionsRequest>,
    ) -> Result<Response<ListRenditionsResponse>, Status> {
        self.tokens.check(&request)?;
        let request = request.into_inner();
        let source = convert::named_source(request.source).map_err(refused)?;
        let selection = convert::selection(&request.spec_id, false).map_err(refused)?;
        let size = if request.page_size == 0 { PAGE } else { request.page_size.min(LARGEST_PAGE) };
        let page = Page { after: request.page_token, size: size as usize };
        let (found, more) = self.engine.inventory(&source, &selection, &page).await.map_err(refused)?;
        let next_page_token = match found.last() {
            Some(last) if more => last.key.as_str().to_owned(),
            _ => String::new(),
        };
        let renditions = found.into_iter().map(Into::into).collect();
        Ok(Response::new(ListRenditionsResponse { renditions, next_page_token }))
    }

    async fn purge_renditions(
        &self,
        request: Request<PurgeRenditionsRequest>,
    ) -> Result<Response<PurgeRenditionsResponse>, Status> {
        self.tokens.check(&request)?;
        let request = request.into_inner();
        let source = convert::named_source(request.source).map_err(refused)?;
        let selection = convert::selection(&request.spec_id, request.stale_only).map_err(refused)?;
        let purge = if request.dry_run { Purge::DryRun } else { Purge::Remove };
        let keys = self.engine.purge(&source, &selection, purge).await.map_err(refused)?;
        let keys = keys.iter().map(|key| key.as_str().to_owned()).collect();
        Ok(Response::new(PurgeRenditionsResponse { keys }))
    }

    async fn put_source(
        &self,
        request: Request<Streaming<PutSourceRequest>>,
    ) -> Result<Response<PutSourceResponse>, Status> {
        let call = self.tokens.call(&request)?;
        let mut parts = request.into_inner();
        let first = within(self.engine.upload_until(), parts.message()).await?;
        let first = first.and_then(|message| message.part);
        let Some(Part::Header(header)) = first else {
            let message = "the first message has no header: it says where the source goes";
            return Err(refused_put(Error::new(Reason::InvalidArgument, message).field("header")));
        };
        let put = convert::put(header).map_err(refused_put)?;
        let mut upload = self.engine.upload(&call, put).await.map_err(refused_put)?;
        while let Some(message) = within(upload.until(), parts.message()).await? {
            match message.part {
                Some(Part::Chunk(chunk)) => upload.push(&chunk).map_err(refused_put)?,
                Some(Part::Header(_)) => {
                    let message = "a second header came: only the first message has one";
                    return Err(refused_put(Error::new(Reason::InvalidArgument, message).field("header")));
                }
                None => {}
            }
        }
        let saved = upload.finish().await.map_err(refused_put)?;
        Ok(Response::new(saved.into()))
    }
}

/// The next part of a source, if it comes in time.
async fn within<T>(until: Instant, part: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    timeout_at(until, part).await.unwrap_or_else(|_| {
        let message = "the source did not come whole in the time of limits.max_wait: send it faster";
        Err(refused_put(Error::new(Reason::DeadlineExceeded, message)))
    })
}
