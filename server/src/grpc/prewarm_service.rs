//! `PrewarmService`: renditions ahead of time.

use futures_util::StreamExt;
use rendition_proto::v1::{PrewarmRequest, PrewarmResponse, prewarm_service_server::PrewarmService};
use tonic::{Request, Response, Status};

use super::{auth::Tokens, convert, rendition_service::Answers, status::status};
use crate::engine::Engine;

/// The service.
#[derive(Clone)]
pub struct Prewarming {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
}

#[tonic::async_trait]
impl PrewarmService for Prewarming {
    type PrewarmStream = Answers<PrewarmResponse>;

    async fn prewarm(
        &self,
        request: Request<PrewarmRequest>,
    ) -> Result<Response<Self::PrewarmStream>, Status> {
        let call = self.tokens.call(&request)?;
        let prewarm = convert::prewarm(request.into_inner()).map_err(|error| status(&error))?;
        let told = self.engine.prewarm(&call, prewarm).map_err(|error| status(&error))?;
        Ok(Response::new(told.map(|told| told.map(Into::into).map_err(|error| status(&error))).boxed()))
    }
}
