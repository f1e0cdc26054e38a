//! Percent-encoding of what stands in URLs, and the way back.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands in a query as it is: RFC 3986's unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same in a path, and the slashes between segments.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Appends a path, encoded.
pub fn push_path(url: &mut String, path: &str) {
    url.extend(utf8_percent_encode(path, PATH));
}

/// Appends a value of a query, encoded.
pub fn push_value(url: &mut String, value: &str) {
    url.extend(utf8_percent_encode(value, QUERY));
}

/// What a path says, however it is encoded; none if that is not UTF-8.
pub fn decoded(path: &str) -> Option<String> {
    percent_decode_str(path).decode_utf8().ok().map(|path| path.into_owned())
}

/// The one encoding of a path that comes in any.
pub fn canonical(path: &str) -> Option<String> {
    let decoded = decoded(path)?;
    let mut canonical = String::with_capacity(path.len());
    push_path(&mut canonical, &decoded);
    Some(canonical)
}

/// The path in a base of URLs: what follows the host.
pub fn path_of(base: &str) -> &str {
    let rest = base.split_once("://").map_or("", |(_, rest)| rest);
    rest.find('/').map_or("", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_form_whatever_encoding_it_comes_in() {
        assert_eq!(canonical("/r/media/a%20b%2B.jpg/x"), canonical("/r/media/a b+.jpg/%78"));
        assert_eq!(canonical("/r/%ff"), None);
        assert_eq!(path_of("https://img.example.org/a/b"), "/a/b");
        assert_eq!(path_of("https://img.example.org"), "");
    }
}
