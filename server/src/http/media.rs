//! GET and HEAD of media URLs.

use std::net::SocketAddr;

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use super::{accept::accepted, policy::MediaPolicy, refusal::refuse, stored};
use crate::{
    engine::{
        Engine, MediaContent, MediaRequest, StandIn, deleted_meanwhile,
        gate::Caller,
        request::Call,
        urls::{AUTO_PREFIX, Query},
    },
    model::{Error, State},
};

/// What a placeholder may be kept for: the rendition may be there any moment.
const STAND_IN: HeaderValue = HeaderValue::from_static("public, max-age=5");
/// How often a rendition is looked for that is known to be there and is not.
const LOOKS: u32 = 3;
/// How the rendition stands that a placeholder is shown for.
const RENDITION_STATE: HeaderName = HeaderName::from_static("rendition-state");

/// Answers a GET or a HEAD.
pub async fn answer(
    engine: &Engine,
    policy: &MediaPolicy,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    peer: SocketAddr,
) -> Response {
    let is_negotiated = uri.path().starts_with(AUTO_PREFIX);
    let query = Query::parse(uri.query().unwrap_or_default());
    // What is not signed is not taken from the query.
    let download = query.download.clone().filter(|name| query.signature.is_some() && !name.is_empty());
    let accept = if is_negotiated { accepted(headers) } else { Vec::new() };
    let request = MediaRequest { path: uri.path().to_owned(), query, accept };
    let call = Call::interactive(Caller::Address(peer.ip()), None);
    let answered = async {
        // A rendition that was deleted behind the cache is missing as any other, from the second look on.
        for _ in 0..LOOKS {
            let found = engine.media(&call, &request).await?;
            let answer = match &found.content {
                MediaContent::Stored(stored) => {
                    let asked = stored::Asked { method, headers, download: download.as_deref() };
                    stored::serve(stored, &asked, policy.patience).await?
                }
                MediaContent::StandIn(stand_in) => Some(shown(stand_in, method)),
            };
            if let Some(mut answer) = answer {
                policy.tag(answer.headers_mut(), &found.store, &found.path);
                return Ok(answer);
            }
        }
        Err(deleted_meanwhile())
    };
    let mut answer = answered.await.unwrap_or_else(|error: Error| refuse(&error));
    if is_negotiated {
        answer.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    }
    answer
}

/// A placeholder: whole, without a tag, and for a moment.
fn shown(stand_in: &StandIn, method: &Method) -> Response {
    let mut answer = Response::new(Body::empty());
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(stand_in.media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(stand_in.bytes.len()));
    headers.insert(header::CACHE_CONTROL, STAND_IN);
    headers.insert(RENDITION_STATE, HeaderValue::from_static(word(stand_in.state)));
    if method != Method::HEAD {
        *answer.body_mut() = Body::from(stand_in.bytes.clone());
    }
    *answer.status_mut() = StatusCode::OK;
    answer
}

const fn word(state: State) -> &'static str {
    match state {
        State::Unknown => "unknown",
        State::Absent => "absent",
        State::Queued => "queued",
        State::Generating => "generating",
        State::Ready => "ready",
        State::Failed => "failed",
    }
}
