//! Around a box, keeping the aspect ratio.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, Upscale};

/// Resizes to the smallest size that covers width x height, keeping the aspect ratio; cuts nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResizeToCover {
    width: u32,
    height: u32,
    #[serde(default, skip_serializing_if = "Upscale::is_default")]
    upscale: Upscale,
}

impl ResizeToCover {
    /// Around `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never }
    }

    /// Whether the result may be larger than the image. If not, a smaller image stays as it is.
    pub const fn upscale(mut self, upscale: Upscale) -> Self {
        self.upscale = upscale;
        self
    }
}

impl From<(u32, u32)> for ResizeToCover {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<ResizeToCover> for v1::ResizeToCover {
    fn from(operation: ResizeToCover) -> Self {
        Self { width: operation.width, height: operation.height, upscale: operation.upscale.to_wire() }
    }
}

impl TryFrom<v1::ResizeToCover> for ResizeToCover {
    type Error = UnknownSpec;

    fn try_from(operation: v1::ResizeToCover) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            upscale: Upscale::from_wire(operation.upscale)?.unwrap_or_default(),
        })
    }
}
