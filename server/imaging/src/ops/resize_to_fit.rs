//! `resize_to_fit`: into a box, keeping the aspect ratio.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::step::Step;
use crate::{InvalidSpec, MAX_SIDE, OperationInfo, Size, Upscale, rounding};

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
}

impl ResizeToFit {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize_to_fit",
        number: 2,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3)],
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

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        if self.width == 0 && self.height == 0 {
            return Err(place.refuse("width", 0, "width, height or both must be between 1 and 65535"));
        }
        place.between("width", self.width, 0, MAX_SIDE)?;
        place.between("height", self.height, 0, MAX_SIDE)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.varint(3, self.upscale.number(), Upscale::Never.number());
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn step(&self, input: Size) -> Step {
        Step::new(input, Region::whole(input), self.size(input))
    }
}
