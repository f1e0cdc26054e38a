//! By attention: the box with the most edges, saturation and contrast in it. Every pixel of a small copy of the image is
//! worth what catches the eye there: how much it differs from its neighbours, how much more saturated than the image's mean
//! it is, and how far its lightness is from the mean. No colour, such as that of skin, is worth more than another.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::layout::Layout;
use crate::plane::{Plane, at_any_depth};
use crate::raster::Raster;
use crate::region::{Cut, Region};
use crate::resample::resample;
use crate::sample::Sample;
use crate::step::Resample;
use crate::{ImageError, Size, rounding};

/// The longest side of the copy that is judged.
const LONGEST: u32 = 256;

/// What a difference from the neighbours is worth, where one from the mean is worth 1.
const EDGE: u32 = 2;

/// The box of `size` inside the image; of equal ones the one nearest to the centre.
pub(super) fn find(plane: &Plane, size: Size, budget: &Budget) -> Result<Cut, ImageError> {
    let input = plane.size();
    let size = Size::new(size.width.min(input.width), size.height.min(input.height));
    budget.check()?;
    let worth = at_any_depth!(&plane.pixels, raster => worth(small(raster)?.as_ref()));
    let sums = Sums::new(&worth);
    let x = positions(input.width, size.width, worth.size.width);
    let y = positions(input.height, size.height, worth.size.height);
    let mut best: Option<(u64, u64, Cut)> = None;
    for (top, rows) in &y {
        for (left, columns) in &x {
            let sum = sums.of(*columns, *rows);
            let off = |at: u32, free: u32| u64::from((2 * at).abs_diff(free)).pow(2);
            let distance = off(*left, input.width - size.width) + off(*top, input.height - size.height);
            let is_better = best
                .as_ref()
                .is_none_or(|(most, nearest, _)| sum > *most || (sum == *most && distance < *nearest));
            if is_better {
                best = Some((sum, distance, Cut { x: *left, y: *top, size }));
            }
        }
    }
    best.map(|(_, _, cut)| cut).ok_or_else(|| ImageError::unsupported("an image without pixels has no box"))
}

