//! `smart_crop`: a box cut out of the image where most is to be seen.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::smart::Smart;
use crate::step::Step;
use crate::{InvalidSpec, Operation, OperationInfo, Size, SmartMode, length};

/// Cuts the box of width x height out of the image in which most is to be seen. A box larger than the image is cut down
/// to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmartCrop {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// How it is told what matters.
    pub mode: SmartMode,
    /// Instead of `width`: percents of the image's width, above 0 to 100.
    #[serde(skip_serializing_if = "length::is_zero")]
    pub width_percent: f64,
    /// Instead of `height`: percents of the image's height, above 0 to 100.
    #[serde(skip_serializing_if = "length::is_zero")]
    pub height_percent: f64,
}

impl SmartCrop {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "smart_crop",
        number: 8,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("mode", 3), ("width_percent", 4), ("height_percent", 5)],
    };
}

impl Operate for SmartCrop {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, input: Option<Size>) -> Operation {
        let percents = (self.width_percent, self.height_percent);
        let ((width, height), (width_percent, height_percent)) =
            length::folded((self.width, self.height), percents, ratio, input);
        SmartCrop { width, height, width_percent, height_percent, mode: self.mode }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        length::validate(place, ("width", self.width), ("width_percent", self.width_percent), 100.0)?;
        length::validate(place, ("height", self.height), ("height_percent", self.height_percent), 100.0)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.varint(3, self.mode.number(), SmartMode::Attention.number());
        fields.double(4, self.width_percent);
        fields.double(5, self.height_percent);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let size = Size::new(
            length::side(self.width, self.width_percent, input.width).min(input.width),
            length::side(self.height, self.height_percent, input.height).min(input.height),
        );
        vec![if size == input { Step::Keep(input) } else { Step::seek(Smart { size, mode: self.mode }) }]
    }
}
