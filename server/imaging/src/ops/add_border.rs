//! `add_border`: a border around the image.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::canvas::Canvas;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::step::Step;
use crate::{InvalidSpec, MAX_SIDE, Operation, OperationInfo, Size, length};

/// Adds a border around the image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AddBorder {
    /// Pixels on each side, 0 to 65535.
    pub thickness: u32,
    /// The border: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Empty: black.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// Pixels at the top, if other than `thickness`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    /// Pixels at the right, if other than `thickness`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<u32>,
    /// Pixels at the bottom, if other than `thickness`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom: Option<u32>,
    /// Pixels at the left, if other than `thickness`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
}

impl AddBorder {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "add_border",
        number: 11,
        revision: 1,
        fields: &[("thickness", 1), ("color", 2), ("top", 3), ("right", 4), ("bottom", 5), ("left", 6)],
    };

    fn color(&self) -> Color {
        Color::of(&self.color, Color::BLACK)
    }

    /// Top, right, bottom, left.
    fn widths(&self) -> [u32; 4] {
        [self.top, self.right, self.bottom, self.left].map(|side| side.unwrap_or(self.thickness))
    }
}

impl Operate for AddBorder {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        let scaled = |pixels: u32| length::scaled(pixels, ratio);
        let [top, right, bottom, left] =
            [self.top, self.right, self.bottom, self.left].map(|pixels| pixels.map(scaled));
        AddBorder { thickness: scaled(self.thickness), top, right, bottom, left, color: self.color.clone() }
            .into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("thickness", self.thickness, 0, MAX_SIDE)?;
        for (name, side) in ["top", "right", "bottom", "left"].into_iter().zip(self.widths()) {
            place.between(name, side, 0, MAX_SIDE)?;
        }
        Color::validate(&self.color, "color", place)
    }

    /// A side that is as thick as all is one that is not named; so four equal sides are a thickness.
    fn fields(&self) -> Fields {
        let widths = self.widths();
        let is_even = widths.iter().all(|width| *width == widths[0]);
        let mut fields = Fields::new();
        fields.varint(1, if is_even { widths[0] } else { 0 }, 0);
        fields.bytes(2, &self.color().canonical(), &[0, 0, 0]);
        if !is_even {
            for (number, width) in (3..).zip(widths) {
                fields.varint(number, width, 0);
            }
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let [top, right, bottom, left] = self.widths();
        // Each is at most MAX_SIDE, so three of them fit into 32 bits.
        let size =
            Size::new(input.width.saturating_add(left + right), input.height.saturating_add(top + bottom));
        if size == input {
            return vec![Step::Keep(input)];
        }
        vec![Step::work(Canvas { size, corner: (left.into(), top.into()), color: self.color() })]
    }
}