/// Where along a side a box may begin, in the image, with the part of the small copy that it covers then. The middle is
/// among them.
fn positions(side: u32, asked: u32, small: u32) -> Vec<(u32, (u32, u32))> {
    let free = side - asked;
    let to_small =
        |at: u32| ((u64::from(at) * u64::from(small) + u64::from(side) / 2) / u64::from(side)) as u32;
    let covered = to_small(asked).clamp(1, small);
    let steps = small - covered;
    let begins = (0..=steps).map(|step| {
        if steps == 0 { 0 } else { (u64::from(free) * u64::from(step) / u64::from(steps)) as u32 }
    });
    let mut all: Vec<(u32, (u32, u32))> = begins
        .chain([free / 2])
        .map(|begin| {
            let from = to_small(begin).min(steps);
            (begin, (from, from + covered))
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The copy that is judged.
fn small<S: Sample>(raster: &Raster<S>) -> Result<Cow<'_, Raster<S>>, ImageError> {
    let longest = raster.size.longest();
    if longest <= LONGEST {
        return Ok(Cow::Borrowed(raster));
    }
    let side = |side: u32| rounding::side(f64::from(side) * f64::from(LONGEST) / f64::from(longest));
    let size = Size::new(side(raster.size.width), side(raster.size.height));
    resample(raster, &Resample { frame: None, region: Region::whole(raster.size), size }).map(Cow::Owned)
}

/// What every pixel is worth.
struct Worth {
    size: Size,
    pixels: Vec<u32>,
}

fn worth<S: Sample>(raster: &Raster<S>) -> Worth {
    let eight = |sample: S| sample.number() * 255 / S::MAX.number();
    let looks: Vec<[u32; 3]> = raster
        .pixels()
        .map(|pixel| {
            let alpha = if raster.layout.has_alpha() { eight(pixel[raster.layout.colors()]) } else { 255 };
            if raster.layout.without_alpha() == Layout::Gray {
                return [eight(pixel[0]) * alpha / 255, 0, alpha];
            }
            let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(|sample| eight(sample) * alpha / 255);
            let luma = (299 * red + 587 * green + 114 * blue) / 1000;
            [luma, red.max(green).max(blue) - red.min(green).min(blue), alpha]
        })
        .collect();
    let mean = |channel: usize| {
        let sum: u64 = looks.iter().map(|look| u64::from(look[channel])).sum();
        (sum / looks.len().max(1) as u64) as u32
    };
    let (mean_luma, mean_saturation) = (mean(0), mean(1));
    let (width, height) = (raster.size.width as usize, raster.size.height as usize);
    let luma = |x: usize, y: usize| looks[y * width + x][0];
    let mut pixels = Vec::with_capacity(looks.len());
    for y in 0..height {
        for x in 0..width {
            let [here, saturation, alpha] = looks[y * width + x];
            let around = luma(x.saturating_sub(1), y)
                + luma((x + 1).min(width - 1), y)
                + luma(x, y.saturating_sub(1))
                + luma(x, (y + 1).min(height - 1));
            let edge = (4 * here).abs_diff(around) / 4;
            let stands_out = here.abs_diff(mean_luma) + saturation.saturating_sub(mean_saturation);
            pixels.push((EDGE * edge + stands_out) * alpha / 255);
        }
    }
    Worth { size: raster.size, pixels }
}

/// Sums over boxes, each by four look-ups.
struct Sums {
    width: usize,
    /// At (x, y): all that is above and to the left.
    sums: Vec<u64>,
}

impl Sums {
    fn new(worth: &Worth) -> Sums {
        let width = worth.size.width as usize + 1;
        let mut sums = vec![0; width];
        for row in worth.pixels.chunks_exact(width - 1) {
            let above = sums.len() - width;
            let mut so_far = 0;
            sums.push(0);
            for (x, pixel) in row.iter().enumerate() {
                so_far += u64::from(*pixel);
                sums.push(sums[above + x + 1] + so_far);
            }
        }
        Sums { width, sums }
    }

    fn of(&self, (left, right): (u32, u32), (top, bottom): (u32, u32)) -> u64 {
        let at = |x: u32, y: u32| self.sums[y as usize * self.width + x as usize];
        at(right, bottom) + at(left, top) - at(left, bottom) - at(right, top)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn found(input: Size, size: Size, color: impl Fn(u32, u32) -> [u8; 3]) -> Cut {
        let places = (0..input.height).flat_map(|y| (0..input.width).map(move |x| (x, y)));
        let samples = places.flat_map(|(x, y)| color(x, y)).collect();
        let raster = Raster::new(input, Layout::Rgb, samples).unwrap();
        find(&raster.into(), size, &Budget::UNBOUNDED).unwrap()
    }

    #[test]
    fn of_a_uniform_image_the_exact_middle_is_kept() {
        for (input, size) in [((120, 70), (50, 50)), ((1001, 700), (333, 700)), ((3000, 1000), (1, 999))] {
            let (input, size) = (Size::new(input.0, input.1), Size::new(size.0, size.1));
            let cut = found(input, size, |_, _| [80, 90, 100]);
            assert_eq!((cut.x, cut.y), ((input.width - size.width) / 2, (input.height - size.height) / 2));
        }
    }

    #[test]
    fn a_bright_disc_is_inside_the_box_wherever_it_lies() {
        for (x, y) in [(60, 60), (500, 100), (900, 300), (1100, 520)] {
            let disc = |u: u32, v: u32| {
                if u.abs_diff(x).pow(2) + v.abs_diff(y).pow(2) < 1600 {
                    [230, 60, 30]
                } else {
                    [90, 100, 110]
                }
            };
            let cut = found(Size::new(1200, 600), Size::new(300, 300), disc);
            let inside = |at: u32, from: u32| at >= from + 30 && at <= from + 270;
            assert!(inside(x, cut.x) && inside(y, cut.y), "{x},{y}: {cut:?}");
        }
    }
}
