//! `webp`: WebP, lossy or lossless.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::{InvalidSpec, OutputInfo};

/// How a WebP is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webp {
    /// 0 to 100: the quality of a lossy image, the effort of a lossless one. Default: 78.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u32>,
    /// Whether the pixels are kept exactly.
    pub lossless: bool,
    /// 0 (fast) to 6 (small). Default: 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<u32>,
    /// Whether colours are averaged with care where they change sharply: slower, better for drawings and text.
    pub sharp_yuv: bool,
    /// The most bytes that the file may have; 0: not bounded. The quality is lowered until it fits; if it never does, the
    /// smallest file is the result. Not for lossless images and animations.
    pub max_bytes: u32,
}

impl Webp {
    /// The quality where none is given.
    pub const DEFAULT_QUALITY: u32 = 78;
    /// The method where none is given.
    pub const DEFAULT_METHOD: u32 = 4;

    pub(crate) const INFO: OutputInfo = OutputInfo {
        name: "webp",
        number: 3,
        revision: 1,
        fields: &[("quality", 1), ("lossless", 2), ("method", 3), ("sharp_yuv", 4), ("max_bytes", 5)],
    };

    /// The quality to encode with.
    pub(crate) fn quality(&self) -> u32 {
        self.quality.unwrap_or(Webp::DEFAULT_QUALITY)
    }

    /// The method to encode with.
    pub(crate) fn method(&self) -> u32 {
        self.method.unwrap_or(Webp::DEFAULT_METHOD)
    }

    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("quality", self.quality(), 0, 100)?;
        place.between("method", self.method(), 0, 6)?;
        if self.lossless && self.max_bytes > 0 {
            return Err(place.refuse(
                "max_bytes",
                self.max_bytes,
                "a lossless image has no quality to be lowered",
            ));
        }
        Ok(())
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.quality(), 78);
        fields.varint(2, u32::from(self.lossless), 0);
        fields.varint(3, self.method(), 4);
        fields.varint(4, u32::from(self.sharp_yuv), 0);
        fields.varint(5, self.max_bytes, 0);
        fields
    }
}
