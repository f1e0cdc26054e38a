//! `set_opacity`: makes the image more transparent.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::paint::Paint;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::Step;
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Multiplies alpha.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SetOpacity {
    /// 0 (not to be seen) to 1.
    pub opacity: f64,
}

impl SetOpacity {
    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "set_opacity", number: 22, revision: 1, fields: &[("opacity", 1)] };
}

impl Operate for SetOpacity {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.number("opacity", self.opacity, 0.0, 1.0)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.double_unless(1, self.opacity, 0.0);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        if self.opacity == 1.0 {
            return vec![Step::Keep(input)];
        }
        vec![Step::paint(Fade { opacity: self.opacity as f32 }, input)]
    }
}

#[derive(Debug)]
struct Fade {
    opacity: f32,
}

impl Paint for Fade {
    fn layout(&self, input: Layout) -> Layout {
        input.with_alpha()
    }

    fn paint<S: Sample>(&self, raster: &mut Raster<S>, _budget: &Budget) -> Result<(), ImageError> {
        let alpha = raster.layout.colors();
        raster
            .pixels_mut()
            .for_each(|pixel| pixel[alpha] = S::nearest(pixel[alpha].number() as f32 * self.opacity));
        Ok(())
    }
}
