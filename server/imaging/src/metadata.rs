//! What becomes of metadata.

use serde::{Deserialize, Serialize};

/// What becomes of metadata. The orientation is always reset, because the pixels are turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metadata {
    /// None is kept.
    #[default]
    Strip,
    /// Colours become sRGB, and a profile that says so is written.
    Icc,
    /// The copyright and the artist of EXIF, and the profile as with [`Metadata::Icc`].
    Copyright,
    /// EXIF without GPS and thumbnail, XMP if it tells no place, and the profile as with [`Metadata::Icc`].
    All,
}

impl Metadata {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Metadata::Strip => 1,
            Metadata::Icc => 2,
            Metadata::Copyright => 3,
            Metadata::All => 4,
        }
    }
}
