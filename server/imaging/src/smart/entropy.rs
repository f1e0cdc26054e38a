//! By entropy: pilkit's rule. From the two ends of a side that is too long, slices are taken off, always the one whose
//! histogram has the lower entropy, and one from each end where they differ by less than a hundredth.

use crate::budget::Budget;
use crate::plane::{Plane, at_any_depth};
use crate::raster::Raster;
use crate::region::Cut;
use crate::sample::Sample;
use crate::{ImageError, Size};

/// The box of `size` inside the image.
pub(super) fn find(plane: &Plane, size: Size, budget: &Budget) -> Result<Cut, ImageError> {
    let input = plane.size();
    let x = shrink(
        input.width,
        size.width,
        budget,
        |from, to| at_any_depth!(&plane.pixels, raster => entropy(raster, (from, to), (0, input.height))),
    )?;
    let y = shrink(
        input.height,
        size.height,
        budget,
        |from, to| at_any_depth!(&plane.pixels, raster => entropy(raster, (0, input.width), (from, to))),
    )?;
    Ok(Cut { x, y, size: Size::new(size.width.min(input.width), size.height.min(input.height)) })
}

/// Takes slices off both ends of a side until it is as long as asked; tells where what is left begins. `entropy` is that of
/// the slice between two positions.
fn shrink(
    side: u32,
    asked: u32,
    budget: &Budget,
    entropy: impl Fn(u32, u32) -> f64,
) -> Result<u32, ImageError> {
    let (mut start, mut end) = (0, side);
    let mut too_much = side.saturating_sub(asked);
    while too_much > 0 {
        budget.check()?;
        let slice = too_much.min((too_much / 5).max(10));
        let first = entropy(start, start + slice);
        let last = entropy(end - slice, end);
        let (from_start, from_end) = if last != 0.0 && (first / last - 1.0).abs() < 0.01 {
            if too_much >= slice * 2 { (slice, slice) } else { (slice / 2, slice - slice / 2) }
        } else if first > last {
            (0, slice)
        } else {
            (slice, 0)
        };
        start += from_start;
        end -= from_end;
        too_much -= from_start + from_end;
    }
    Ok(start)
}

/// The entropy in bits of the histogram of all channels. Grey counts as three equal colours, or grey images would be
/// judged by another rule than the same images in colour.
fn entropy<S: Sample>(raster: &Raster<S>, columns: (u32, u32), rows: (u32, u32)) -> f64 {
    let channels = raster.channels();
    let mut histogram = vec![[0u32; 256]; channels];
    // 8 bits of each sample, or deep images would have a histogram of ones.
    let shift = (S::MAX.number() + 1).ilog2() - 8;
    let columns = columns.0 as usize * channels..columns.1 as usize * channels;
    for row in raster.rows().skip(rows.0 as usize).take((rows.1 - rows.0) as usize) {
        for pixel in row[columns.clone()].chunks_exact(channels) {
            for (counts, sample) in histogram.iter_mut().zip(pixel) {
                counts[(sample.number() >> shift) as usize] += 1;
            }
        }
    }
    let weight = |channel: usize| if raster.layout.is_gray() && channel == 0 { 3.0 } else { 1.0 };
    let pixels = f64::from(histogram[0].iter().sum::<u32>());
    let total: f64 = (0..channels).map(|channel| weight(channel) * pixels).sum();
    let bits = |count: u32| {
        let share = f64::from(count) / total;
        if count == 0 { 0.0 } else { -share * share.log2() }
    };
    (0..channels)
        .map(|channel| weight(channel) * histogram[channel].iter().map(|count| bits(*count)).sum::<f64>())
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::layout::Layout;

    const SIZE: Size = Size::new(120, 70);

    fn found(color: impl Fn(u32, u32) -> u8) -> Cut {
        let samples = (0..70).flat_map(|y| (0..120).map(move |x| (x, y))).flat_map(|(x, y)| [color(x, y); 3]);
        let raster = Raster::new(SIZE, Layout::Rgb, samples.collect()).unwrap();
        find(&raster.into(), Size::new(50, 50), &Budget::UNBOUNDED).unwrap()
    }

    #[test]
    fn the_box_lies_on_the_noise() {
        let noise = |x: u32, y: u32| if x >= 80 { (x * 7919 + y * 104_729 + x * y * 31) as u8 } else { 90 };
        assert_eq!(found(noise), Cut { x: 70, y: 10, size: Size::new(50, 50) });
    }

    #[test]
    fn of_a_uniform_image_the_middle_is_kept() {
        assert_eq!(found(|_, _| 90), Cut { x: 35, y: 10, size: Size::new(50, 50) });
    }
}
