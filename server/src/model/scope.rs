//! Which sources of a store are meant: those whose paths begin so, or match a glob.

use std::fmt;

use super::{
    error::{Error, Reason},
    glob::Glob,
};

/// Which sources are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those whose paths begin with this; all for the empty text.
    Prefix(String),
    /// Those whose whole paths match.
    Glob(Glob),
}

impl Scope {
    /// Reads a scope: a glob if there is a wildcard in it, else a prefix. INVALID_ARGUMENT for what could match no path.
    pub fn new(text: &str) -> Result<Self, Error> {
        let refused = |why: String| {
            Error::new(Reason::InvalidArgument, format!("the glob or prefix {text:?} {why}")).field("sources")
        };
        if text.contains(['*', '?']) {
            return Glob::new(text).map(Self::Glob).map_err(refused);
        }
        if text.starts_with('/') {
            return Err(refused("begins with a slash, and no path of a source does".to_owned()));
        }
        Ok(Self::Prefix(text.to_owned()))
    }

    /// The folder that all of them lie below; empty: the root.
    pub fn folder(&self) -> &str {
        let literal = match self {
            Self::Prefix(prefix) => prefix.as_str(),
            Self::Glob(glob) => {
                let text = glob.as_str();
                &text[..text.find(['*', '?']).unwrap_or(text.len())]
            }
        };
        literal.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether a path is among them.
    pub fn takes(&self, path: &str) -> bool {
        match self {
            Self::Prefix(prefix) => path.starts_with(prefix),
            Self::Glob(glob) => glob.matches(path),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => write!(f, "{prefix}"),
            Self::Glob(glob) => write!(f, "{glob}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_wildcard_makes_a_glob_and_everything_else_is_a_prefix() {
        for (text, folder, taken, left) in [
            ("", "", "a/b.jpg", None),
            ("photos/", "photos", "photos/2024/a.jpg", Some("photo")),
            ("photos/2024-", "photos", "photos/2024-07/a.jpg", Some("photos/2023-07/a.jpg")),
            ("photos/*.jpg", "photos", "photos/a.jpg", Some("photos/2024/a.jpg")),
            ("photos/20?4/**", "photos", "photos/2024/07/a.jpg", Some("photos/20244/a.jpg")),
            ("**/*.png", "", "a.png", Some("a.jpg")),
        ] {
            let scope = Scope::new(text).unwrap();
            assert_eq!(scope.folder(), folder, "{text}");
            assert!(scope.takes(taken), "{text} {taken}");
            assert!(left.is_none_or(|left| !scope.takes(left)), "{text} {left:?}");
        }
    }

    #[test]
    fn what_could_match_nothing_is_refused_with_its_field() {
        for text in ["/photos", "a//*", "x**"] {
            let error = Scope::new(text).unwrap_err();
            assert_eq!(
                (error.reason(), error.at_field()),
                (Reason::InvalidArgument, Some("sources")),
                "{text}"
            );
        }
    }
}
