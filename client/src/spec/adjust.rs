//! Saturation, brightness, contrast and sharpness.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// Changes the look. Each factor is 0 to 10, and 1 changes nothing.
///
/// ```
/// use rendition_client::{Adjust, Spec};
///
/// let spec = Spec::builder().adjust(Adjust::new().contrast(1.2).saturation(0.8)).webp(());
/// assert_eq!(spec.operations()[0].name(), "adjust");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjust {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    saturation: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    brightness: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contrast: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sharpness: Option<f64>,
}

impl Adjust {
    /// Changes nothing yet.
    pub const fn new() -> Self {
        Self { saturation: None, brightness: None, contrast: None, sharpness: None }
    }

    /// 0 (grey) to 10. Default: 1.
    pub const fn saturation(mut self, saturation: f64) -> Self {
        self.saturation = Some(saturation);
        self
    }

    /// 0 (black) to 10. Default: 1.
    pub const fn brightness(mut self, brightness: f64) -> Self {
        self.brightness = Some(brightness);
        self
    }

    /// 0 (one grey) to 10. Default: 1.
    pub const fn contrast(mut self, contrast: f64) -> Self {
        self.contrast = Some(contrast);
        self
    }

    /// 0 (soft) to 10. Default: 1.
    pub const fn sharpness(mut self, sharpness: f64) -> Self {
        self.sharpness = Some(sharpness);
        self
    }
}

impl From<Adjust> for v1::Adjust {
    fn from(operation: Adjust) -> Self {
        Self {
            saturation: operation.saturation,
            brightness: operation.brightness,
            contrast: operation.contrast,
            sharpness: operation.sharpness,
        }
    }
}

impl TryFrom<v1::Adjust> for Adjust {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Adjust) -> Result<Self, UnknownSpec> {
        Ok(Self {
            saturation: operation.saturation,
            brightness: operation.brightness,
            contrast: operation.contrast,
            sharpness: operation.sharpness,
        })
    }
}
