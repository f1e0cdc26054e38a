//! `rotate`: turns the image by any angle.

use serde::{Deserialize, Serialize};

use crate::alpha;
use crate::budget::Budget;
use crate::canonical::Fields;
use crate::color::Color;
use crate::flatten::laid_on;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::plane::{Depth, Plane, map_depth};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::{Step, Work};
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Orientation, Size};

/// Turns the image by any angle. The result is as large as it must be to hold all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rotate {
    /// Degrees counterclockwise, -360 to 360.
    pub angle: f64,
    /// What shows in the corners: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Empty: transparent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
}

impl Rotate {
    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "rotate", number: 13, revision: 1, fields: &[("angle", 1), ("color", 2)] };

    /// From 0 to below 360.
    fn angle(&self) -> f64 {
        self.angle.rem_euclid(360.0) % 360.0
    }

    /// The turn that it is, if it is one by quarters.
    fn quarters(&self) -> Option<Orientation> {
        match self.angle() {
            0.0 => Some(Orientation::Normal),
            90.0 => Some(Orientation::Rotate270),
            180.0 => Some(Orientation::Rotate180),
            270.0 => Some(Orientation::Rotate90),
            _ => None,
        }
    }

    fn color(&self) -> Color {
        Color::of(&self.color, Color::TRANSPARENT)
    }
}

impl Operate for Rotate {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.number("angle", self.angle, -360.0, 360.0)?;
        Color::validate(&self.color, "color", place)
    }

    /// The angle from 0 to below 360. By quarters no corner shows, and the colour is left out.
    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.double(1, self.angle());
        if self.quarters().is_none() {
            fields.bytes(2, &self.color().canonical(), &Color::TRANSPARENT.canonical());
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        match self.quarters() {
            Some(Orientation::Normal) => vec![Step::Keep(input)],
            Some(orientation) => vec![Step::Turn(orientation, orientation.apply(input))],
            None => vec![Step::work(Turned::new(input, self.angle(), self.color()))],
        }
    }
}

#[derive(Debug)]
struct Turned {
    size: Size,
    sine: f64,
    cosine: f64,
    color: Color,
}

impl Turned {
    fn new(input: Size, angle: f64, color: Color) -> Turned {
        let (sine, cosine) = angle.to_radians().sin_cos();
        let (width, height) = (f64::from(input.width), f64::from(input.height));
        let side = |a: f64, b: f64| (a.abs() + b.abs() - 1e-6).ceil().max(1.0) as u32;
        let size = Size::new(side(width * cosine, height * sine), side(width * sine, height * cosine));
        Turned { size, sine, cosine, color }
    }

    fn turned<S: Sample>(&self, mut raster: Raster<S>, budget: &Budget) -> Result<Raster<S>, ImageError> {
        alpha::multiply(&mut raster);
        let source = raster;
        let mut target = Raster::blank(self.size, source.layout)?;
        let channels = source.channels();
        let middle = |size: Size| (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
        let (from, to) = (middle(source.size), middle(self.size));
        for (y, row) in target.rows_mut().enumerate() {
            budget.check()?;
            let down = y as f64 + 0.5 - to.1;
            for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                let right = x as f64 + 0.5 - to.0;
                let at_x = right * self.cosine - down * self.sine + from.0 - 0.5;
                let at_y = right * self.sine + down * self.cosine + from.1 - 0.5;
                sample(&source, at_x, at_y, pixel);
            }
        }
        alpha::divide(&mut target);
        laid_on(target, self.color)
    }
}

