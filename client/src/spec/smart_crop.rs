//! A box cut out of the image where most is to be seen.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{SmartMode, UnknownSpec, defaults::is_default};

/// Cuts the box of width x height out of the image in which most is to be seen. A box larger than the
/// image is cut down to it.
///
/// ```
/// use rendition_client::{SmartCrop, SmartMode, Spec};
///
/// let spec = Spec::builder().smart_crop(SmartCrop::new(300, 200).mode(SmartMode::Entropy)).webp(());
/// assert_eq!(spec.operations()[0].name(), "smart_crop");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmartCrop {
    #[serde(default, skip_serializing_if = "is_default")]
    width: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    height: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    mode: SmartMode,
    #[serde(default, skip_serializing_if = "is_default")]
    width_percent: f64,
    #[serde(default, skip_serializing_if = "is_default")]
    height_percent: f64,
}

impl SmartCrop {
    /// A box of `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, mode: SmartMode::Attention, width_percent: 0.0, height_percent: 0.0 }
    }

    /// A box of these percents of the image's width and height, each above 0 to 100.
    pub const fn percent(width: f64, height: f64) -> Self {
        Self::new(0, 0).width_percent(width).height_percent(height)
    }

    /// Instead of the width in pixels: percents of the image's width, above 0 to 100.
    pub const fn width_percent(mut self, percent: f64) -> Self {
        (self.width, self.width_percent) = (0, percent);
        self
    }

    /// Instead of the height in pixels: percents of the image's height, above 0 to 100.
    pub const fn height_percent(mut self, percent: f64) -> Self {
        (self.height, self.height_percent) = (0, percent);
        self
    }

    /// How it is told what matters. Default: by attention.
    pub const fn mode(mut self, mode: SmartMode) -> Self {
        self.mode = mode;
        self
    }
}

impl From<(u32, u32)> for SmartCrop {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<SmartCrop> for v1::SmartCrop {
    fn from(operation: SmartCrop) -> Self {
        Self {
            width: operation.width,
            height: operation.height,
            mode: operation.mode.to_wire(),
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        }
    }
}

impl TryFrom<v1::SmartCrop> for SmartCrop {
    type Error = UnknownSpec;

    fn try_from(operation: v1::SmartCrop) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            mode: SmartMode::from_wire(operation.mode)?.unwrap_or_default(),
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        })
    }
}
