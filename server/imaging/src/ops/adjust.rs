//! `adjust`: saturation, brightness, contrast and sharpness.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::luma::luma;
use crate::operation::Operate;
use crate::paint::Paint;
use crate::plane::{Depth, Plane, at_any_depth};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::Step;
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Changes the look, in this order: saturation, brightness, contrast, sharpness. 1 changes nothing; the formulas are those of
/// Pillow's `ImageEnhance`, which pilkit's `Adjust` uses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adjust {
    /// 0 (grey) to 10. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saturation: Option<f64>,
    /// 0 (black) to 10. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brightness: Option<f64>,
    /// 0 (one grey) to 10. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contrast: Option<f64>,
    /// 0 (soft) to 10. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<f64>,
}

impl Adjust {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "adjust",
        number: 15,
        revision: 1,
        fields: &[("saturation", 1), ("brightness", 2), ("contrast", 3), ("sharpness", 4)],
    };

    /// By the names of their fields.
    fn factors(&self) -> [(&'static str, f64); 4] {
        [
            ("saturation", self.saturation.unwrap_or(1.0)),
            ("brightness", self.brightness.unwrap_or(1.0)),
            ("contrast", self.contrast.unwrap_or(1.0)),
            ("sharpness", self.sharpness.unwrap_or(1.0)),
        ]
    }
}

impl Operate for Adjust {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        self.factors().into_iter().try_for_each(|(name, factor)| place.number(name, factor, 0.0, 10.0))
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        for (number, (_, factor)) in (1..).zip(self.factors()) {
            fields.double_unless(number, factor, 1.0);
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let [saturation, brightness, contrast, sharpness] = self.factors().map(|(_, factor)| factor as f32);
        // Each for itself: the mean that contrast is measured from is that of the image after the steps before it.
        let mut steps = Vec::new();
        if saturation != 1.0 || brightness != 1.0 {
            steps.push(Step::paint(Tone { saturation, brightness }, input));
        }
        if contrast != 1.0 {
            steps.push(Step::paint(Contrast { factor: contrast, middle: None }, input));
        }
        if sharpness != 1.0 {
            steps.push(Step::paint(Sharpness { factor: sharpness }, input));
        }
        if steps.is_empty() {
            steps.push(Step::Keep(input));
        }
        steps
    }
}

/// What lies `factor` of the way from `from` to `to`; also beyond.
fn between<S: Sample>(from: f32, to: f32, factor: f32) -> S {
    S::nearest((from + (to - from) * factor).clamp(0.0, S::MAX.number() as f32))
}

#[derive(Debug)]
struct Tone {
    saturation: f32,
    brightness: f32,
}

impl Paint for Tone {
    fn paint<S: Sample>(&self, raster: &mut Raster<S>, _budget: &Budget) -> Result<(), ImageError> {
        let colors = raster.layout.colors();
        for pixel in raster.pixels_mut() {
            if colors > 1 && self.saturation != 1.0 {
                let gray = luma(pixel, colors);
                for sample in &mut pixel[..colors] {
                    *sample = between(gray, sample.number() as f32, self.saturation);
                }
            }
            for sample in &mut pixel[..colors] {
                *sample = between(0.0, sample.number() as f32, self.brightness);
            }
        }
        Ok(())
    }
}

#[derive(Debug)]
struct Contrast {
    factor: f32,
    /// The grey that stays as it is, 0 to 1, once an image has told it.
    middle: Option<f32>,
}

/// The mean of the luma, 0 to 1, each pixel counted by its alpha.
fn middle<S: Sample>(raster: &Raster<S>) -> f32 {
    let (colors, has_alpha) = (raster.layout.colors(), raster.layout.has_alpha());
    let most = f64::from(S::MAX.number());
    let (sum, weight) = raster.pixels().fold((0.0, 0.0), |(sum, weight), pixel| {
        let alpha = if has_alpha { f64::from(pixel[colors].number()) / most } else { 1.0 };
        (sum + f64::from(luma(pixel, colors)) * alpha, weight + alpha)
    });
    if weight > 0.0 { (sum / weight / most) as f32 } else { 0.0 }
}

impl Paint for Contrast {
    fn settled(&self, plane: &Plane) -> Option<Contrast> {
        let middle = at_any_depth!(&plane.pixels, raster => middle(raster));
        Some(Contrast { factor: self.factor, middle: Some(middle) })
    }

    fn paint<S: Sample>(&self, raster: &mut Raster<S>, _budget: &Budget) -> Result<(), ImageError> {
        let middle = self.middle.unwrap_or_else(|| middle(raster)) * S::MAX.number() as f32;
        let colors = raster.layout.colors();
        for pixel in raster.pixels_mut() {
            for sample in &mut pixel[..colors] {
                *sample = between(middle, sample.number() as f32, self.factor);
            }
        }
        Ok(())
    }
}

/// The colours of the pixel at `at` mixed with those around it as [`Sharpness`] does, each counted by its alpha; none where
/// nothing of them is to be seen.
fn soft<S: Sample>(before: &[S], at: usize, (stride, channels): (usize, usize)) -> Option<[f32; 3]> {
    let (mut sums, mut weights) = ([0u64; 3], 0u64);
    for row in [at - stride, at, at + stride] {
        for pixel in [row - channels, row, row + channels] {
            let pixel_samples = &before[pixel..pixel + channels];
            let weight = u64::from(pixel_samples[channels - 1].number()) * if pixel == at { 5 } else { 1 };
            weights += weight;
            for (sum, sample) in sums.iter_mut().zip(&pixel_samples[..channels - 1]) {
                *sum += u64::from(sample.number()) * weight;
            }
        }
    }
    (weights > 0).then(|| sums.map(|sum| (sum as f64 / weights as f64) as f32))
}

#[derive(Debug)]
struct Sharpness {
    factor: f32,
}

impl Paint for Sharpness {
    fn working_bytes(&self, input: Size, layout: Layout, depth: Depth) -> u64 {
        input.pixels() * layout.channels() as u64 * depth.bytes()
    }

    /// From a copy in which each pixel is mixed with its eight neighbours, 5 to 1 each. The outermost pixels have not all of
    /// them and stay as they are.
    fn paint<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        let before = raster.samples.clone();
        let (channels, colors, stride) = (raster.channels(), raster.layout.colors(), raster.stride());
        let has_alpha = raster.layout.has_alpha();
        let (width, height) = (raster.size.width as usize, raster.size.height as usize);
        for y in 1..height.saturating_sub(1) {
            budget.check()?;
            for x in 1..width.saturating_sub(1) {
                if has_alpha {
                    let at = y * stride + x * channels;
                    let Some(soft) = soft(&before, at, (stride, channels)) else { continue };
                    for (channel, soft) in soft.into_iter().take(colors).enumerate() {
                        let here = before[at + channel].number() as f32;
                        raster.samples[at + channel] = between(soft, here, self.factor);
                    }
                    continue;
                }
                for channel in 0..colors {
                    let at = y * stride + x * channels + channel;
                    let row = |at: usize| {
                        before[at - channels].number() + before[at].number() + before[at + channels].number()
                    };
                    let here = before[at].number();
                    let sum = row(at - stride) + row(at) + row(at + stride) + 4 * here;
                    raster.samples[at] = between(sum as f32 / 13.0, here as f32, self.factor);
                }
            }
        }
        Ok(())
    }
}
