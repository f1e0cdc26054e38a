//! The version of a source's bytes, and the tag by which it stands in a key.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::error::{Error, Reason};

/// The most bytes that a version may have.
pub const LONGEST_VERSION: usize = 64;
/// The most bytes of a version that stands in a key verbatim.
const LONGEST_VERBATIM: usize = 48;

/// A version of a source: 1 to 64 bytes of text, compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Arc<str>);

impl Version {
    /// Takes a version; INVALID_VERSION if it is empty or too long.
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.len() > LONGEST_VERSION {
            let message = format!(
                "a version has 1 to {LONGEST_VERSION} bytes, this one {}: send a digest of it instead",
                text.len()
            );
            return Err(Error::new(Reason::InvalidVersion, message).field("rendition.source.version"));
        }
        Ok(Self(text.into()))
    }

    /// The version that a store told. A text too long for a version is replaced by its BLAKE3 digest,
    /// so that every store's versions fit.
    pub fn observed(text: &str) -> Self {
        Self::new(text).unwrap_or_else(|_| Self(blake3::hash(text.as_bytes()).to_hex().as_str()[..32].into()))
    }

    /// The version as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a key says which version it is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VersionTag {
    /// `0`: the path alone is the identity.
    Immutable,
    /// The version: verbatim where that is plain, else `~` and its base64url.
    Of(Version),
    /// `~` alone: whichever version the source has when it is asked. It stands in URLs only, never in
    /// a stored key.
    Current,
}

impl VersionTag {
    /// Appends the tag's text.
    ///
    /// The version "0" is written `~MA`, because a bare `0` means [`VersionTag::Immutable`].
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Immutable => out.push('0'),
            Self::Current => out.push('~'),
            Self::Of(version) if is_verbatim(version.as_str()) => out.push_str(version.as_str()),
            Self::Of(version) => {
                out.push('~');
                URL_SAFE_NO_PAD.encode_string(version.as_str(), out);
            }
        }
    }

    /// Reads a tag; none if it is not in the form that [`VersionTag::write`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        let tag = match text {
            "0" => Self::Immutable,
            "~" => Self::Current,
            _ => match text.strip_prefix('~') {
                Some(encoded) => {
                    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
                    Self::Of(Version::new(std::str::from_utf8(&bytes).ok()?).ok()?)
                }
                None if is_verbatim(text) => Self::Of(Version::new(text).ok()?),
                None => return None,
            },
        };
        // One version has one tag: a verbatim one in base64url, say, is not a second name for it.
        let mut canonical = String::with_capacity(text.len());
        tag.write(&mut canonical);
        (canonical == text).then_some(tag)
    }
}

fn is_verbatim(text: &str) -> bool {
    (1..=LONGEST_VERBATIM).contains(&text.len())
        && text != "0"
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn written(tag: &VersionTag) -> String {
        let mut out = String::new();
        tag.write(&mut out);
        out
    }

    #[test]
    fn plain_versions_stand_verbatim_and_others_in_base64url() {
        for (version, tag) in
            [("v7", "v7"), ("18c-2_f", "18c-2_f"), ("0", "~MA"), ("a.b", "~YS5i"), ("é", "~w6k")]
        {
            assert_eq!(written(&VersionTag::Of(Version::new(version).unwrap())), tag);
        }
    }

    #[test]
    fn a_version_has_one_tag_only() {
        assert_eq!(VersionTag::parse("~djc"), None, "v7 in base64url");
        assert_eq!(VersionTag::parse("a.b"), None);
        assert_eq!(VersionTag::parse(""), None);
    }

    proptest! {
        #[test]
        fn every_version_survives_its_tag(text in "\\PC{1,16}") {
            let tag = VersionTag::Of(Version::new(&text).unwrap());
            let written = written(&tag);
            prop_assert!(!written.contains(['.', '/']));
            prop_assert_eq!(VersionTag::parse(&written), Some(tag));
        }
    }
}
