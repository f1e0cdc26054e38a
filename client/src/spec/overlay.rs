//! Lays a configured image, such as a watermark, over this one.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, UnknownSpec, defaults::is_default};

/// Lays an image that the server's configuration names over this one.
///
/// ```
/// use rendition_client::{Overlay, Spec};
///
/// let spec = Spec::builder().overlay(Overlay::new("watermark").scale(0.25).margin(16)).webp(());
/// assert_eq!(spec.operations()[0].name(), "overlay");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "is_default")]
    scale: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opacity: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    margin: u32,
}

impl Overlay {
    /// The overlay of this name in the configuration (`[overlays.NAME]`).
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), anchor: None, scale: 0.0, opacity: None, margin: 0 }
    }

    /// The side or corner at which it lies. Default: the bottom right.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = Some(anchor);
        self
    }

    /// Its longer side as a fraction of the image's side in that direction, above 0 to 1. Default: in its
    /// own size, made smaller only if it would not fit.
    pub const fn scale(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// 0 to 1. Default: 1.
    pub const fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = Some(opacity);
        self
    }

    /// Its distance from the sides, in pixels, 0 to 65535. Default: 0.
    pub const fn margin(mut self, margin: u32) -> Self {
        self.margin = margin;
        self
    }
}

impl From<&str> for Overlay {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<Overlay> for v1::Overlay {
    fn from(operation: Overlay) -> Self {
        Self {
            name: operation.name,
            anchor: operation.anchor.map(Anchor::to_wire),
            scale: operation.scale,
            opacity: operation.opacity,
            margin: operation.margin,
        }
    }
}

impl TryFrom<v1::Overlay> for Overlay {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Overlay) -> Result<Self, UnknownSpec> {
        Ok(Self {
            name: operation.name,
            anchor: operation.anchor.map(Anchor::from_wire).transpose()?.flatten(),
            scale: operation.scale,
            opacity: operation.opacity,
            margin: operation.margin,
        })
    }
}
