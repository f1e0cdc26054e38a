//! The image formats that are written.

use serde::{Deserialize, Serialize};

/// A format that renditions are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl Format {
    /// Every format, in the order of the proto's numbers.
    pub const ALL: &'static [Format] = &[Format::Jpeg, Format::Png, Format::Webp];

    /// The media type, e.g. `image/jpeg`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Webp => "image/webp",
        }
    }

    /// The one extension that keys bear, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Webp => "webp",
        }
    }

    /// The format whose [`Format::extension`] this is; exactly, so that a key has one spelling.
    pub fn from_extension(extension: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.extension() == extension)
    }

    /// The most pixels a side that the format can hold.
    pub const fn max_side(self) -> u32 {
        match self {
            Format::Jpeg => 65_535,
            Format::Png => i32::MAX as u32,
            Format::Webp => 16_383,
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "jpeg",
            Format::Png => "png",
            Format::Webp => "webp",
        })
    }
}
