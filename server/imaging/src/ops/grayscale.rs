//! `grayscale`: takes the colours away.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::luma::luma;
use crate::operation::Operate;
use crate::plane::{Plane, map_depth};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::{Step, Work};
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Takes the colours away, by the luma of ITU-R BT.601.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grayscale {}

impl Grayscale {
    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "grayscale", number: 16, revision: 1, fields: &[] };
}

impl Operate for Grayscale {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, _place: &Place) -> Result<(), InvalidSpec> {
        Ok(())
    }

    fn fields(&self) -> Fields {
        Fields::new()
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        vec![Step::work(Gray { size: input })]
    }
}

#[derive(Debug)]
struct Gray {
    size: Size,
}

impl Work for Gray {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self, input: Layout) -> Layout {
        if input.has_alpha() { Layout::GrayAlpha } else { Layout::Gray }
    }

    fn run(&self, plane: Plane, _budget: &Budget) -> Result<Plane, ImageError> {
        let layout = self.layout(plane.layout());
        let pixels = map_depth!(&plane.pixels, raster => gray(raster, layout)?);
        Ok(plane.with_pixels(pixels))
    }
}

fn gray<S: Sample>(raster: &Raster<S>, layout: Layout) -> Result<Raster<S>, ImageError> {
    let colors = raster.layout.colors();
    let mut samples = Vec::with_capacity(layout.samples(raster.size)?);
    for pixel in raster.pixels() {
        samples.push(S::nearest(luma(pixel, colors)));
        samples.extend_from_slice(&pixel[colors..]);
    }
    Raster::new(raster.size, layout, samples)
}
