//! JPEG and its options.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Subsampling, UnknownSpec, defaults::is_default};

/// JPEG. A number turns into one of that quality.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jpeg {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    background: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    progressive: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subsampling: Option<Subsampling>,
    #[serde(default, skip_serializing_if = "is_default")]
    max_bytes: u32,
}

impl Jpeg {
    /// With the defaults: quality 80, white behind transparent parts.
    pub const fn new() -> Self {
        Self { quality: None, background: None, progressive: false, subsampling: None, max_bytes: 0 }
    }

    /// 1 to 100.
    pub const fn quality(mut self, quality: u32) -> Self {
        self.quality = Some(quality);
        self
    }

    /// What shows through transparent parts: `#rgb` or `#rrggbb`.
    pub fn background(mut self, background: impl Into<String>) -> Self {
        self.background = Some(background.into());
        self
    }

    /// Writes it in several scans, each of which shows the whole image better.
    pub const fn progressive(mut self) -> Self {
        self.progressive = true;
        self
    }

    /// How many pixels share their colour.
    pub const fn subsampling(mut self, subsampling: Subsampling) -> Self {
        self.subsampling = Some(subsampling);
        self
    }

    /// The most bytes that the file may have; 0: not bounded. The quality is lowered until it fits; if it
    /// never does, the smallest file is the result.
    pub const fn max_bytes(mut self, max_bytes: u32) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

impl From<u32> for Jpeg {
    fn from(quality: u32) -> Self {
        Self::new().quality(quality)
    }
}

impl From<Jpeg> for v1::Jpeg {
    fn from(jpeg: Jpeg) -> Self {
        Self {
            quality: jpeg.quality,
            background: jpeg.background.unwrap_or_default(),
            progressive: jpeg.progressive,
            subsampling: jpeg.subsampling.map_or(0, Subsampling::to_wire),
            max_bytes: jpeg.max_bytes,
        }
    }
}

impl TryFrom<v1::Jpeg> for Jpeg {
    type Error = UnknownSpec;

    fn try_from(jpeg: v1::Jpeg) -> Result<Self, UnknownSpec> {
        Ok(Self {
            quality: jpeg.quality,
            background: Some(jpeg.background).filter(|colour| !colour.is_empty()),
            progressive: jpeg.progressive,
            subsampling: Subsampling::from_wire(jpeg.subsampling)?,
            max_bytes: jpeg.max_bytes,
        })
    }
}
