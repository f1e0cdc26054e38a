//! `resize`: to an exact size, whatever the aspect ratio.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::step::Step;
use crate::{InvalidSpec, OperationInfo, Size, Upscale};

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
}

impl Resize {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize",
        number: 1,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3)],
    };
}

impl Operate for Resize {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
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
        (self.upscale == Upscale::Allow).then_some(Size::new(self.width, self.height))
    }

    fn step(&self, input: Size) -> Step {
        let size = self.upscale.bounded(Size::new(self.width, self.height), input);
        Step::new(input, Region::whole(input), size)
    }
}
