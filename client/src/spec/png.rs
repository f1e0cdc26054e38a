//! PNG and its options.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;
use crate::wire_enum::choice;

choice! {
    /// How hard a PNG is compressed. The pixels are the same.
    PngCompression: "compression" {
        /// Quickly; the default.
        Fast = "fast",
        /// About a tenth smaller, many times slower.
        Balanced = "balanced",
        /// As small as the encoder can.
        High = "high",
    }
}

/// PNG.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Png {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compression: Option<PngCompression>,
}

impl Png {
    /// With the default, fast compression.
    pub const fn new() -> Self {
        Self { compression: None }
    }

    /// How hard to compress.
    pub const fn compression(mut self, compression: PngCompression) -> Self {
        self.compression = Some(compression);
        self
    }
}

impl From<Png> for v1::Png {
    fn from(png: Png) -> Self {
        Self { compression: png.compression.map_or(0, PngCompression::to_wire) }
    }
}

impl TryFrom<v1::Png> for Png {
    type Error = UnknownSpec;

    fn try_from(png: v1::Png) -> Result<Self, UnknownSpec> {
        Ok(Self { compression: PngCompression::from_wire(png.compression)? })
    }
}
