//! `color_overlay`: lays a colour over the image.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::paint::Paint;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::Step;
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Lays a colour over the image. Alpha stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColorOverlay {
    /// `#rgb` or `#rrggbb`.
    pub color: String,
    /// 0 to 1. Default: 0.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
}

impl ColorOverlay {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "color_overlay",
        number: 20,
        revision: 1,
        fields: &[("color", 1), ("opacity", 2)],
    };

    fn opacity(&self) -> f64 {
        self.opacity.unwrap_or(0.5)
    }
}

impl Operate for ColorOverlay {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        if self.color.is_empty() {
            return Err(place.refuse("color", "", "must be a colour like \"#fff\" or \"#ffffff\""));
        }
        Color::validate_opaque(&self.color, "color", place)?;
        place.number("opacity", self.opacity(), 0.0, 1.0)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.bytes(1, &Color::of(&self.color, Color::BLACK).canonical(), &[]);
        fields.double_unless(2, self.opacity(), 0.5);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let color = Color::of(&self.color, Color::BLACK);
        vec![Step::paint(Tint { color, opacity: self.opacity() as f32 }, input)]
    }
}

#[derive(Debug)]
struct Tint {
    color: Color,
    opacity: f32,
}

impl Paint for Tint {
    fn layout(&self, input: Layout) -> Layout {
        self.color.fits(input)
    }

    fn paint<S: Sample>(&self, raster: &mut Raster<S>, _budget: &Budget) -> Result<(), ImageError> {
        let colors = raster.layout.colors();
        let tint: Vec<f32> = self
            .color
            .pixel::<S>(raster.layout)
            .iter()
            .map(|sample| sample.number() as f32 * self.opacity)
            .collect();
        for pixel in raster.pixels_mut() {
            for (sample, tint) in pixel[..colors].iter_mut().zip(&tint) {
                *sample = S::nearest(sample.number() as f32 * (1.0 - self.opacity) + tint);
            }
        }
        Ok(())
    }
}
