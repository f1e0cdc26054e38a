//! The names that an operator gives to stores and specs.

use std::{borrow::Borrow, fmt, sync::Arc};

use super::error::{Error, Reason};

/// The word that labels renditions of inline specs, and so names no spec.
pub const INLINE: &str = "inline";

/// Whether `text` is `[a-z][a-z0-9_-]*` of at most `longest` bytes.
pub fn is_name(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}

macro_rules! name {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(StoreName, "The name of a store: `[a-z][a-z0-9_-]{0,31}`.");
name!(SpecId, "The id of a named spec: `[a-z][a-z0-9_-]{0,47}`, but not `inline`.");

impl StoreName {
    /// Takes a store's name; STORE_NOT_FOUND for what can be no store's name.
    pub fn new(text: &str) -> Result<Self, Error> {
        if is_name(text, 32) {
            Ok(Self(text.into()))
        } else {
            Err(Error::new(
                Reason::StoreNotFound,
                format!(
                    "{text:?} can be no store's name: a lower case letter, then up to 31 of a-z, 0-9, _ and -"
                ),
            )
            .field("rendition.source.store"))
        }
    }
}

impl SpecId {
    /// Takes a spec's id; SPEC_NOT_FOUND for what can be no spec's id.
    pub fn new(text: &str) -> Result<Self, Error> {
        if is_name(text, 48) && text != INLINE {
            Ok(Self(text.into()))
        } else {
            Err(Error::new(
                Reason::SpecNotFound,
                format!("{text:?} can be no spec's id: a lower case letter, then up to 47 of a-z, 0-9, _ and -; inline is reserved"),
            )
            .field("rendition.recipe.spec_id"))
        }
    }
}
