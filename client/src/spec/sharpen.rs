//! Sharpens.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};

/// Sharpens by unsharp masking: what a blurred copy lacks is added once more.
///
/// ```
/// use rendition_client::{Sharpen, Spec};
///
/// let spec = Spec::builder().sharpen(Sharpen::new().amount(0.5).threshold(3)).webp(());
/// assert_eq!(spec.operations()[0].name(), "sharpen");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sharpen {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    radius: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    threshold: u32,
}

impl Sharpen {
    /// With the defaults: radius 1, amount 1, threshold 0.
    pub const fn new() -> Self {
        Self { radius: None, amount: None, threshold: 0 }
    }

    /// The standard deviation of the blur in pixels, above 0 to 50. Default: 1.
    pub const fn radius(mut self, radius: f64) -> Self {
        self.radius = Some(radius);
        self
    }

    /// How much is added, 0 to 10. Default: 1.
    pub const fn amount(mut self, amount: f64) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Differences up to this stay as they are, 0 to 255. Default: 0.
    pub const fn threshold(mut self, threshold: u32) -> Self {
        self.threshold = threshold;
        self
    }
}

impl From<()> for Sharpen {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<Sharpen> for v1::Sharpen {
    fn from(operation: Sharpen) -> Self {
        Self { radius: operation.radius, amount: operation.amount, threshold: operation.threshold }
    }
}

impl TryFrom<v1::Sharpen> for Sharpen {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Sharpen) -> Result<Self, UnknownSpec> {
        Ok(Self { radius: operation.radius, amount: operation.amount, threshold: operation.threshold })
    }
}
