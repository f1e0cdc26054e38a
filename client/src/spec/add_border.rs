//! A border around the image.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};

/// Adds a border around the image.
///
/// ```
/// use rendition_client::{AddBorder, Spec};
///
/// let spec = Spec::builder().add_border(AddBorder::new(4).color("#eee").bottom(12)).webp(());
/// assert_eq!(spec.operations()[0].name(), "add_border");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddBorder {
    #[serde(default, skip_serializing_if = "is_default")]
    thickness: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    top: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    right: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bottom: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left: Option<u32>,
}

impl AddBorder {
    /// Of `thickness` pixels on each side, 0 to 65535.
    pub const fn new(thickness: u32) -> Self {
        Self { thickness, color: String::new(), top: None, right: None, bottom: None, left: None }
    }

    /// The border: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Default: black.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }

    /// Pixels at the top, if other than the thickness.
    pub const fn top(mut self, top: u32) -> Self {
        self.top = Some(top);
        self
    }

    /// Pixels at the right, if other than the thickness.
    pub const fn right(mut self, right: u32) -> Self {
        self.right = Some(right);
        self
    }

    /// Pixels at the bottom, if other than the thickness.
    pub const fn bottom(mut self, bottom: u32) -> Self {
        self.bottom = Some(bottom);
        self
    }

    /// Pixels at the left, if other than the thickness.
    pub const fn left(mut self, left: u32) -> Self {
        self.left = Some(left);
        self
    }
}

impl From<u32> for AddBorder {
    fn from(thickness: u32) -> Self {
        Self::new(thickness)
    }
}

impl From<AddBorder> for v1::AddBorder {
    fn from(operation: AddBorder) -> Self {
        Self {
            thickness: operation.thickness,
            color: operation.color,
            top: operation.top,
            right: operation.right,
            bottom: operation.bottom,
            left: operation.left,
        }
    }
}

impl TryFrom<v1::AddBorder> for AddBorder {
    type Error = UnknownSpec;

    fn try_from(operation: v1::AddBorder) -> Result<Self, UnknownSpec> {
        Ok(Self {
            thickness: operation.thickness,
            color: operation.color,
            top: operation.top,
            right: operation.right,
            bottom: operation.bottom,
            left: operation.left,
        })
    }
}
