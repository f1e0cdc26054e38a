//! Room at two sides until the image has an aspect ratio.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, UnknownSpec, defaults::is_default};

/// Adds room at two sides until the image has an aspect ratio. Nothing is cut off.
///
/// ```
/// use rendition_client::{Extend, Spec};
///
/// let spec = Spec::builder().extend(Extend::new(16, 9).color("#000")).webp(());
/// assert_eq!(spec.operations()[0].name(), "extend");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    width: u32,
    height: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
    #[serde(default, skip_serializing_if = "is_default")]
    anchor: Anchor,
}

impl Extend {
    /// Until the sides are as `width` to `height`, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, color: String::new(), anchor: Anchor::Center }
    }

    /// The room: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Default: transparent.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }

    /// Where the image lies in it. Default: the centre.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }
}

impl From<(u32, u32)> for Extend {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<Extend> for v1::Extend {
    fn from(operation: Extend) -> Self {
        Self {
            width: operation.width,
            height: operation.height,
            color: operation.color,
            anchor: operation.anchor.to_wire(),
        }
    }
}

impl TryFrom<v1::Extend> for Extend {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Extend) -> Result<Self, UnknownSpec> {
        Ok(Self {
            width: operation.width,
            height: operation.height,
            color: operation.color,
            anchor: Anchor::from_wire(operation.anchor)?.unwrap_or_default(),
        })
    }
}
