//! `crop`: a box cut out of the image.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Cut;
use crate::step::Step;
use crate::{Anchor, FocalPoint, InvalidSpec, Offset, Operation, OperationInfo, Size, length};

/// Cuts a box of width x height out of the image. A box larger than the image is cut down to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Crop {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// The side or corner at which the box lies. This, `focal_point` and `offset` exclude each
    /// other; none of them: the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// The point that the box is laid around, moved inside the image if it reaches out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPoint>,
    /// The box's top left corner, moved inside the image if the box reaches out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// Instead of `width`: percents of the image's width, above 0 to 100.
    #[serde(skip_serializing_if = "length::is_zero")]
    pub width_percent: f64,
    /// Instead of `height`: percents of the image's height, above 0 to 100.
    #[serde(skip_serializing_if = "length::is_zero")]
    pub height_percent: f64,
}

impl Crop {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "crop",
        number: 5,
        revision: 1,
        fields: &[
            ("width", 1),
            ("height", 2),
            ("anchor", 3),
            ("focal_point", 4),
            ("offset", 5),
            ("width_percent", 6),
            ("height_percent", 7),
        ],
    };

    fn cut(&self, input: Size) -> Cut {
        let size = Size::new(
            length::side(self.width, self.width_percent, input.width).min(input.width),
            length::side(self.height, self.height_percent, input.height).min(input.height),
        );
        let free = (input.width - size.width, input.height - size.height);
        let (x, y) = if let Some(offset) = self.offset {
            (offset.x, offset.y)
        } else if let Some(point) = self.focal_point {
            // Truncated like every offset; a float below zero becomes zero in the conversion.
            let around =
                |fraction: f64, of: u32, side: u32| (fraction * f64::from(of) - f64::from(side) / 2.0) as u32;
            (around(point.x, input.width, size.width), around(point.y, input.height, size.height))
        } else {
            let (x, y) = self.anchor.unwrap_or_default().fractions();
            ((f64::from(free.0) * x) as u32, (f64::from(free.1) * y) as u32)
        };
        Cut { x: x.min(free.0), y: y.min(free.1), size }
    }
}

impl Operate for Crop {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, input: Option<Size>) -> Operation {
        let percents = (self.width_percent, self.height_percent);
        let ((width, height), (width_percent, height_percent)) =
            length::folded((self.width, self.height), percents, ratio, input);
        let offset = self.offset.map(|offset| offset.scaled(ratio));
        Crop { width, height, width_percent, height_percent, offset, ..self.clone() }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        length::validate(place, ("width", self.width), ("width_percent", self.width_percent), 100.0)?;
        length::validate(place, ("height", self.height), ("height_percent", self.height_percent), 100.0)?;
        place.at_most_one(&[
            ("anchor", self.anchor.is_some()),
            ("focal_point", self.focal_point.is_some()),
            ("offset", self.offset.is_some()),
        ])?;
        self.focal_point.map_or(Ok(()), |point| point.validate(&place.child("focal_point")))?;
        self.offset.map_or(Ok(()), |offset| offset.validate(&place.child("offset")))
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        if let Some(offset) = self.offset {
            fields.message(5, offset.fields());
        } else if let Some(point) = self.focal_point {
            if !point.is_center() {
                fields.message(4, point.fields());
            }
        } else {
            fields.varint(3, self.anchor.unwrap_or_default().number(), Anchor::Center.number());
        }
        fields.double(6, self.width_percent);
        fields.double(7, self.height_percent);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let cut = self.cut(input);
        vec![if cut.size == input { Step::Keep(input) } else { Step::Cut(cut) }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: Size = Size::new(100, 50);

    fn crop(width: u32, height: u32) -> Crop {
        Crop { width, height, ..Crop::default() }
    }

    #[test]
    fn a_box_larger_than_the_image_is_cut_down_to_it() {
        assert_eq!(crop(500, 20).cut(INPUT), Cut { x: 0, y: 15, size: Size::new(100, 20) });
    }

    #[test]
    fn an_offset_or_focal_point_near_the_edge_is_moved_inside() {
        let offset = Crop { offset: Some(Offset { x: 95, y: 0 }), ..crop(10, 10) };
        assert_eq!(offset.cut(INPUT), Cut { x: 90, y: 0, size: Size::new(10, 10) });
        let point = Crop { focal_point: Some(FocalPoint { x: 0.0, y: 1.0 }), ..crop(10, 10) };
        assert_eq!(point.cut(INPUT), Cut { x: 0, y: 40, size: Size::new(10, 10) });
    }

    #[test]
    fn a_focal_point_becomes_the_middle_of_the_box() {
        let point = Crop { focal_point: Some(FocalPoint { x: 0.3, y: 0.5 }), ..crop(20, 10) };
        assert_eq!(point.cut(INPUT), Cut { x: 20, y: 20, size: Size::new(20, 10) });
    }

    #[test]
    fn the_centre_is_the_default_for_all_ways_to_say_it() {
        let center = crop(11, 11);
        let anchor = Crop { anchor: Some(Anchor::Center), ..crop(11, 11) };
        let point = Crop { focal_point: Some(FocalPoint { x: 0.5, y: 0.5 }), ..crop(11, 11) };
        for input in [INPUT, Size::new(64, 33), Size::new(17, 200)] {
            assert_eq!(anchor.cut(input), center.cut(input));
            assert_eq!(point.cut(input), center.cut(input));
        }
    }
}
