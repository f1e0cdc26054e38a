//! Blurs.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// Blurs with the bell curve.
///
/// ```
/// use rendition_client::{GaussianBlur, Spec};
///
/// let spec = Spec::builder().gaussian_blur(GaussianBlur::new().radius(3.5)).webp(());
/// assert_eq!(spec.operations()[0].name(), "gaussian_blur");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianBlur {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    radius: Option<f64>,
}

impl GaussianBlur {
    /// With the default radius, 2 pixels.
    pub const fn new() -> Self {
        Self { radius: None }
    }

    /// The standard deviation in pixels, above 0 to 250. Default: 2.
    pub const fn radius(mut self, radius: f64) -> Self {
        self.radius = Some(radius);
        self
    }
}

impl From<()> for GaussianBlur {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<f64> for GaussianBlur {
    fn from(radius: f64) -> Self {
        Self::new().radius(radius)
    }
}

impl From<GaussianBlur> for v1::GaussianBlur {
    fn from(operation: GaussianBlur) -> Self {
        Self { radius: operation.radius }
    }
}

impl TryFrom<v1::GaussianBlur> for GaussianBlur {
    type Error = UnknownSpec;

    fn try_from(operation: v1::GaussianBlur) -> Result<Self, UnknownSpec> {
        Ok(Self { radius: operation.radius })
    }
}
