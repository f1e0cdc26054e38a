//! Conditional requests (RFC 9110, section 13).

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, header};

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The caller wants the bytes.
    Send,
    /// It has them already.
    NotModified,
    /// It wants others only.
    Failed,
}

/// Judges the conditions in the order of section 13.2.2: `If-Match` or else `If-Unmodified-Since`; then `If-None-Match`
/// or else `If-Modified-Since`.
pub fn judge(headers: &HeaderMap, etag: &str, modified: Option<SystemTime>) -> Judgement {
    let modified = modified.map(whole_seconds);
    let meant = match listed(headers, &header::IF_MATCH) {
        Some(tags) => tags.iter().any(|tag| tag == "*" || *tag == quoted(etag)),
        None => match (date(headers, &header::IF_UNMODIFIED_SINCE), modified) {
            (Some(date), Some(modified)) => modified <= date,
            _ => true,
        },
    };
    if !meant {
        return Judgement::Failed;
    }
    let known = match headers.contains_key(header::IF_NONE_MATCH) {
        true => has_already(headers, etag),
        false => match (date(headers, &header::IF_MODIFIED_SINCE), modified) {
            (Some(date), Some(modified)) => modified <= date,
            _ => false,
        },
    };
    if known { Judgement::NotModified } else { Judgement::Send }
}

/// Whether the entity tag alone says that the caller has these very bytes already. Weak tags count: the comparison is the
/// weak one.
pub fn is_known_by_tag(headers: &HeaderMap, etag: &str) -> bool {
    !headers.contains_key(header::IF_MATCH)
        && !headers.contains_key(header::IF_UNMODIFIED_SINCE)
        && has_already(headers, etag)
}

fn has_already(headers: &HeaderMap, etag: &str) -> bool {
    !etag.is_empty()
        && listed(headers, &header::IF_NONE_MATCH).is_some_and(|tags| {
            tags.iter().any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == quoted(etag))
        })
}

/// Whether a range may be sent: without `If-Range`, or if that names these bytes by a strong tag or by their very date.
pub fn range_applies(headers: &HeaderMap, etag: &str, modified: Option<SystemTime>) -> bool {
    let Some(named) = headers.get(header::IF_RANGE) else { return true };
    if !etag.is_empty() && named.as_bytes() == quoted(etag).as_bytes() {
        return true;
    }
    matches!((date(headers, &header::IF_RANGE), modified.map(whole_seconds)), (Some(date), Some(modified)) if date == modified)
}

/// The tag as it stands in headers.
pub fn quoted(etag: &str) -> String {
    ["\"", etag, "\""].concat()
}

fn listed(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let mut tags = None;
    for value in headers.get_all(name) {
        let tags = tags.get_or_insert_with(Vec::new);
        tags.extend(value.to_str().unwrap_or_default().split(',').map(|tag| tag.trim().to_owned()));
    }
    tags
}

/// A header's date; what is none counts as if it were not there.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

/// A time as precise as headers are.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const BEFORE: &str = "Tue, 14 Nov 2023 22:13:19 GMT";
    const THEN: &str = "Tue, 14 Nov 2023 22:13:20 GMT";

    /// [`THEN`], and half a second.
    fn then() -> Option<SystemTime> {
        Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500))
    }

    fn with(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        HeaderMap::from_iter(pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())))
    }

    fn judged(pairs: &[(HeaderName, &str)]) -> Judgement {
        judge(&with(pairs), "a", then())
    }

    #[test]
    fn a_tag_in_a_list_weak_or_strong_or_a_star_is_had_already() {
        for value in ["\"a\"", "W/\"a\"", "\"x\", \"a\"", "*"] {
            assert_eq!(judged(&[(header::IF_NONE_MATCH, value)]), Judgement::NotModified, "{value}");
        }
        for value in ["a", "\"b\"", "", "\"a"] {
            assert_eq!(judged(&[(header::IF_NONE_MATCH, value)]), Judgement::Send, "{value}");
        }
        let star = with(&[(header::IF_NONE_MATCH, "*")]);
        assert!(!is_known_by_tag(&star, ""), "what has no tag is sent");
    }

    #[test]
    fn a_date_counts_only_where_there_is_no_tag() {
        let since = header::IF_MODIFIED_SINCE;
        assert_eq!(judged(&[(since.clone(), THEN)]), Judgement::NotModified);
        assert_eq!(judged(&[(since.clone(), BEFORE)]), Judgement::Send);
        assert_eq!(judged(&[(since.clone(), "yesterday")]), Judgement::Send);
        assert_eq!(judged(&[(since.clone(), THEN), (header::IF_NONE_MATCH, "\"b\"")]), Judgement::Send);
        assert_eq!(judge(&with(&[(since, THEN)]), "a", None), Judgement::Send);
    }

    #[test]
    fn who_wants_other_bytes_is_told_so_before_anything_else() {
        let failed = [
            (header::IF_MATCH, "W/\"a\""),
            (header::IF_MATCH, "\"b\""),
            (header::IF_UNMODIFIED_SINCE, BEFORE),
        ];
        for pair in failed {
            assert_eq!(judged(&[pair.clone(), (header::IF_NONE_MATCH, "*")]), Judgement::Failed, "{pair:?}");
        }
        let met = [(header::IF_MATCH, "\"a\""), (header::IF_UNMODIFIED_SINCE, BEFORE)];
        assert_eq!(judged(&met), Judgement::Send, "a date is not looked at beside a tag");
        assert_eq!(judged(&[(header::IF_UNMODIFIED_SINCE, THEN)]), Judgement::Send);
    }

    #[test]
    fn a_range_is_of_the_bytes_that_a_strong_tag_or_the_very_date_names() {
        let applies = |value| range_applies(&with(&[(header::IF_RANGE, value)]), "a", then());
        assert!(applies("\"a\"") && applies(THEN));
        assert!(!applies("W/\"a\"") && !applies(BEFORE) && !applies("nonsense"));
    }
}
