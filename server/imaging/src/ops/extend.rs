//! `extend`: room at two sides until the image has an aspect ratio.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::canvas::Canvas;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::step::Step;
use crate::{Anchor, InvalidSpec, MAX_SIDE, Operation, OperationInfo, Size};

/// Adds room at two sides until the image has the aspect ratio width : height. Nothing is cut off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Extend {
    /// The ratio's width, 1 to 65535.
    pub width: u32,
    /// The ratio's height, 1 to 65535.
    pub height: u32,
    /// The room: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Empty: transparent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// Where the image lies in it.
    pub anchor: Anchor,
}

impl Extend {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "extend",
        number: 14,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("color", 3), ("anchor", 4)],
    };

    fn color(&self) -> Color {
        Color::of(&self.color, Color::TRANSPARENT)
    }

    /// The ratio in lowest terms: 1600 to 900 is 16 to 9.
    fn ratio(&self) -> (u32, u32) {
        let (mut divisor, mut rest) = (self.width, self.height);
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
        (self.width / divisor.max(1), self.height / divisor.max(1))
    }

    /// The smallest size of the ratio that holds the input, its longer side rounded up.
    fn size(&self, input: Size) -> Size {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let side = |of: u32, by: u64, to: u64| {
            u32::try_from((u64::from(of) * by).div_ceil(to.max(1))).unwrap_or(u32::MAX)
        };
        if u64::from(input.width) * height < u64::from(input.height) * width {
            Size::new(side(input.height, width, height), input.height)
        } else {
            Size::new(input.width, side(input.width, height, width).max(input.height))
        }
    }
}

impl Operate for Extend {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("width", self.width, 1, MAX_SIDE)?;
        place.between("height", self.height, 1, MAX_SIDE)?;
        Color::validate(&self.color, "color", place)
    }

    fn fields(&self) -> Fields {
        let (width, height) = self.ratio();
        let mut fields = Fields::new();
        fields.varint(1, width, 0);
        fields.varint(2, height, 0);
        fields.bytes(3, &self.color().canonical(), &Color::TRANSPARENT.canonical());
        fields.varint(4, self.anchor.number(), Anchor::Center.number());
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let size = self.size(input);
        if size == input {
            return vec![Step::Keep(input)];
        }
        vec![Step::work(Canvas::anchored(size, input, self.anchor, self.color()))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_side_grows_to_the_ratio_and_the_other_stays() {
        let wide = Extend { width: 16, height: 9, ..Extend::default() };
        assert_eq!(wide.size(Size::new(100, 90)), Size::new(160, 90));
        assert_eq!(wide.size(Size::new(320, 90)), Size::new(320, 180));
        assert_eq!(wide.size(Size::new(160, 90)), Size::new(160, 90));
        let square = Extend { width: 1, height: 1, ..Extend::default() };
        assert_eq!(square.size(Size::new(3, 1000)), Size::new(1000, 1000));
    }
}
