//! `resize_to_fit`: into a box, keeping the aspect ratio.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::canvas::Canvas;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::step::Step;
use crate::{Anchor, InvalidSpec, MAX_SIDE, Operation, OperationInfo, Size, Upscale, length, rounding};

/// Resizes so that the image fits into width x height, keeping its aspect ratio. The side that is
/// not binding is rounded half to even and never below 1. Sizes are those of pilkit's `ResizeToFit`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResizeToFit {
    /// Pixels, 1 to 65535; 0: not bounded. At least one side must be bounded.
    pub width: u32,
    /// Pixels, 1 to 65535; 0: not bounded. At least one side must be bounded.
    pub height: u32,
    /// Whether the result may be larger than the image. If not, a smaller image stays as it is.
    pub upscale: Upscale,
    /// If set, the room that is left of width x height is filled with this colour, so that the result has exactly that
    /// size; both sides must be bounded then. `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mat_color: String,
    /// Where the image lies on the mat.
    pub anchor: Anchor,
}

impl ResizeToFit {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize_to_fit",
        number: 2,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3), ("mat_color", 4), ("anchor", 5)],
    };

    fn size(&self, input: Size) -> Size {
        let (width, height) = (f64::from(input.width), f64::from(input.height));
        let bound = |side: u32, of: f64| if side == 0 { f64::INFINITY } else { f64::from(side) / of };
        let ratio = bound(self.width, width).min(bound(self.height, height));
        if ratio.is_infinite() || (self.upscale == Upscale::Never && ratio >= 1.0) {
            return input;
        }
        Size::new(rounding::side(width * ratio), rounding::side(height * ratio))
    }
}

impl Operate for ResizeToFit {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        ResizeToFit {
            width: length::scaled(self.width, ratio),
            height: length::scaled(self.height, ratio),
            ..self.clone()
        }
        .into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        if self.width == 0 && self.height == 0 {
            return Err(place.refuse("width", 0, "width, height or both must be between 1 and 65535"));
        }
        place.between("width", self.width, 0, MAX_SIDE)?;
        place.between("height", self.height, 0, MAX_SIDE)?;
        if !self.mat_color.is_empty() && (self.width == 0 || self.height == 0) {
            return Err(place.refuse(
                "mat_color",
                &self.mat_color,
                "needs both width and height, the size of the mat",
            ));
        }
        Color::validate(&self.mat_color, "mat_color", place)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.varint(3, self.upscale.number(), Upscale::Never.number());
        // Without a mat it does not matter where on it the image lies.
        if let Some(color) = Color::parse(&self.mat_color) {
            fields.bytes(4, &color.canonical(), &[]);
            fields.varint(5, self.anchor.number(), Anchor::Center.number());
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        (!self.mat_color.is_empty()).then_some(Size::new(self.width, self.height))
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let size = self.size(input);
        let mut steps = vec![Step::new(input, Region::whole(input), size)];
        let mat = Size::new(self.width, self.height);
        if let Some(color) = Color::parse(&self.mat_color).filter(|_| size != mat) {
            steps.push(Step::work(Canvas::anchored(mat, size, self.anchor, color)));
        }
        steps
    }
}
