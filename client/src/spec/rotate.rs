//! Turns the image by any angle.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};

/// Turns the image by any angle. The result is as large as it must be to hold all of it.
///
/// ```
/// use rendition_client::{Rotate, Spec};
///
/// let spec = Spec::builder().rotate(Rotate::new(12.5).color("#fff")).webp(());
/// assert_eq!(spec.operations()[0].name(), "rotate");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    angle: f64,
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
}

impl Rotate {
    /// By `angle` degrees counterclockwise, -360 to 360.
    pub const fn new(angle: f64) -> Self {
        Self { angle, color: String::new() }
    }

    /// What shows in the corners: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Default: transparent.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }
}

impl From<f64> for Rotate {
    fn from(angle: f64) -> Self {
        Self::new(angle)
    }
}

impl From<Rotate> for v1::Rotate {
    fn from(operation: Rotate) -> Self {
        Self { angle: operation.angle, color: operation.color }
    }
}

impl TryFrom<v1::Rotate> for Rotate {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Rotate) -> Result<Self, UnknownSpec> {
        Ok(Self { angle: operation.angle, color: operation.color })
    }
}
