//! The digest of a spec: what tells renditions of one source version apart in their keys.

use std::fmt;

use rendition_imaging::Spec;

/// BLAKE3 over a resolved spec's canonical encoding, cut to 128 bits, in lower case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; Digest::LENGTH]);

impl Digest {
    /// Hexadecimal digits.
    pub const LENGTH: usize = 32;

    /// The digest of a spec whose output is resolved to one format.
    pub fn of(spec: &Spec) -> Self {
        Self::cut(&blake3::hash(&spec.canonical()))
    }

    /// The digest of several specs in their order, by their digests: what one auto spec resolves to.
    pub fn of_all<'a>(digests: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for digest in digests {
            hasher.update(&digest.0);
        }
        Self::cut(&hasher.finalize())
    }

    fn cut(hash: &blake3::Hash) -> Self {
        let mut digits = [0; Self::LENGTH];
        digits.copy_from_slice(&hash.to_hex().as_bytes()[..Self::LENGTH]);
        Self(digits)
    }

    /// Reads a digest; none unless it is 32 lower case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; Self::LENGTH] = text.as_bytes().try_into().ok()?;
        digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')).then_some(Self(digits))
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
