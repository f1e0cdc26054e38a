//! To an exact size, whatever the aspect ratio.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, Upscale};

/// Resizes to exactly width x height, whatever the aspect ratio of the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resize {
    width: u32,
    height: u32,
    #[serde(default, skip_serializing_if = "Upscale::is_default")]
    upscale: Upscale,
}

impl Resize {
    /// To `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never }
    }

    /// Whether the result may have more pixels a side than the image. If not, it is the largest box of
    /// the asked aspect ratio inside the image.
    pub const fn upscale(mut self, upscale: Upscale) -> Self {
        self.upscale = upscale;
        self
    }
}

impl From<(u32, u32)> for Resize {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<Resize> for v1::Resize {
    fn from(operation: Resize) -> Self {
        Self { width: operation.width, height: operation.height, upscale: operation.upscale.to_wire() }
    }
}

impl TryFrom<v1::Resize> for Resize {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Resize) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            upscale: Upscale::from_wire(operation.upscale)?.unwrap_or_default(),
        })
    }
}
