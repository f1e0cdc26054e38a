//! What the operator says of every answer: who may use it from a page of their own, and how caches find it again.

use std::time::Duration;

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::model::{SourcePath, StoreName};

/// Nothing that we send is to run or to load anything, whatever a browser takes it for.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// The request's headers that mean something to us, beyond those that every page may send.
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "if-match, if-modified-since, if-none-match, if-range, if-unmodified-since, range",
);
/// The answer's headers that a page may read, beyond those that it always may.
const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("accept-ranges, content-disposition, content-range, etag, retry-after");
/// How long a browser may remember what it is allowed: a day.
const ALLOWED_FOR: HeaderValue = HeaderValue::from_static("86400");
/// What media URLs take.
pub const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// What holds for all answers of the endpoint.
#[derive(Clone, Debug)]
pub struct MediaPolicy {
    /// The pages that may read answers.
    pub origins: Origins,
    /// The pages that may show them: the value of `Cross-Origin-Resource-Policy`.
    pub resource_policy: HeaderValue,
    /// The header that names the source to caches; none: no header does.
    pub cache_tag: Option<HeaderName>,
    /// How long a caller may take nothing of its answer before it is cut off.
    pub patience: Duration,
    /// Connections at a time; further ones wait.
    pub max_connections: usize,
}

/// The origins whose pages may read answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// All of them.
    Any,
    /// These, perhaps none.
    These(Vec<HeaderValue>),
}

impl MediaPolicy {
    /// Puts the headers on an answer that every answer has.
    pub fn dress(&self, answer: &mut HeaderMap, request: &HeaderMap) {
        answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        answer.insert(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
        answer.insert(CROSS_ORIGIN_RESOURCE_POLICY, self.resource_policy.clone());
        if matches!(&self.origins, Origins::These(origins) if !origins.is_empty()) {
            // Also for those who are not allowed, or a cache would give them the answer of those who are.
            answer.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(allowed) = self.allowed(request) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        }
    }

    /// The answer to OPTIONS: what media URLs take, and for a browser that asks ahead, what its page may send.
    pub fn options(&self, request: &HeaderMap) -> Response {
        let mut answer = Response::default();
        *answer.status_mut() = StatusCode::NO_CONTENT;
        let headers = answer.headers_mut();
        headers.insert(header::ALLOW, METHODS);
        if request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) && self.allowed(request).is_some() {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, ALLOWED_FOR);
        }
        answer
    }

    /// Names the source to caches, so that all that was made from it can be removed there at once.
    pub fn tag(&self, answer: &mut HeaderMap, store: &StoreName, path: &SourcePath) {
        if let Some(name) = &self.cache_tag
            && let Ok(tag) = HeaderValue::try_from(cache_tag(store, path))
        {
            answer.insert(name, tag);
        }
    }

    /// The origin that may read the answer, as the answer says it; none: the page that asks may not.
    fn allowed(&self, request: &HeaderMap) -> Option<HeaderValue> {
        match &self.origins {
            Origins::Any => Some(HeaderValue::from_static("*")),
            Origins::These(origins) => {
                request.get(header::ORIGIN).filter(|origin| origins.contains(origin)).cloned()
            }
        }
    }
}

/// The tag of a source: `{store}/{path}`, percent-encoded as in its URLs, so that neither spaces nor commas stand in it. The
/// longest that caches take is 1,024 bytes: of a longer one, the beginning and the BLAKE3 digest of the whole.
fn cache_tag(store: &StoreName, path: &SourcePath) -> String {
    const LONGEST: usize = 1024;
    const DIGEST: usize = 32;
    let mut tag = crate::engine::urls::encoded(&format!("{store}/{path}"));
    if tag.len() > LONGEST {
        let digest = blake3::hash(tag.as_bytes()).to_hex();
        tag.truncate(LONGEST - DIGEST - 1);
        tag.push('~');
        tag.push_str(&digest.as_str()[..DIGEST]);
    }
    tag
}

/// Whether a method asks for bytes, or for what it would get.
pub fn is_get(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_tag_has_no_separators_and_is_not_too_long_and_two_long_ones_differ() {
        let store = StoreName::new("media").unwrap();
        let tag = |path: &str| cache_tag(&store, &SourcePath::new(path).unwrap());
        assert_eq!(tag("a b,c/ü.jpg"), "media/a%20b%2Cc/%C3%BC.jpg");
        let long = "ü".repeat(120);
        let (one, other) = (tag(&format!("{long}/{long}/a")), tag(&format!("{long}/{long}/b")));
        assert_eq!((one.len(), other.len()), (1024, 1024));
        assert_ne!(one, other);
    }
}
