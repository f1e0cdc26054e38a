//! GET and HEAD of media URLs.

use std::net::SocketAddr;

use axum::{body::Body, response::Response};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;

use super::{
    conditions::{has_already, quoted, range_applies, wants_another},
    range::{Wanted, wanted},
    refusal::{plain, refuse},
};
use crate::{
    engine::{Engine, MediaAnswer, MediaRequest, Opened, gate::Caller, request::Call, urls::Query},
    model::{Error, ImageInfo},
};

/// What a URL that names a version may be kept for: a year, which is for ever.
const VERSIONED: &str = "public, max-age=31536000, immutable";
/// What an older rendition may be kept for that stands in for the one of the URL.
const STALE: &str = "public, max-age=5";
/// What a URL of the current version may be kept for: about as long as we keep the version ourselves.
const CURRENT: &str = "public, max-age=10";

/// Answers a request.
pub async fn answer(
    engine: &Engine,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    peer: SocketAddr,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "media URLs take GET and HEAD\n".into());
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    let query = query(uri.query().unwrap_or_default());
    // What is not signed is not taken from the query.
    let download = query.download.clone().filter(|_| query.signature.is_some());
    let request = MediaRequest { path: uri.path().to_owned(), query };
    let call = Call::interactive(Caller::Address(peer.ip()), None);
    let answered = async {
        let found = engine.media(&call, &request).await?;
        serve(&found, &call, method, headers, download.as_deref()).await
    };
    answered.await.unwrap_or_else(|error: Error| refuse(&error))
}

async fn serve(
    found: &MediaAnswer,
    call: &Call,
    method: &Method,
    headers: &HeaderMap,
    download: Option<&str>,
) -> Result<Response, Error> {
    let image = found.stored.image();
    if has_already(headers, &image.etag) {
        return Ok(empty(StatusCode::NOT_MODIFIED, found, &image));
    }
    // The size as remembered is good enough to choose the range; what is sent goes by the object itself.
    let first = match wanted(headers, image.size_bytes) {
        Wanted::Part(range) if image.size_bytes > 0 && range_applies(headers, &image.etag) => Some(range),
        _ => None,
    };
    let mut opened = found.open(call, first.clone()).await?;
    let image = stored(image, &opened);
    if wants_another(headers, &image.etag) {
        return Ok(empty(StatusCode::PRECONDITION_FAILED, found, &image));
    }
    if has_already(headers, &image.etag) {
        return Ok(empty(StatusCode::NOT_MODIFIED, found, &image));
    }
    let want =
        if range_applies(headers, &image.etag) { wanted(headers, image.size_bytes) } else { Wanted::Whole };
    let part = match want {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Unsatisfiable => {
            let mut answer =
                plain(StatusCode::RANGE_NOT_SATISFIABLE, "the rendition has no such bytes\n".into());
            answer
                .headers_mut()
                .insert(header::CONTENT_RANGE, ascii(&format!("bytes */{}", image.size_bytes)));
            return Ok(answer);
        }
    };
    if part != first {
        opened = found.open(call, part.clone()).await?;
    }
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut answer = empty(status, found, &image);
    let length = part.as_ref().map_or(image.size_bytes, |part| part.end - part.start);
    let out = answer.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(image.media_type));
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(part) = part {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, image.size_bytes);
        out.insert(header::CONTENT_RANGE, ascii(&range));
    }
    if let Some(modified) = opened.stat.modified {
        out.insert(header::LAST_MODIFIED, ascii(&httpdate::fmt_http_date(modified)));
    }
    if let Some(name) = download.filter(|name| !name.is_empty()) {
        out.insert(header::CONTENT_DISPOSITION, ascii(&disposition(name)));
    }
    if method != Method::HEAD {
        *answer.body_mut() = Body::from_stream(opened.bytes.map(|chunk| {
            chunk.inspect_err(|error| tracing::warn!(%error, "a rendition could not be sent to its end"))
        }));
    }
    Ok(answer)
}

/// The facts of what was opened, which may be younger than what was remembered.
fn stored(image: ImageInfo, opened: &Opened) -> ImageInfo {
    let etag = opened.stat.version.as_deref().map_or_else(|| image.etag.clone(), Into::into);
    ImageInfo { size_bytes: opened.stat.size, etag, ..image }
}

/// An answer with the headers that go with every status.
fn empty(status: StatusCode, found: &MediaAnswer, image: &ImageInfo) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    if !image.etag.is_empty() {
        headers.insert(header::ETAG, ascii(&quoted(&image.etag)));
    }
    let cached = match (found.stored.is_stale(), found.is_versioned) {
        (true, _) => STALE,
        (false, true) => VERSIONED,
        (false, false) => CURRENT,
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// A header's value; what cannot stand in one is left out.
fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A download's name, in both forms of RFC 6266.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' { c } else { '_' })
        .collect();
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The parts of a query that we know; of one that comes twice the first counts.
fn query(text: &str) -> Query {
    let mut query = Query::default();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let slot = match name {
            "expires" => &mut query.expires,
            "key" => &mut query.key,
            "signature" => &mut query.signature,
            "spec" => &mut query.spec,
            "download" => &mut query.download,
            _ => continue,
        };
        if slot.is_none() {
            *slot = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
        }
    }
    query
}
