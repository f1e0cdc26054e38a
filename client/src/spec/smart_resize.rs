//! To an exact size, keeping the aspect ratio, cutting off what matters least.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{SmartMode, UnknownSpec, Upscale, defaults::is_default};

/// Resizes to cover width x height and cuts off what matters least, so that the result has exactly that
/// size.
///
/// ```
/// use rendition_client::{SmartMode, SmartResize, Spec};
///
/// let spec = Spec::builder().smart_resize(SmartResize::new(200, 200).mode(SmartMode::Entropy)).webp(());
/// assert_eq!(spec.operations()[0].name(), "smart_resize");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmartResize {
    width: u32,
    height: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    upscale: Upscale,
    #[serde(default, skip_serializing_if = "is_default")]
    mode: SmartMode,
}

impl SmartResize {
    /// To `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never, mode: SmartMode::Attention }
    }

    /// Whether pixels may be enlarged. If not, the result is the largest box of the asked aspect ratio that
    /// the image can fill.
    pub const fn upscale(mut self, upscale: Upscale) -> Self {
        self.upscale = upscale;
        self
    }

    /// How it is told what matters. Default: by attention.
    pub const fn mode(mut self, mode: SmartMode) -> Self {
        self.mode = mode;
        self
    }
}

impl From<(u32, u32)> for SmartResize {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<SmartResize> for v1::SmartResize {
    fn from(operation: SmartResize) -> Self {
        Self {
            width: operation.width,
            height: operation.height,
            upscale: operation.upscale.to_wire(),
            mode: operation.mode.to_wire(),
        }
    }
}

impl TryFrom<v1::SmartResize> for SmartResize {
    type Error = UnknownSpec;

    fn try_from(operation: v1::SmartResize) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            upscale: Upscale::from_wire(operation.upscale)?.unwrap_or_default(),
            mode: SmartMode::from_wire(operation.mode)?.unwrap_or_default(),
        })
    }
}
