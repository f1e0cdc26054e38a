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
    /// AVIF.
    Avif,
    /// GIF.
    Gif,
}

impl Format {
    /// Every format, in the order of the proto's numbers.
    pub const ALL: &'static [Format] = &[Format::Jpeg, Format::Png, Format::Webp, Format::Avif, Format::Gif];

    /// The media type, e.g. `image/jpeg`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Webp => "image/webp",
            Format::Avif => "image/avif",
            Format::Gif => "image/gif",
        }
    }

    /// The one extension that keys bear, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Webp => "webp",
            Format::Avif => "avif",
            Format::Gif => "gif",
        }
    }

    /// The format whose [`Format::extension`] this is; exactly, so that a key has one spelling.
    pub fn from_extension(extension: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|format| format.extension() == extension)
    }

    /// Whether this build can write it: AVIF is a feature of the crate.
    pub const fn is_written(self) -> bool {
        !matches!(self, Format::Avif) || cfg!(feature = "avif")
    }

    /// Whether it can hold an animation.
    pub(crate) const fn holds_frames(self) -> bool {
        matches!(self, Format::Webp | Format::Gif)
    }

    /// Whether it can hold 16 bits a sample.
    pub(crate) const fn holds_sixteen_bits(self) -> bool {
        matches!(self, Format::Png)
    }

    /// The most pixels a side that the format can hold.
    pub const fn max_side(self) -> u32 {
        match self {
            Format::Jpeg | Format::Gif => 65_535,
            Format::Png => i32::MAX as u32,
            Format::Webp => 16_383,
            // What libaom takes.
            Format::Avif => 65_536,
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Format::Jpeg => "jpeg",
            Format::Png => "png",
            Format::Webp => "webp",
            Format::Avif => "avif",
            Format::Gif => "gif",
        })
    }
}
