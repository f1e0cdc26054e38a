//! A stored rendition as an answer: its headers, and as much of it as is asked for.

use std::time::Duration;

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{
    body::body,
    conditions::{Judgement, is_known_by_tag, judge, quoted, range_applies},
    range::{Wanted, wanted},
    refusal::plain,
};
use crate::{
    engine::{StoredMedia, urls::VERSIONED},
    model::{Error, ImageInfo, download::attachment},
    storage::Stat,
};

/// What a URL of the current version may be kept for: about as long as we keep the version ourselves.
const CURRENT: &str = "public, max-age=10";
/// What an older rendition may be kept for that stands in for the one of the URL.
const STALE: &str = "public, max-age=5";

/// About as many headers as an answer has: room for them is made once.
const HEADERS: usize = 12;

/// What browsers show without harm; anything else is saved instead.
const SHOWN: [&str; 5] = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"];

/// How a rendition is asked for.
pub struct Asked<'a> {
    /// GET or HEAD.
    pub method: &'a Method,
    /// The conditions and the range.
    pub headers: &'a HeaderMap,
    /// The name that it is to be saved under.
    pub download: Option<&'a str>,
}

/// Answers with a stored rendition; none if it is gone. The facts as remembered choose what is opened; what is sent goes by the object itself.
pub async fn serve(
    found: &StoredMedia,
    asked: &Asked<'_>,
    patience: Duration,
) -> Result<Option<Response>, Error> {
    let (headers, remembered) = (asked.headers, found.stored.image());
    if is_known_by_tag(headers, &remembered.etag) {
        return Ok(Some(empty(StatusCode::NOT_MODIFIED, found, &remembered.etag)));
    }
    // A range means nothing to any method but GET.
    if asked.method == Method::HEAD {
        let Some(stat) = found.stat().await? else { return Ok(None) };
        let etag = tag(&remembered, &stat);
        return Ok(Some(match judge(headers, &etag, stat.modified) {
            Judgement::NotModified => empty(StatusCode::NOT_MODIFIED, found, &etag),
            Judgement::Failed => empty(StatusCode::PRECONDITION_FAILED, found, &etag),
            Judgement::Send => {
                described(empty(StatusCode::OK, found, &etag), &remembered, &stat, stat.size, asked)
            }
        }));
    }
    let first = match wanted(headers, remembered.size_bytes) {
        Wanted::Part(range)
            if remembered.size_bytes > 0 && range_applies(headers, &remembered.etag, None) =>
        {
            Some(range)
        }
        _ => None,
    };
    let Some(mut opened) = found.open(first.clone()).await? else { return Ok(None) };
    let etag = tag(&remembered, &opened.stat);
    match judge(headers, &etag, opened.stat.modified) {
        Judgement::NotModified => return Ok(Some(empty(StatusCode::NOT_MODIFIED, found, &etag))),
        Judgement::Failed => return Ok(Some(empty(StatusCode::PRECONDITION_FAILED, found, &etag))),
        Judgement::Send => {}
    }
    let size = opened.stat.size;
    let want = match range_applies(headers, &etag, opened.stat.modified) {
        true => wanted(headers, size),
        false => Wanted::Whole,
    };
    let part = match want {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Unsatisfiable => {
            let mut answer =
                plain(StatusCode::RANGE_NOT_SATISFIABLE, "the rendition has no such bytes\n".into());
            answer.headers_mut().insert(header::CONTENT_RANGE, ascii(format!("bytes */{size}")));
            return Ok(Some(answer));
        }
    };
    if part != first {
        match found.open(part.clone()).await? {
            Some(again) => opened = again,
            None => return Ok(None),
        }
    }
    let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let length = part.as_ref().map_or(size, |part| part.end - part.start);
    let mut answer = described(empty(status, found, &etag), &remembered, &opened.stat, length, asked);
    if let Some(part) = part {
        let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        answer.headers_mut().insert(header::CONTENT_RANGE, ascii(range));
    }
    *answer.body_mut() = body(opened.bytes, length, patience).await?;
    Ok(Some(answer))
}

/// The tag of what was opened, which may be younger than what was remembered.
fn tag(remembered: &ImageInfo, stat: &Stat) -> String {
    stat.version.clone().unwrap_or_else(|| remembered.etag.as_ref().to_owned())
}

/// An answer with the headers that go with every status.
fn empty(status: StatusCode, found: &StoredMedia, etag: &str) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    *answer.headers_mut() = HeaderMap::with_capacity(HEADERS);
    let headers = answer.headers_mut();
    if !etag.is_empty() {
        headers.insert(header::ETAG, ascii(quoted(etag)));
    }
    let kept = match (found.stored.is_stale(), found.is_versioned) {
        (true, _) => STALE,
        (false, true) => VERSIONED,
        (false, false) => CURRENT,
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    answer
}

/// The answer with what is said of the bytes.
fn described(
    mut answer: Response,
    image: &ImageInfo,
    stat: &Stat,
    length: u64,
    asked: &Asked<'_>,
) -> Response {
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(image.media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(modified) = stat.modified {
        headers.insert(header::LAST_MODIFIED, ascii(httpdate::fmt_http_date(modified)));
    }
    if let Some(disposition) = disposition(image.media_type, asked.download) {
        headers.insert(header::CONTENT_DISPOSITION, ascii(disposition));
    }
    answer
}

/// How it is to be saved, if it is not to be shown.
fn disposition(media_type: &str, download: Option<&str>) -> Option<String> {
    match download {
        Some(name) => Some(attachment(name)),
        None if SHOWN.contains(&media_type) => None,
        None => Some("attachment".to_owned()),
    }
}

/// A header's value; what cannot stand in one is left out.
fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_nobody_knows_is_saved_and_never_shown() {
        for media_type in ["", "image/svg+xml", "text/html", "application/octet-stream"] {
            assert_eq!(disposition(media_type, None).as_deref(), Some("attachment"), "{media_type}");
        }
        for format in rendition_imaging::Format::ALL {
            assert_eq!(disposition(format.media_type(), None), None, "{format}");
        }
    }
}
