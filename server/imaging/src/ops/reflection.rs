//! `reflection`: mirrors the image below itself, fading out.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::plane::{Plane, map_depth};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::{Step, Work};
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Mirrors the image below itself, fading out towards the bottom, like pilkit's `Reflection` (whose default size of zero
/// divides by zero).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reflection {
    /// What it fades into: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Empty: white.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// The height of the reflection as a fraction of the image's, above 0 to 1. Default: 0.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<f64>,
    /// How strong it is where it begins, 0 to 1. Default: 0.6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
}

impl Reflection {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "reflection",
        number: 23,
        revision: 1,
        fields: &[("color", 1), ("size", 2), ("opacity", 3)],
    };

    fn color(&self) -> Color {
        Color::of(&self.color, Color::WHITE)
    }

    fn size(&self) -> f64 {
        self.size.unwrap_or(0.5)
    }

    fn opacity(&self) -> f64 {
        self.opacity.unwrap_or(0.6)
    }
}

impl Operate for Reflection {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        Color::validate(&self.color, "color", place)?;
        place.number("size", self.size(), f64::MIN_POSITIVE, 1.0)?;
        place.number("opacity", self.opacity(), 0.0, 1.0)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.bytes(1, &self.color().canonical(), &[255, 255, 255]);
        fields.double_unless(2, self.size(), 0.5);
        fields.double_unless(3, self.opacity(), 0.6);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let height = (f64::from(input.height) * self.size()) as u32;
        if height == 0 {
            return vec![Step::Keep(input)];
        }
        let size = Size::new(input.width, input.height.saturating_add(height));
        vec![Step::work(Mirror { size, height, color: self.color(), opacity: self.opacity() })]
    }
}

#[derive(Debug)]
struct Mirror {
    size: Size,
    /// Of the reflection.
    height: u32,
    color: Color,
    opacity: f64,
}

impl Work for Mirror {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self, input: Layout) -> Layout {
        self.color.fits(input)
    }

    fn run(&self, plane: Plane, _budget: &Budget) -> Result<Plane, ImageError> {
        let layout = self.layout(plane.layout());
        let plane = plane.with_layout(layout)?;
        let pixels = map_depth!(&plane.pixels, raster => self.mirrored(raster)?);
        Ok(plane.with_pixels(pixels))
    }
}

impl Mirror {
    fn mirrored<S: Sample>(&self, raster: &Raster<S>) -> Result<Raster<S>, ImageError> {
        let behind: Vec<S> = self.color.pixel(raster.layout);
        let mut samples = Vec::with_capacity(raster.layout.samples(self.size)?);
        samples.extend_from_slice(&raster.samples);
        let height = raster.size.height as usize;
        for row in 0..self.height as usize {
            let strength = (self.opacity * (1.0 - row as f64 / f64::from(self.height))) as f32;
            let above = height - 1 - row.min(height - 1);
            let pixels =
                raster.samples[above * raster.stride()..][..raster.stride()].chunks_exact(raster.channels());
            pixels.for_each(|pixel| mix(pixel, &behind, strength, raster.layout, &mut samples));
        }
        Raster::new(self.size, raster.layout, samples)
    }
}

/// `strength` of one pixel and the rest of another, colours weighted by their alpha.
fn mix<S: Sample>(pixel: &[S], other: &[S], strength: f32, layout: Layout, samples: &mut Vec<S>) {
    let value = |sample: S| sample.number() as f32;
    let colors = layout.colors();
    let (mut first, mut second) = (strength, 1.0 - strength);
    let mut alpha = None;
    if layout.has_alpha() {
        first *= value(pixel[colors]) / value(S::MAX);
        second *= value(other[colors]) / value(S::MAX);
        alpha = Some(first + second);
    }
    let whole = first + second;
    for (a, b) in pixel[..colors].iter().zip(other) {
        let mixed = if whole > 0.0 { (value(*a) * first + value(*b) * second) / whole } else { 0.0 };
        samples.push(S::nearest(mixed));
    }
    samples.extend(alpha.map(|alpha| S::nearest(alpha * value(S::MAX))));
}
