//! Mirrors the image or turns it by quarters.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;
use crate::wire_enum::choice;

choice! {
    /// How an image is mirrored or turned. Angles are counterclockwise.
    TransposeMethod: "method" {
        /// Left and right are exchanged.
        FlipHorizontal = "flip_horizontal",
        /// Top and bottom are exchanged.
        FlipVertical = "flip_vertical",
        /// A quarter counterclockwise.
        Rotate90 = "rotate_90",
        /// Upside down.
        Rotate180 = "rotate_180",
        /// A quarter clockwise.
        Rotate270 = "rotate_270",
        /// Mirrored along the diagonal from the top left: rows become columns.
        Transpose = "transpose",
        /// Mirrored along the other diagonal.
        Transverse = "transverse",
    }
}

/// Mirrors the image or turns it by quarters. Nothing is lost.
///
/// ```
/// use rendition_client::{Spec, TransposeMethod};
///
/// let spec = Spec::builder().transpose(TransposeMethod::Rotate90).webp(());
/// assert_eq!(spec.operations()[0].name(), "transpose");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transpose {
    method: TransposeMethod,
}

impl Transpose {
    /// By this method.
    pub const fn new(method: TransposeMethod) -> Self {
        Self { method }
    }
}

impl From<TransposeMethod> for Transpose {
    fn from(method: TransposeMethod) -> Self {
        Self::new(method)
    }
}

impl From<Transpose> for v1::Transpose {
    fn from(operation: Transpose) -> Self {
        Self { method: operation.method.to_wire() }
    }
}

impl TryFrom<v1::Transpose> for Transpose {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Transpose) -> Result<Self, UnknownSpec> {
        Ok(Self { method: TransposeMethod::from_wire(operation.method)?.ok_or(UnknownSpec("a method"))? })
    }
}
