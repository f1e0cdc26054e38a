//! `SpecService`: shows the configured specs.

use rendition_proto::v1::{
    GetSpecRequest, GetSpecResponse, ListSpecsRequest, ListSpecsResponse, NamedSpec,
    spec_service_server::SpecService,
};
use tonic::{Request, Response, Status};

use super::{auth::Tokens, convert, status::status};
use crate::{
    engine::Engine,
    model::{Error, Reason, SpecId},
};

/// Pages of specs: the size where none is asked for, and the largest.
const PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 1000;

/// The service.
#[derive(Clone)]
pub struct SpecList {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
}

#[tonic::async_trait]
impl SpecService for SpecList {
    async fn list_specs(
        &self,
        request: Request<ListSpecsRequest>,
    ) -> Result<Response<ListSpecsResponse>, Status> {
        self.tokens.check(&request)?;
        let request = request.into_inner();
        let after = Some(request.page_token).filter(|token| !token.is_empty());
        if let Some(token) = &after
            && SpecId::new(token).is_err()
        {
            let message = format!("{token:?} is no page token: take next_page_token of the page before");
            return Err(status(&Error::new(Reason::InvalidArgument, message).field("page_token")));
        }
        let size = if request.page_size == 0 { PAGE } else { request.page_size.min(LARGEST_PAGE) } as usize;
        let mut specs = self.engine.specs(after.as_deref(), size + 1);
        let more = specs.len() > size;
        specs.truncate(size);
        let next_page_token = match specs.last() {
            Some(last) if more => last.named.id.as_str().to_owned(),
            _ => String::new(),
        };
        let specs: Vec<NamedSpec> = specs.iter().map(|spec| convert::named_spec(spec)).collect();
        Ok(Response::new(ListSpecsResponse { specs, next_page_token }))
    }

    async fn get_spec(&self, request: Request<GetSpecRequest>) -> Result<Response<GetSpecResponse>, Status> {
        self.tokens.check(&request)?;
        let id = request.into_inner().id;
        let spec = SpecId::new(&id).and_then(|id| self.engine.spec(&id));
        let spec = spec.map_err(|error| status(&error.field("id")))?;
        Ok(Response::new(GetSpecResponse { spec: Some(convert::named_spec(&spec)) }))
    }
}
