//! `gaussian_blur`: blurs.

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

/// Blurs with the bell curve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GaussianBlur {
    /// The standard deviation in pixels, above 0 to 250. Default: 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
}

impl GaussianBlur {
    /// The radius where none is given.
    pub const DEFAULT_RADIUS: f64 = 2.0;

    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "gaussian_blur", number: 17, revision: 2, fields: &[("radius", 1)] };

    fn radius(&self) -> f64 {
        self.radius.unwrap_or(GaussianBlur::DEFAULT_RADIUS)
    }
}

impl Operate for GaussianBlur {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        GaussianBlur { radius: Some(self.radius() * ratio) }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.number("radius", self.radius(), f64::MIN_POSITIVE, 250.0)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.double_unless(1, self.radius(), 2.0);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        vec![Step::paint(Blur { radius: self.radius() }, input)]
    }
}

#[derive(Debug)]
struct Blur {
    radius: f64,
}

impl Paint for Blur {
    fn working_bytes(&self, input: Size, layout: Layout, depth: Depth) -> u64 {
        blur::working_bytes(input, layout, depth)
    }

    fn paint<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        gaussian(raster, self.radius, budget)
    }
}
