//! Cuts off a border of one colour.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};
use crate::wire_enum::choice;

choice! {
    /// A side of an image.
    Side: "side" {
        /// The top.
        Top = "top",
        /// The right.
        Right = "right",
        /// The bottom.
        Bottom = "bottom",
        /// The left.
        Left = "left",
    }
}

/// Cuts off rows and columns at the sides that have one colour. An image of one colour stays as it is.
///
/// ```
/// use rendition_client::{Side, Spec, Trim};
///
/// let spec = Spec::builder().trim(Trim::new().tolerance(20).sides([Side::Top])).webp(());
/// assert_eq!(spec.operations()[0].name(), "trim");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trim {
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tolerance: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sides: Vec<Side>,
}

impl Trim {
    /// With the defaults: the colour of the outermost pixels, tolerance 10, all four sides.
    pub const fn new() -> Self {
        Self { color: String::new(), tolerance: None, sides: Vec::new() }
    }

    /// The colour to cut off: `#rgb` or `#rrggbb`. Default: the median of the image's outermost pixels.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }

    /// How far each sample may be from the colour, 0 to 255. Default: 10.
    pub const fn tolerance(mut self, tolerance: u32) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// The sides to cut at, without repetition. Default: all four.
    pub fn sides(mut self, sides: impl IntoIterator<Item = Side>) -> Self {
        self.sides = sides.into_iter().collect();
        self
    }
}

impl From<()> for Trim {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<Trim> for v1::Trim {
    fn from(operation: Trim) -> Self {
        Self {
            color: operation.color,
            tolerance: operation.tolerance,
            sides: operation.sides.into_iter().map(Side::to_wire).collect(),
        }
    }
}

impl TryFrom<v1::Trim> for Trim {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Trim) -> Result<Self, UnknownSpec> {
        Ok(Self {
            color: operation.color,
            tolerance: operation.tolerance,
            sides: operation
                .sides
                .into_iter()
                .filter_map(|value| Side::from_wire(value).transpose())
                .collect::<Result<_, _>>()?,
        })
    }
}
