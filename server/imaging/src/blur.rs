//! The bell curve, by three extended box blurs in each direction: the time it takes does not depend on the radius.
//!
//! Gwosdek, Grewenig, Bruhn, Weickert: Theoretical Foundations of Gaussian Convolution by Extended Filter Filtering (SSVM 2011).

use crate::alpha;
use crate::budget::Budget;
use crate::layout::Layout;
use crate::plane::Depth;
use crate::raster::Raster;
use crate::region::Cut;
use crate::sample::Sample;
use crate::{ImageError, Size};

/// With three boxes the curve is within a few hundredths of the bell's.
const PASSES: usize = 3;

/// Blurs with a standard deviation of `sigma` pixels. At the edges the outermost pixels go on.
pub(crate) fn gaussian<S: Sample>(
    raster: &mut Raster<S>,
    sigma: f64,
    budget: &Budget,
) -> Result<(), ImageError> {
    let filter = Filter::new(sigma);
    if !raster.layout.has_alpha() {
        return filter.blur(raster, budget);
    }
    // In 16 bits: multiplied in eight, what is nearly transparent would lose its colour.
    let mut weighed = alpha::weighed(raster, Cut { x: 0, y: 0, size: raster.size })?;
    filter.blur(&mut weighed, budget)?;
    *raster = alpha::unweighed(&weighed)?;
    Ok(())
}

/// The memory that [`gaussian`] takes beside the image, in bytes.
pub(crate) fn working_bytes(size: Size, layout: Layout, depth: Depth) -> u64 {
    let copy = |depth: Depth| size.pixels() * layout.channels() as u64 * depth.bytes();
    if layout.has_alpha() { 2 * copy(Depth::Sixteen) } else { copy(depth) }
}

/// A box of an odd width with a fraction of a pixel more on each side.
struct Filter {
    /// Whole pixels on each side of the middle.
    radius: usize,
    /// The weight of a pixel in the box, and of the two at its ends.
    whole: f32,
    part: f32,
}

impl Filter {
    /// One of the boxes that together have this standard deviation.
    fn new(sigma: f64) -> Filter {
        let variance = sigma * sigma / PASSES as f64;
        let length = (12.0 * variance + 1.0).sqrt();
        let whole = ((length - 1.0) / 2.0).floor();
        let part = (2.0 * whole + 1.0) * (whole * (whole + 1.0) - 3.0 * variance)
            / (6.0 * (variance - (whole + 1.0) * (whole + 1.0)));
        let weight = 1.0 / (2.0 * (whole + part) + 1.0);
        Filter { radius: whole as usize, whole: weight as f32, part: (weight * part) as f32 }
    }

    /// All of its passes.
    fn blur<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        let channels = raster.channels();
        let mut line = Vec::new();
        for row in raster.rows_mut() {
            budget.check()?;
            for _ in 0..PASSES {
                line.clear();
                line.extend_from_slice(row);
                self.along(&line, row, channels);
            }
        }
        for _ in 0..PASSES {
            self.down(raster, budget)?;
        }
        Ok(())
    }

    /// Along a row.
    fn along<S: Sample>(&self, from: &[S], to: &mut [S], channels: usize) {
        let length = from.len() / channels;
        let at = |position: isize, channel: usize| {
            from[position.clamp(0, length as isize - 1) as usize * channels + channel].number()
        };
        let radius = self.radius as isize;
        for channel in 0..channels {
            let mut sum: u64 = (-radius..=radius).map(|position| u64::from(at(position, channel))).sum();
            for position in 0..length as isize {
                let ends = at(position - radius - 1, channel) + at(position + radius + 1, channel);
                to[position as usize * channels + channel] =
                    S::nearest(sum as f32 * self.whole + ends as f32 * self.part);
                sum += u64::from(at(position + radius + 1, channel));
                sum -= u64::from(at(position - radius, channel));
            }
        }
    }

    /// Down all columns at once, row by row. The rows above that are already blurred are still needed, so they are kept
    /// beside.
    fn down<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        let (height, stride) = (raster.size.height as usize, raster.stride());
        let before = raster.samples.clone();
        let row = |position: isize| {
            let start = position.clamp(0, height as isize - 1) as usize * stride;
            &before[start..start + stride]
        };
        let radius = self.radius as isize;
        let mut sums = vec![0u32; stride];
        for position in -radius..=radius {
            sums.iter_mut().zip(row(position)).for_each(|(sum, sample)| *sum += sample.number());
        }
        for (position, to) in raster.samples.chunks_exact_mut(stride).enumerate() {
            budget.check()?;
            let position = position as isize;
            let (above, below) = (row(position - radius - 1), row(position + radius + 1));
            let leaving = row(position - radius);
            for (((sum, to), (above, below)), leaving) in
                sums.iter_mut().zip(to).zip(above.iter().zip(below)).zip(leaving)
            {
                let ends = above.number() + below.number();
                *to = S::nearest(*sum as f32 * self.whole + ends as f32 * self.part);
                *sum = *sum + below.number() - leaving.number();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_point_becomes_a_bell_of_the_asked_width() {
        for sigma in [0.5, 1.0, 2.0, 7.3, 20.0] {
            let side = 201;
            let mut samples = vec![0u16; side * side];
            samples[side * 100 + 100] = 65_535;
            // A whole row of points, so that 16 bits are enough for the bell of what lies across it.
            samples[side * 100..side * 101].fill(65_535);
            let size = Size::new(side as u32, side as u32);
            let mut raster = Raster::new(size, Layout::Gray, samples).unwrap();
            gaussian(&mut raster, sigma, &Budget::UNBOUNDED).unwrap();
            let column: Vec<f64> = (0..side).map(|y| f64::from(raster.samples[y * side + 100])).collect();
            let sum: f64 = column.iter().sum();
            let variance: f64 =
                column.iter().enumerate().map(|(y, value)| value * (y as f64 - 100.0).powi(2)).sum::<f64>()
                    / sum;
            assert!((sum / 65_535.0 - 1.0).abs() < 0.01, "sigma {sigma}: sum {sum}");
            assert!((variance.sqrt() / sigma - 1.0).abs() < 0.03, "sigma {sigma}: {}", variance.sqrt());
        }
    }

    #[test]
    fn one_colour_stays_what_it_is() {
        let size = Size::new(33, 17);
        let mut raster = Raster::<u8>::filled(size, Layout::Rgba, &[200, 100, 50, 128]).unwrap();
        gaussian(&mut raster, 5.0, &Budget::UNBOUNDED).unwrap();
        for pixel in raster.pixels() {
            assert!(pixel.iter().zip([200, 100, 50, 128]).all(|(a, b)| a.abs_diff(b) <= 1), "{pixel:?}");
        }
    }
}
