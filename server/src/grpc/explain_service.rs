//! `ExplainService`: tells an operator what a key or a URL is, and why it is as it is.

use rendition_proto::v1::{ExplainRequest, ExplainResponse, explain_service_server::ExplainService};
use tonic::{Request, Response, Status};

use super::{auth::Tokens, convert, status::status};
use crate::engine::Engine;

/// The service.
#[derive(Clone)]
pub struct Explains {
    /// The engine.
    pub engine: Engine,
    /// Who may call.
    pub tokens: Tokens,
}

#[tonic::async_trait]
impl ExplainService for Explains {
    async fn explain(&self, request: Request<ExplainRequest>) -> Result<Response<ExplainResponse>, Status> {
        self.tokens.check(&request)?;
        let subject = convert::subject(request.into_inner()).map_err(|error| status(&error))?;
        let explanation = self.engine.explain(&subject).await.map_err(|error| status(&error))?;
        Ok(Response::new(explanation.into()))
    }
}
