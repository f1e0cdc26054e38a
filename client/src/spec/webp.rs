//! WebP and its options.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};

/// WebP. A number turns into a lossy one of that quality.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webp {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    lossless: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    sharp_yuv: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    max_bytes: u32,
}

impl Webp {
    /// With the defaults: lossy, quality 78, method 4.
    pub const fn new() -> Self {
        Self { quality: None, lossless: false, method: None, sharp_yuv: false, max_bytes: 0 }
    }

    /// 0 to 100: the quality of a lossy image, the effort of a lossless one.
    pub const fn quality(mut self, quality: u32) -> Self {
        self.quality = Some(quality);
        self
    }

    /// Keeps the pixels exactly.
    pub const fn lossless(mut self) -> Self {
        self.lossless = true;
        self
    }

    /// 0 (fast) to 6 (small).
    pub const fn method(mut self, method: u32) -> Self {
        self.method = Some(method);
        self
    }

    /// Averages colours with care where they change sharply: slower, better for drawings and text.
    pub const fn sharp_yuv(mut self) -> Self {
        self.sharp_yuv = true;
        self
    }

    /// The most bytes that the file may have; 0: not bounded. The quality is lowered until it fits; if it
    /// never does, the smallest file is the result. Not for lossless images and
    /// animations.
    pub const fn max_bytes(mut self, max_bytes: u32) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

impl From<u32> for Webp {
    fn from(quality: u32) -> Self {
        Self::new().quality(quality)
    }
}

impl From<Webp> for v1::Webp {
    fn from(webp: Webp) -> Self {
        Self {
            quality: webp.quality,
            lossless: webp.lossless,
            method: webp.method,
            sharp_yuv: webp.sharp_yuv,
            max_bytes: webp.max_bytes,
        }
    }
}

impl TryFrom<v1::Webp> for Webp {
    type Error = UnknownSpec;

    fn try_from(webp: v1::Webp) -> Result<Self, UnknownSpec> {
        Ok(Self {
            quality: webp.quality,
            lossless: webp.lossless,
            method: webp.method,
            sharp_yuv: webp.sharp_yuv,
            max_bytes: webp.max_bytes,
        })
    }
}
