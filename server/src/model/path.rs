//! The path of a source inside its store, checked before any storage sees it.

use std::{fmt, sync::Arc};

use super::{
    error::{Error, Reason},
    key,
};

/// The most bytes that a path may have: what every store takes with the key's file name after it.
pub const LONGEST_PATH: usize = 512;
/// The most bytes that a segment may have: what file systems take.
pub const LONGEST_SEGMENT: usize = 255;

/// A path that names one object below a store's root and nothing else: relative, segments separated
/// by single slashes, none of them able to climb, to hide or to be taken for a rendition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePath(Arc<str>);

impl SourcePath {
    /// Takes a path; INVALID_PATH names what is wrong with it.
    pub fn new(text: &str) -> Result<Self, Error> {
        match fault(text) {
            None => Ok(Self(text.into())),
            Some(fault) => {
                let shown: String = text.chars().take(80).collect();
                Err(Error::new(Reason::InvalidPath, format!("the path {shown:?} {fault}"))
                    .field("rendition.source.path"))
            }
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn fault(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("is empty: name the source's path inside its store".into());
    }
    if text.len() > LONGEST_PATH {
        return Some(format!("has {} bytes: at most {LONGEST_PATH} are allowed", text.len()));
    }
    if text.starts_with('/') {
        return Some("is absolute: leave out the slash in front".into());
    }
    if text.trim() != text {
        return Some(
            "begins or ends with white space, which remote stores do not keep: rename the source".into(),
        );
    }
    if let Some(bad) = text.chars().find(|&c| c.is_control() || c == '\\') {
        return Some(format!(
            "has the character {bad:?}: control characters and backslashes are not allowed"
        ));
    }
    for segment in text.split('/') {
        if segment.is_empty() {
            return Some("has an empty segment: segments are separated by single slashes".into());
        }
        if segment == "." || segment == ".." {
            return Some(format!("has the segment {segment:?}: name the place itself"));
        }
        if segment.len() > LONGEST_SEGMENT {
            return Some(format!("has a segment of {} bytes: at most {LONGEST_SEGMENT}", segment.len()));
        }
        if segment.starts_with(RESERVED) {
            return Some(format!(
                "has the segment {segment:?}: names with {RESERVED:?} in front are the server's own"
            ));
        }
        if key::is_rendition_file(segment) {
            return Some(format!(
                "has the segment {segment:?}: that is the name of a rendition, not of a source"
            ));
        }
    }
    None
}

/// What the names of the server's own files in a store begin with.
pub const RESERVED: &str = ".rendition";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_paths_are_refused_by_reason_and_field() {
        let long = "a/".repeat(300);
        let wide = "a".repeat(256);
        for path in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "a/../b",
            "a/..",
            "./a",
            "a//b",
            "a/",
            "a\0b",
            "a\\b",
            "a\nb",
            &long,
            &wide,
            ".rendition-tmp/x",
            " a.jpg",
            "a.jpg ",
            "a.jpg\u{a0}",
            " ",
            "a/avatar.0.0123456789abcdef0123456789abcdef.webp",
        ] {
            let error = SourcePath::new(path).unwrap_err();
            assert_eq!(error.reason(), Reason::InvalidPath, "{path:?}");
            assert_eq!(error.at_field(), Some("rendition.source.path"));
        }
    }

    #[test]
    fn odd_but_honest_paths_are_taken() {
        for path in [
            "cat.jpg",
            "a/b/c.png",
            "größe 100%+.jpg",
            "...",
            "a/.hidden",
            "日本/猫.jpg",
            "a?b#c&d",
            "my cat.jpg",
            "a /b.jpg",
        ] {
            assert_eq!(SourcePath::new(path).unwrap().as_str(), path);
        }
    }

    proptest! {
        #[test]
        fn a_path_that_is_taken_stays_below_its_root(text in "[./a\\\\\u{0}-\u{ff}]{0,24}") {
            if let Ok(path) = SourcePath::new(&text) {
                let mut depth = 0_i32;
                for component in std::path::Path::new(path.as_str()).components() {
                    prop_assert!(matches!(component, std::path::Component::Normal(_)));
                    depth += 1;
                }
                prop_assert_eq!(depth as usize, text.split('/').count());
            }
        }
    }
}
