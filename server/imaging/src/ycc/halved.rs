//! Planes of half the width and height: what is much larger than its rendition costs less to resample afterwards.

use wide::{i16x8, u8x16};

use crate::raster::Raster;
use crate::{ImageError, Size};

/// A plane of which each sample is the mean of four, in the place of the old one; under odd sides the outermost samples count
/// twice.
pub(super) fn halved(plane: Raster) -> Result<Raster, ImageError> {
    let size = Size::new(plane.size.width.div_ceil(2), plane.size.height.div_ceil(2));
    let (stride, width) = (plane.stride(), size.width as usize);
    let Raster { layout, mut samples, .. } = plane;
    // A row is gathered outside of the samples: what it is made of lies where the rows before it were.
    let mut row = vec![0; width];
    for y in 0..size.height as usize {
        let pair = samples.get(2 * y * stride..).unwrap_or_default();
        let (upper, rest) = pair.split_at(stride.min(pair.len()));
        let lower = rest.get(..stride).unwrap_or(upper);
        let (upper_blocks, upper_rest) = upper.as_chunks::<32>();
        let (lower_blocks, lower_rest) = lower.as_chunks::<32>();
        let (row_blocks, row_rest) = row.split_at_mut(upper_blocks.len() * 16);
        let row_blocks = row_blocks.as_chunks_mut::<16>().0;
        for (means, (above, below)) in row_blocks.iter_mut().zip(upper_blocks.iter().zip(lower_blocks)) {
            *means = means_of(above, below);
        }
        // What is left has fewer columns than a block, the last of them perhaps alone.
        for (mean, (above, below)) in row_rest.iter_mut().zip(upper_rest.chunks(2).zip(lower_rest.chunks(2)))
        {
            let last = |pair: &[u8]| pair.last().copied().unwrap_or_default();
            *mean = mean_of([above[0], last(above), below[0], last(below)]);
        }
        if let Some(place) = samples.get_mut(y * width..(y + 1) * width) {
            place.copy_from_slice(&row);
        }
    }
    samples.truncate(width * size.height as usize);
    Raster::new(size, layout, samples)
}

/// The means of sixteen squares.
#[inline(always)]
fn means_of(above: &[u8; 32], below: &[u8; 32]) -> [u8; 16] {
    let low = i16x8::splat(0xff);
    // Two samples in each lane, whichever comes first, become their sum.
    let sums = |samples: &[u8]| {
        let pairs = samples.as_chunks::<2>().0;
        let lanes = i16x8::new(std::array::from_fn(|lane| i16::from_le_bytes(pairs[lane])));
        (lanes & low) + ((lanes >> 8) & low)
    };
    let means = |at: usize| (sums(&above[at..at + 16]) + sums(&below[at..at + 16]) + i16x8::splat(2)) >> 2;
    u8x16::narrow_i16x8(means(0), means(16)).to_array()
}

/// Half a level is rounded up.
#[inline(always)]
fn mean_of(samples: [u8; 4]) -> u8 {
    let sum = samples.into_iter().fold(2u16, |sum, sample| sum + u16::from(sample));
    (sum / 4) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::layout::Layout;

    #[test]
    fn each_sample_is_the_mean_of_four() {
        let plane = Raster::new(Size::new(4, 2), Layout::Gray, vec![1, 2, 10, 20, 3, 4, 30, 41]).unwrap();
        let halved = halved(plane).unwrap();
        assert_eq!((halved.size, halved.samples), (Size::new(2, 1), vec![3, 25]));
    }

    #[test]
    fn under_odd_sides_there_is_the_mean_of_what_is_there() {
        let plane = Raster::new(Size::new(3, 3), Layout::Gray, vec![8, 8, 4, 8, 8, 6, 1, 3, 250]).unwrap();
        let halved = halved(plane).unwrap();
        assert_eq!((halved.size, halved.samples), (Size::new(2, 2), vec![8, 5, 2, 250]));
    }

    #[test]
    fn blocks_give_the_same_as_single_samples() {
        let levels = |count: u32| (0..count).map(|index| (index * 7919 % 251) as u8).collect::<Vec<u8>>();
        let plane = |width: u32, samples: Vec<u8>| {
            let size = Size::new(width, samples.len() as u32 / width);
            halved(Raster::new(size, Layout::Gray, samples).unwrap()).unwrap()
        };
        for width in [31, 32, 63, 75] {
            let whole = levels(width * 4);
            let wide = plane(width, whole.clone());
            let columns = wide.size.width as usize;
            for from in (0..width as usize).step_by(2) {
                // Two columns alone are no block.
                let rows = whole.chunks(width as usize);
                let pair: Vec<u8> =
                    rows.flat_map(|row| [row[from], *row.get(from + 1).unwrap_or(&row[from])]).collect();
                let means: Vec<u8> = wide.samples.chunks(columns).map(|row| row[from / 2]).collect();
                assert_eq!(plane(2, pair).samples, means, "columns {from} of {width}");
            }
        }
    }

    #[test]
    fn a_white_plane_stays_white() {
        let plane = Raster::new(Size::new(5, 7), Layout::Gray, vec![255; 35]).unwrap();
        assert!(halved(plane).unwrap().samples.iter().all(|sample| *sample == 255));
    }
}
