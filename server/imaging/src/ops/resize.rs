//! `resize`: to an exact size, whatever the aspect ratio.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::step::Step;
use crate::{InvalidSpec, Operation, OperationInfo, Size, Upscale, length};

/// Resizes to exactly width x height. With [`Upscale::Never`], an image that is smaller on a side
/// becomes the largest box of the asked aspect ratio inside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resize {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// Whether the result may have more pixels a side than the image.
    pub upscale: Upscale,
    /// Instead of `width`: percents of the image's width, above 0 to 10000.
    #[serde(skip_serializing_if = "length::is_zero")]
    pub width_percent: f64,
    /// Instead of `height`: percents of the image's height, above 0 to 10000.
    #[serde(skip_serializing_if = "length::is_zero")]
    pub height_percent: f64,
}

impl Resize {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize",
        number: 1,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3), ("width_percent", 4), ("height_percent", 5)],
    };
}

impl Resize {
    fn size(&self, input: Size) -> Size {
        Size::new(
            length::side(self.width, self.width_percent, input.width),
            length::side(self.height, self.height_percent, input.height),
        )
    }
}

impl Operate for Resize {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, input: Option<Size>) -> Operation {
        let percents = (self.width_percent, self.height_percent);
        let ((width, height), (width_percent, height_percent)) =
            length::folded((self.width, self.height), percents, ratio, input);
        Resize { width, height, width_percent, height_percent, ..self.clone() }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        length::validate(place, ("width", self.width), ("width_percent", self.width_percent), 10_000.0)?;
        length::validate(place, ("height", self.height), ("height_percent", self.height_percent), 10_000.0)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.varint(3, self.upscale.number(), Upscale::Never.number());
        fields.double(4, self.width_percent);
        fields.double(5, self.height_percent);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        let is_fixed = self.upscale == Upscale::Allow && self.width > 0 && self.height > 0;
        is_fixed.then_some(Size::new(self.width, self.height))
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let size = self.upscale.bounded(self.size(input), input);
        vec![Step::new(input, Region::whole(input), size)]
    }
}