impl Work for Turned {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self, input: Layout) -> Layout {
        let layout = self.color.fits(input);
        if input.has_alpha() || self.color.alpha < 255 { layout.with_alpha() } else { layout }
    }

    fn working_bytes(&self, input: Size, layout: Layout, depth: Depth) -> u64 {
        (input.pixels() * layout.with_alpha().channels() as u64 + self.size.pixels()) * depth.bytes()
    }

    fn run(&self, plane: Plane, budget: &Budget) -> Result<Plane, ImageError> {
        let layout = self.color.fits(plane.layout()).with_alpha();
        let opaque = self.layout(plane.layout());
        let plane = plane.with_layout(layout)?;
        let pixels = map_depth!(plane.pixels, raster => self.turned(raster, budget)?);
        Plane { pixels, ..plane }.with_layout(opaque)
    }
}

/// The weights of the four pixels around a place that is `t` beyond the second: Keys' cubic convolution with a = -1/2
/// (IEEE Transactions on Acoustics, Speech, and Signal Processing 29, 1981).
fn weights(t: f32) -> [f32; 4] {
    let near = |t: f32| (1.5 * t - 2.5) * t * t + 1.0;
    let far = |t: f32| ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0;
    [far(1.0 + t), near(t), near(1.0 - t), far(2.0 - t)]
}

/// The pixel at a place; outside of the image all is transparent.
fn sample<S: Sample>(source: &Raster<S>, x: f64, y: f64, pixel: &mut [S]) {
    let (left, top) = (x.floor(), y.floor());
    let (columns, rows) = (weights((x - left) as f32), weights((y - top) as f32));
    let (left, top) = (left as i64 - 1, top as i64 - 1);
    let (width, height) = (i64::from(source.size.width), i64::from(source.size.height));
    if left + 3 < 0 || top + 3 < 0 || left >= width || top >= height {
        return;
    }
    let (channels, stride) = (source.channels(), source.stride());
    let mut sums = [0.0f32; 4];
    for (row, weight) in (top..).zip(rows) {
        if !(0..height).contains(&row) {
            continue;
        }
        for (column, more) in (left..).zip(columns) {
            if !(0..width).contains(&column) {
                continue;
            }
            let at = row as usize * stride + column as usize * channels;
            for (sum, sample) in sums.iter_mut().zip(&source.samples[at..at + channels]) {
                *sum += sample.number() as f32 * weight * more;
            }
        }
    }
    let most = S::MAX.number() as f32;
    let alpha = sums[channels - 1].clamp(0.0, most);
    for (sample, sum) in pixel.iter_mut().zip(sums) {
        // Multiplied colours can't be more than their alpha.
        *sample = S::nearest(sum.clamp(0.0, alpha));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_result_holds_the_turned_image_and_no_more() {
        let size = |angle: f64, width: u32, height: u32| {
            let rotate = Rotate { angle, ..Rotate::default() };
            rotate.steps(Size::new(width, height))[0].size()
        };
        assert_eq!(size(90.0, 30, 20), Size::new(20, 30));
        assert_eq!(size(-180.0, 30, 20), Size::new(30, 20));
        assert_eq!(size(45.0, 100, 100), Size::new(142, 142));
        assert_eq!(size(30.0, 200, 100), Size::new(224, 187));
    }

    #[test]
    fn a_turn_is_counterclockwise_and_nearly_a_quarter_is_nearly_one() {
        let mut samples = vec![0u8; 40 * 40];
        // A mark at the right, which a quarter counterclockwise brings to the top.
        for y in 15..25 {
            samples[y * 40 + 30..y * 40 + 40].fill(200);
        }
        let raster = Raster::new(Size::new(40, 40), Layout::Gray, samples).unwrap();
        let turned = Turned::new(raster.size, 89.999, Color::BLACK);
        let plane = turned.run(raster.into(), &Budget::UNBOUNDED).unwrap();
        let crate::plane::Pixels::Eight(raster) = plane.pixels else { panic!("the depth changed") };
        assert_eq!(raster.layout, Layout::Gray);
        let middle = raster.size.width as usize / 2;
        assert!(raster.samples[4 * raster.stride() + middle] > 190);
        assert!(raster.samples[35 * raster.stride() + middle] < 10);
    }
}
