//! The globs that say which sources a named spec is meant for.
//!
//! A glob is matched segment by segment against a whole store path. Within a segment `*` stands for
//! any run of characters and `?` for one; a segment that is `**` stands for any number of segments,
//! also none. Every other character stands for itself; nothing can be escaped, because store paths
//! have no need of `*` and `?`.

use std::fmt;

/// The most bytes that a glob may have.
const LONGEST: usize = 512;

/// A checked glob over store paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// `**`
    Any,
    One(Vec<char>),
}

impl Glob {
    /// Takes a glob, or says why it is none.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} bytes"));
        }
        if text.starts_with('/') {
            return Err("begins with a slash, and no store path does".to_owned());
        }
        let mut segments = Vec::new();
        for segment in text.split('/') {
            match segment {
                "" => return Err("has an empty segment".to_owned()),
                "." | ".." => return Err(format!("has the segment {segment:?}, which no store path has")),
                // Runs of `**` mean what one of them means.
                "**" if segments.last() == Some(&Segment::Any) => {}
                "**" => segments.push(Segment::Any),
                _ if segment.contains("**") => {
                    return Err(format!(
                        "has \"**\" inside of the segment {segment:?}, where only \"*\" has a meaning"
                    ));
                }
                _ => segments.push(Segment::One(segment.chars().collect())),
            }
        }
        Ok(Self { text: text.to_owned(), segments })
    }

    /// The glob as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches the whole of a store path. Takes time in proportion to the product of both
    /// lengths at most.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        wildcard(
            &self.segments,
            &path,
            |segment| *segment == Segment::Any,
            |segment, name| match segment {
                Segment::Any => true,
                Segment::One(pattern) => {
                    let name: Vec<char> = name.chars().collect();
                    wildcard(pattern, &name, |c| *c == '*', |c, other| *c == '?' || c == other)
                }
            },
        )
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Matches a pattern in which `is_any` items stand for any run of items. On a mismatch only the last
/// such run is lengthened: an earlier one has no need to change, as it has met its earliest match.
fn wildcard<P, T>(
    pattern: &[P],
    items: &[T],
    is_any: impl Fn(&P) -> bool,
    matches: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut last_run = None;
    while seen < items.len() {
        if at < pattern.len() && is_any(&pattern[at]) {
            last_run = Some((at + 1, seen));
            at += 1;
        } else if at < pattern.len() && matches(&pattern[at], &items[seen]) {
            at += 1;
            seen += 1;
        } else if let Some((after, from)) = last_run {
            last_run = Some((after, from + 1));
            at = after;
            seen = from + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_any)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn matches(glob: &str, path: &str) -> bool {
        Glob::new(glob).unwrap().matches(path)
    }

    #[test]
    fn a_star_stays_within_its_segment() {
        assert!(matches("photos/*.jpg", "photos/cat.jpg"));
        assert!(matches("photos/*", "photos/cat.jpg"));
        assert!(!matches("photos/*", "photos/2024/cat.jpg"));
        assert!(!matches("photos/*", "photos"));
        assert!(!matches("*", "a/b"));
        assert!(matches("a?c", "abc"));
        assert!(!matches("a?c", "a/c"));
    }

    #[test]
    fn two_stars_stand_for_any_number_of_segments() {
        assert!(matches("avatars/**", "avatars/a.jpg"));
        assert!(matches("avatars/**", "avatars/2024/07/a.jpg"));
        assert!(!matches("avatars/**", "avatar/a.jpg"));
        assert!(matches("**/*.png", "a.png"));
        assert!(matches("**/*.png", "x/y/a.png"));
        assert!(matches("a/**/b/**/c", "a/b/x/b/c"));
        assert!(!matches("a/**/b", "a/b/c"));
        assert!(matches("**", "anything/at/all"));
    }

    #[test]
    fn characters_outside_ascii_are_one_character_each() {
        assert!(matches("?.jpg", "é.jpg"));
        assert!(matches("*/ü*", "ñ/über"));
    }

    #[test]
    fn what_could_match_no_path_is_refused() {
        for (glob, reason) in [
            ("", "empty segment"),
            ("/a", "begins with a slash"),
            ("a//b", "empty segment"),
            ("a/", "empty segment"),
            ("a/../b", "no store path has"),
            ("a/x**", "only \"*\" has a meaning"),
        ] {
            assert!(Glob::new(glob).unwrap_err().contains(reason), "{glob}");
        }
    }

    #[test]
    fn hostile_globs_cost_no_exponential_time() {
        let glob = Glob::new(&format!("{}b", "*a".repeat(200))).unwrap();
        assert!(!glob.matches(&"a".repeat(4000)));
        let glob = Glob::new(&format!("{}z", "**/a/".repeat(80))).unwrap();
        assert!(!glob.matches(&vec!["a"; 1000].join("/")));
    }

    /// The same meaning, by the plainest recursion.
    fn reference<P: PartialEq>(pattern: &[P], items: &[P], any: &P, one: Option<&P>) -> bool {
        match pattern.split_first() {
            None => items.is_empty(),
            Some((first, rest)) if first == any => {
                (0..=items.len()).any(|taken| reference(rest, &items[taken..], any, one))
            }
            Some((first, rest)) => items.split_first().is_some_and(|(item, others)| {
                (first == item || Some(first) == one) && reference(rest, others, any, one)
            }),
        }
    }

    proptest! {
        #[test]
        fn a_segment_matches_as_the_plain_recursion_says(pattern in "[ab*?]{1,8}", name in "[ab]{1,10}") {
            prop_assume!(!pattern.contains("**"));
            let (p, n): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
            prop_assert_eq!(matches(&pattern, &name), reference(&p, &n, &'*', Some(&'?')));
        }

        #[test]
        fn segments_match_as_the_plain_recursion_says(
            pattern in prop::collection::vec(prop::sample::select(vec!["a", "b", "**"]), 1..7),
            path in prop::collection::vec(prop::sample::select(vec!["a", "b"]), 1..8),
        ) {
            prop_assert_eq!(matches(&pattern.join("/"), &path.join("/")), reference(&pattern, &path, &"**", None));
        }

        #[test]
        fn a_path_without_wildcards_matches_itself_alone(path in "[a-z]{1,5}(/[a-z]{1,5}){0,3}", other in "[a-z]{1,5}(/[a-z]{1,5}){0,3}") {
            prop_assert!(matches(&path, &path));
            prop_assert_eq!(matches(&path, &other), path == other);
        }
    }
}
