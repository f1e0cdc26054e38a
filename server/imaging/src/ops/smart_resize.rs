//! `smart_resize`: to an exact size, keeping the aspect ratio, cutting off what matters least.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::region::Region;
use crate::smart::Smart;
use crate::step::Step;
use crate::{InvalidSpec, Operation, OperationInfo, ResizeToCover, Size, SmartMode, Upscale, length};

/// Resizes to cover width x height, like pilkit's `SmartResize`, and cuts off what matters least, so that the result has
/// exactly that size.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmartResize {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// Whether pixels may be enlarged. If not, the result is the largest box of the asked aspect
    /// ratio that the image can fill.
    pub upscale: Upscale,
    /// How it is told what matters.
    pub mode: SmartMode,
}

impl SmartResize {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "smart_resize",
        number: 6,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("upscale", 3), ("mode", 4)],
    };
}

impl Operate for SmartResize {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        SmartResize {
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
        fields.varint(4, self.mode.number(), SmartMode::Attention.number());
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        (self.upscale == Upscale::Allow).then_some(Size::new(self.width, self.height))
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let size = self.upscale.bounded(Size::new(self.width, self.height), input);
        let covering = ResizeToCover::covering(size, input);
        let mut steps = vec![Step::new(input, Region::whole(input), covering)];
        if covering != size {
            steps.push(Step::seek(Smart { size, mode: self.mode }));
        }
        steps
    }
}
