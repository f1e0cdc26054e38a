//! Errors as HTTP answers: a status, the reason and the way out in plain text, never cached.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::model::{Error, Reason};

/// The status of a reason.
const fn code(reason: Reason) -> StatusCode {
    match reason {
        Reason::SourceNotFound | Reason::SpecNotFound | Reason::StoreNotFound => StatusCode::NOT_FOUND,
        Reason::SourceDeleted => StatusCode::GONE,
        Reason::NotPermitted | Reason::InlineSpecsDisabled => StatusCode::FORBIDDEN,
        Reason::Unauthenticated => StatusCode::UNAUTHORIZED,
        Reason::InvalidPath
        | Reason::InvalidSpec
        | Reason::InvalidVersion
        | Reason::InvalidArgument
        | Reason::UrlKindUnsupported
        | Reason::BatchTooLarge
        | Reason::MessageTooLarge => StatusCode::BAD_REQUEST,
        Reason::SourceUndecodable | Reason::SourceUnsupported | Reason::SourceLimitExceeded => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Reason::SourceChanged | Reason::SourceExists | Reason::CollectionUnsafe => StatusCode::CONFLICT,
        Reason::Overloaded | Reason::StorageFull | Reason::StorageUnavailable | Reason::ShuttingDown => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Reason::GenerationTimeout | Reason::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Reason::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer for an error.
pub fn refuse(error: &Error) -> Response {
    let status = code(error.reason());
    if status.is_server_error() {
        tracing::warn!(%error, "a media request failed");
    }
    let mut answer = plain(status, format!("{error}\n"));
    if let Some(wait) = error.wait() {
        // Whole seconds, and not so few that the caller is back too early.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// A short text that is not to be cached.
pub fn plain(status: StatusCode, text: String) -> Response {
    let mut answer = (status, text).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
