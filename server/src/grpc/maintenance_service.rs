//! `MaintenanceService`: looks after the store of renditions.

use futures_util::StreamExt;
use rendition_proto::v1::{
    CollectGarbageRequest, CollectGarbageResponse, VerifyRequest, VerifyResponse,
    maintenance_service_server::MaintenanceService,
};
use tonic::{Request, Response, Status};

use super::{auth::Tokens, convert, rendition_service::Answers, status::status};
use crate::engine::Engine;

/// The service.
#[derive(Clone)]
pub struct Maintenance {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
}

#[tonic::async_trait]
impl MaintenanceService for Maintenance {
    type CollectGarbageStream = Answers<CollectGarbageResponse>;

    async fn collect_garbage(
        &self,
        request: Request<CollectGarbageRequest>,
    ) -> Result<Response<Self::CollectGarbageStream>, Status> {
        self.tokens.check(&request)?;
        let collect = convert::collect(request.into_inner()).map_err(|error| status(&error))?;
        let told = self.engine.collect(collect).map_err(|error| status(&error))?;
        Ok(Response::new(told.map(|told| told.map(Into::into).map_err(|error| status(&error))).boxed()))
    }

    type VerifyStream = Answers<VerifyResponse>;

    async fn verify(&self, request: Request<VerifyRequest>) -> Result<Response<Self::VerifyStream>, Status> {
        let call = self.tokens.call(&request)?;
        let verify = convert::verify(request.into_inner()).map_err(|error| status(&error))?;
        let told = self.engine.verify(&call, verify).map_err(|error| status(&error))?;
        Ok(Response::new(told.map(|told| told.map(Into::into).map_err(|error| status(&error))).boxed()))
    }
}
