//! JPEG and its options.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// JPEG, baseline. A number turns into one of that quality.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jpeg {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    background: Option<String>,
}

impl Jpeg {
    /// With the defaults: quality 80, white behind transparent parts.
    pub const fn new() -> Self {
        Self { quality: None, background: None }
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
}

impl From<u32> for Jpeg {
    fn from(quality: u32) -> Self {
        Self::new().quality(quality)
    }
}

impl From<Jpeg> for v1::Jpeg {
    fn from(jpeg: Jpeg) -> Self {
        Self { quality: jpeg.quality, background: jpeg.background.unwrap_or_default() }
    }
}

impl TryFrom<v1::Jpeg> for Jpeg {
    type Error = UnknownSpec;

    fn try_from(jpeg: v1::Jpeg) -> Result<Self, UnknownSpec> {
        Ok(Self {
            quality: jpeg.quality,
            background: Some(jpeg.background).filter(|colour| !colour.is_empty()),
        })
    }
}
