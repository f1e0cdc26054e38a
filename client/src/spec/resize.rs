//! To an exact size, whatever the aspect ratio.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, Upscale, defaults::is_default};

/// Resizes to exactly width x height, whatever the aspect ratio of the image.
///
/// ```
/// use rendition_client::{Resize, Spec, Upscale};
///
/// let spec = Spec::builder().resize(Resize::percent(50.0, 50.0).upscale(Upscale::Allow)).webp(());
/// assert_eq!(spec.operations()[0].name(), "resize");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resize {
    #[serde(default, skip_serializing_if = "is_default")]
    width: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    height: u32,
    #[serde(default, skip_serializing_if = "Upscale::is_default")]
    upscale: Upscale,
    #[serde(default, skip_serializing_if = "is_default")]
    width_percent: f64,
    #[serde(default, skip_serializing_if = "is_default")]
    height_percent: f64,
}

impl Resize {
    /// To `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never, width_percent: 0.0, height_percent: 0.0 }
    }

    /// To these percents of the image's width and height, each above 0 to 10000.
    pub const fn percent(width: f64, height: f64) -> Self {
        Self::new(0, 0).width_percent(width).height_percent(height)
    }

    /// Instead of the width in pixels: percents of the image's width, above 0 to 10000.
    pub const fn width_percent(mut self, percent: f64) -> Self {
        (self.width, self.width_percent) = (0, percent);
        self
    }

    /// Instead of the height in pixels: percents of the image's height, above 0 to 10000.
    pub const fn height_percent(mut self, percent: f64) -> Self {
        (self.height, self.height_percent) = (0, percent);
        self
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
        Self {
            width: operation.width,
            height: operation.height,
            upscale: operation.upscale.to_wire(),
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        }
    }
}

impl TryFrom<v1::Resize> for Resize {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Resize) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            upscale: Upscale::from_wire(operation.upscale)?.unwrap_or_default(),
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        })
    }
}
