//! Conditional requests by entity tag (RFC 9110, section 13).

use http::{HeaderMap, HeaderName, header};

/// Whether the caller has these very bytes already. Weak tags count: the comparison is the weak one.
pub fn has_already(headers: &HeaderMap, etag: &str) -> bool {
    !etag.is_empty()
        && listed(headers, &header::IF_NONE_MATCH).is_some_and(|tags| {
            tags.iter().any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == quoted(etag))
        })
}

/// Whether the caller wants these bytes only if they are what it knows, and they are not.
pub fn wants_another(headers: &HeaderMap, etag: &str) -> bool {
    listed(headers, &header::IF_MATCH)
        .is_some_and(|tags| !tags.iter().any(|tag| tag == "*" || *tag == quoted(etag)))
}

/// Whether a range may be sent: without `If-Range`, or if that names these bytes strongly.
pub fn range_applies(headers: &HeaderMap, etag: &str) -> bool {
    match headers.get(header::IF_RANGE) {
        None => true,
        Some(tag) => !etag.is_empty() && tag.as_bytes() == quoted(etag).as_bytes(),
    }
}

/// The tag as it stands in headers.
pub fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

fn listed(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let mut tags = None;
    for value in headers.get_all(name) {
        let tags = tags.get_or_insert_with(Vec::new);
        tags.extend(value.to_str().unwrap_or_default().split(',').map(|tag| tag.trim().to_owned()));
    }
    tags
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn a_tag_in_a_list_weak_or_strong_or_a_star_is_had_already() {
        for value in ["\"a\"", "W/\"a\"", "\"x\", \"a\"", "*"] {
            assert!(has_already(&with(header::IF_NONE_MATCH, value), "a"), "{value}");
        }
        for value in ["a", "\"b\"", "", "\"a"] {
            assert!(!has_already(&with(header::IF_NONE_MATCH, value), "a"), "{value}");
        }
        assert!(!has_already(&with(header::IF_NONE_MATCH, "*"), ""), "what has no tag is sent");
    }

    #[test]
    fn a_weak_tag_makes_no_range_and_no_match() {
        assert!(range_applies(&with(header::IF_RANGE, "\"a\""), "a"));
        assert!(!range_applies(&with(header::IF_RANGE, "W/\"a\""), "a"));
        assert!(wants_another(&with(header::IF_MATCH, "W/\"a\""), "a"));
        assert!(!wants_another(&with(header::IF_MATCH, "\"a\""), "a"));
        assert!(!wants_another(&HeaderMap::new(), "a"));
    }
}
