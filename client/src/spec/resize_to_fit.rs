//! Into a box, keeping the aspect ratio.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, UnknownSpec, Upscale, defaults::is_default};

/// Resizes so that the image fits into width x height, keeping its aspect ratio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResizeToFit {
    #[serde(default, skip_serializing_if = "is_default")]
    width: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    height: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    upscale: Upscale,
    #[serde(default, skip_serializing_if = "is_default")]
    mat_color: String,
    #[serde(default, skip_serializing_if = "is_default")]
    anchor: Anchor,
}

impl ResizeToFit {
    /// Into `width` x `height` pixels, each 1 to 65535; 0: that side is not bounded.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never, mat_color: String::new(), anchor: Anchor::Center }
    }

    /// To at most `width` pixels from left to right, 1 to 65535.
    pub const fn width(width: u32) -> Self {
        Self::new(width, 0)
    }

    /// To at most `height` pixels from top to bottom, 1 to 65535.
    pub const fn height(height: u32) -> Self {
        Self::new(0, height)
    }

    /// Whether the result may be larger than the image. If not, a smaller image stays as it is.
    pub const fn upscale(mut self, upscale: Upscale) -> Self {
        self.upscale = upscale;
        self
    }

    /// Fills the room that is left of width x height with this colour, so that the result has exactly that
    /// size; both sides must be bounded then. `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`.
    pub fn mat_color(mut self, mat_color: impl Into<String>) -> Self {
        self.mat_color = mat_color.into();
        self
    }

    /// Where the image lies on the mat. Default: the centre.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }
}

impl From<(u32, u32)> for ResizeToFit {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<ResizeToFit> for v1::ResizeToFit {
    fn from(operation: ResizeToFit) -> Self {
        Self {
            width: operation.width,
            height: operation.height,
            upscale: operation.upscale.to_wire(),
            mat_color: operation.mat_color,
            anchor: operation.anchor.to_wire(),
        }
    }
}

impl TryFrom<v1::ResizeToFit> for ResizeToFit {
    type Error = UnknownSpec;

    fn try_from(operation: v1::ResizeToFit) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            upscale: Upscale::from_wire(operation.upscale)?.unwrap_or_default(),
            mat_color: operation.mat_color,
            anchor: Anchor::from_wire(operation.anchor)?.unwrap_or_default(),
        })
    }
}
