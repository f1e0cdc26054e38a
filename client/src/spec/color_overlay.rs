//! Lays a colour over the image.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// Lays a colour over the image. Alpha stays.
///
/// ```
/// use rendition_client::{ColorOverlay, Spec};
///
/// let spec = Spec::builder().color_overlay(ColorOverlay::new("#036").opacity(0.3)).webp(());
/// assert_eq!(spec.operations()[0].name(), "color_overlay");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColorOverlay {
    color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opacity: Option<f64>,
}

impl ColorOverlay {
    /// `color` is `#rgb` or `#rrggbb`.
    pub fn new(color: impl Into<String>) -> Self {
        Self { color: color.into(), opacity: None }
    }

    /// 0 to 1. Default: 0.5.
    pub const fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = Some(opacity);
        self
    }
}

impl From<&str> for ColorOverlay {
    fn from(color: &str) -> Self {
        Self::new(color)
    }
}

impl From<ColorOverlay> for v1::ColorOverlay {
    fn from(operation: ColorOverlay) -> Self {
        Self { color: operation.color, opacity: operation.opacity }
    }
}

impl TryFrom<v1::ColorOverlay> for ColorOverlay {
    type Error = UnknownSpec;

    fn try_from(operation: v1::ColorOverlay) -> Result<Self, UnknownSpec> {
        Ok(Self { color: operation.color, opacity: operation.opacity })
    }
}
