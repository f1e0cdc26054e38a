//! `resize_to_cover`: around a box, keeping the aspect ratio.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::step::Step;
use crate::{InvalidSpec, Operation, OperationInfo, Size, Upscale, length, rounding};

/// Resizes to the smallest size that covers width x height, keeping the aspect ratio; cuts nothing.
/// Sizes are those of pilkit's `ResizeToCover`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResizeToCover {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// Whether the result may be larger than the image. If not, a smaller image stays as it is.
    pub upscale: Upscale,
}

impl ResizeToCover {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize_to_cover",
        number: 3,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3)],
    };

    /// The size of `input` after it is made to cover `target`, both sides rounded half to even.
    pub(crate) fn covering(target: Size, input: Size) -> Size {
        let (width, height) = (f64::from(input.width), f64::from(input.height));
        let ratio = (f64::from(target.width) / width).max(f64::from(target.height) / height);
        Size::new(rounding::side(width * ratio), rounding::side(height * ratio))
    }
}

impl Operate for ResizeToCover {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        ResizeToCover {
            width: length::scaled(self.width, ratio),
            height: length::scaled(self.height, ratio),
            ..self.clone()
        }
        .into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.side("width", self.width)?;
        place.side("height", self.height)
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

    fn steps(&self, input: Size) -> Vec<Step> {
        let enlarges = self.width >= input.width || self.height >= input.height;
        let size = if enlarges && self.upscale == Upscale::Never {
            input
        } else {
            ResizeToCover::covering(Size::new(self.width, self.height), input)
        };
        vec![Step::new(input, Region::whole(input), size)]
    }
}
