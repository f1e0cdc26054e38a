//! `sharpen`: sharpens.

use serde::{Deserialize, Serialize};

use crate::blur::{self, gaussian};
use crate::budget::Budget;
use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::paint::Paint;
use crate::plane::Depth;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::Step;
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Sharpens by unsharp masking: what a blurred copy lacks is added once more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sharpen {
    /// The standard deviation of the blur in pixels, above 0 to 50. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    /// How much is added, 0 to 10. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    /// Differences up to this stay as they are, 0 to 255.
    pub threshold: u32,
}

impl Sharpen {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "sharpen",
        number: 18,
        revision: 2,
        fields: &[("radius", 1), ("amount", 2), ("threshold", 3)],
    };

    fn radius(&self) -> f64 {
        self.radius.unwrap_or(1.0)
    }

    fn amount(&self) -> f64 {
        self.amount.unwrap_or(1.0)
    }
}

impl Operate for Sharpen {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        Sharpen { radius: Some(self.radius() * ratio), ..self.clone() }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.number("radius", self.radius(), f64::MIN_POSITIVE, 50.0)?;
        place.number("amount", self.amount(), 0.0, 10.0)?;
        place.between("threshold", self.threshold, 0, 255)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.double_unless(1, self.radius(), 1.0);
        fields.double_unless(2, self.amount(), 1.0);
        fields.varint(3, self.threshold, 0);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let mask = Mask { radius: self.radius(), amount: self.amount() as f32, threshold: self.threshold };
        vec![Step::paint(mask, input)]
    }
}

#[derive(Debug)]
struct Mask {
    radius: f64,
    amount: f32,
    threshold: u32,
}

impl Paint for Mask {
    fn working_bytes(&self, input: Size, layout: Layout, depth: Depth) -> u64 {
        let copy = input.pixels() * layout.channels() as u64 * depth.bytes();
        copy + blur::working_bytes(input, layout, depth)
    }

    fn paint<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        let mut blurred = raster.clone();
        gaussian(&mut blurred, self.radius, budget)?;
        let colors = raster.layout.colors();
        let threshold = (self.threshold * S::from_eight(1).number()) as f32;
        for (pixel, soft) in raster.pixels_mut().zip(blurred.pixels()) {
            // Where the blurred copy is transparent it has no colour to compare with.
            if soft[colors..].iter().any(|alpha| alpha.number() == 0) {
                continue;
            }
            for (sample, soft) in pixel[..colors].iter_mut().zip(soft) {
                let difference = sample.number() as f32 - soft.number() as f32;
                if difference.abs() > threshold {
                    let sharp = sample.number() as f32 + difference * self.amount;
                    *sample = S::nearest(sharp.min(S::MAX.number() as f32));
                }
            }
        }
        Ok(())
    }
}
