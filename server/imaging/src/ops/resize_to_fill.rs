//! `resize_to_fill`: to an exact size, keeping the aspect ratio, cutting off what is too much.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::step::Step;
use crate::{
    Anchor, FocalPoint, InvalidSpec, Operation, OperationInfo, ResizeToCover, Size, Upscale, length,
};

/// Resizes to cover width x height and cuts the rest off, so that the result has exactly that size.
///
/// Sizes and offsets are those of pilkit's `ResizeToFill`, which resizes to the rounded covering
/// size and then crops: of the pixels too much on a side, the anchor's (or focal point's) fraction
/// is cut off before it, truncated to whole pixels. Here both are one resampling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResizeToFill {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// Whether pixels may be enlarged. If not, the result is the largest box of the asked aspect
    /// ratio that the image can fill.
    pub upscale: Upscale,
    /// The side or corner that is kept; excludes `focal_point`. Neither: the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// The point that keeps its place: what is cut off before and after it is in its proportion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPoint>,
}

impl ResizeToFill {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize_to_fill",
        number: 4,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3), ("anchor", 4), ("focal_point", 5)],
    };

    /// The whole image's size after resizing, the offset of the kept part in it, and its size.
    fn placement(&self, input: Size) -> (Size, (u32, u32), Size) {
        let size = self.upscale.bounded(Size::new(self.width, self.height), input);
        let resized = ResizeToCover::covering(size, input);
        let (x, y) = match (self.focal_point, self.anchor) {
            (Some(point), _) => (point.x, point.y),
            (None, anchor) => anchor.unwrap_or_default().fractions(),
        };
        let offset = |too_much: u32, fraction: f64| (f64::from(too_much) * fraction) as u32;
        let left = offset(resized.width.saturating_sub(size.width), x);
        let top = offset(resized.height.saturating_sub(size.height), y);
        (resized, (left, top), size)
    }
}

impl Operate for ResizeToFill {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        ResizeToFill {
            width: length::scaled(self.width, ratio),
            height: length::scaled(self.height, ratio),
            ..self.clone()
        }
        .into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.side("width", self.width)?;
        place.side("height", self.height)?;
        place
            .at_most_one(&[("anchor", self.anchor.is_some()), ("focal_point", self.focal_point.is_some())])?;
        self.focal_point.map_or(Ok(()), |point| point.validate(&place.child("focal_point")))
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.varint(3, self.upscale.number(), Upscale::Never.number());
        match self.focal_point {
            Some(point) if !point.is_center() => fields.message(5, point.fields()),
            Some(_) => {}
            None => {
                fields.varint(4, self.anchor.unwrap_or_default().number(), Anchor::Center.number());
            }
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        (self.upscale == Upscale::Allow).then_some(Size::new(self.width, self.height))
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let (resized, (left, top), size) = self.placement(input);
        let in_input =
            |pixels: u32, of: u32, resized: u32| f64::from(pixels) * f64::from(of) / f64::from(resized);
        let region = Region {
            x: in_input(left, input.width, resized.width),
            y: in_input(top, input.height, resized.height),
            width: in_input(size.width, input.width, resized.width),
            height: in_input(size.height, input.height, resized.height),
        };
        vec![Step::new(input, region.within(input), size)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(width: u32, height: u32) -> ResizeToFill {
        ResizeToFill { width, height, upscale: Upscale::Allow, ..ResizeToFill::default() }
    }

    #[test]
    fn every_anchor_cuts_where_pilkit_does() {
        let rows = [
            (Anchor::TopLeft, 0),
            (Anchor::Left, 0),
            (Anchor::BottomLeft, 0),
            (Anchor::Top, 6),
            (Anchor::Center, 6),
            (Anchor::Bottom, 6),
            (Anchor::TopRight, 13),
            (Anchor::Right, 13),
            (Anchor::BottomRight, 13),
        ];
        for (anchor, x) in rows {
            let operation = ResizeToFill { anchor: Some(anchor), ..fill(100, 60) };
            let expected = (Size::new(113, 60), (x, 0), Size::new(100, 60));
            assert_eq!(operation.placement(Size::new(333, 177)), expected, "{anchor:?}");
        }
    }

    #[test]
    fn a_focal_point_cuts_where_pilkit_does() {
        for ((x, y), left) in [((0.25, 0.75), 3), ((0.333, 0.1), 4)] {
            let operation = ResizeToFill { focal_point: Some(FocalPoint { x, y }), ..fill(100, 60) };
            assert_eq!(operation.placement(Size::new(333, 177)).1, (left, 0));
        }
    }

    #[test]
    fn covering_sizes_and_centred_offsets_are_pilkits() {
        let rows = [
            (Size::new(1920, 1080), Size::new(50, 28), (11, 0)),
            (Size::new(60, 100), Size::new(28, 47), (0, 9)),
            (Size::new(101, 61), Size::new(46, 28), (9, 0)),
            (Size::new(28, 29), Size::new(28, 29), (0, 0)),
        ];
        for (input, resized, offset) in rows {
            assert_eq!(fill(28, 28).placement(input), (resized, offset, Size::new(28, 28)), "{input}");
        }
    }
}
