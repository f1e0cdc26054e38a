//! The filters of PNG undone (W3C PNG, section 9), four rows at a time.
//!
//! Every pixel needs the one before it, so that a row by itself leaves a processor waiting most of the time. But the pixel
//! of one row and that of the row below which lies one step further back need nothing of each other. So four rows are
//! worked on at once, each a step behind the one above it, a lane of four bytes each: what one has just made is then what
//! the one below it needs from above.

use wide::{u8x16, u32x4};

use crate::ImageError;

/// A pixel of up to four samples of 8 bits; what there is no sample for is of no meaning.
pub(super) type Pixel = [u8; 4];

/// How many rows are worked on at once.
pub(super) const ROWS: usize = 4;

/// For each filter the lanes of the rows that have it.
pub(super) struct Filters {
    left: u8x16,
    above: u8x16,
    average: u8x16,
    paeth: u8x16,
}

impl Filters {
    /// By the numbers that stand before the rows.
    pub fn new(numbers: [u8; ROWS]) -> Result<Filters, ImageError> {
        if let Some(number) = numbers.iter().find(|number| **number > 4) {
            return Err(ImageError::undecodable(format!("png: the filter {number} does not exist")));
        }
        let lanes =
            |filter: u8| pixels(numbers.map(|number| if number == filter { [u8::MAX; 4] } else { [0; 4] }));
        Ok(Filters { left: lanes(1), above: lanes(2), average: lanes(3), paeth: lanes(4) })
    }
}

/// Where the four rows are.
#[derive(Clone, Copy)]
struct Front {
    /// The pixels that were made last.
    made: u8x16,
    /// The ones above them.
    above: u8x16,
}

impl Front {
    /// The next pixel of each row, of which the filtered ones are given, and for the first row the one above it.
    #[inline(always)]
    fn step(&mut self, filters: &Filters, above: Pixel, filtered: [Pixel; ROWS]) {
        let (left, corner) = (self.made, self.above);
        let [first, second, third, _] = lanes(left);
        let above = pixels([above, first, second, third]);
        let predicted = (left & filters.left)
            | (above & filters.above)
            | (average(left, above) & filters.average)
            | (paeth(left, above, corner) & filters.paeth);
        *self = Front { made: pixels(filtered) + predicted, above };
    }
}

/// Undoes the filters of four rows of pixels of `SAMPLES` samples, 1 to 4. `above` is the row over them, unfiltered; it and
/// all rows are of the same length.
pub(super) fn unfilter<const SAMPLES: usize>(
    filters: &Filters,
    above: &[Pixel],
    filtered: [&[[u8; SAMPLES]]; ROWS],
    rows: &mut [Vec<Pixel>; ROWS],
) {
    let width = above.len();
    rows.iter_mut().for_each(|row| row.resize(width, Pixel::default()));
    let mut front = Front { made: u8x16::splat(0), above: u8x16::splat(0) };
    // Where some of the rows have not begun yet, or have ended.
    let ragged = |front: &mut Front, rows: &mut [Vec<Pixel>; ROWS], at: usize| {
        let mut next = [Pixel::default(); ROWS];
        for (behind, (pixel, row)) in next.iter_mut().zip(filtered).enumerate() {
            *pixel = at.checked_sub(behind).and_then(|at| row.get(at)).map(padded).unwrap_or_default();
        }
        front.step(filters, above.get(at).copied().unwrap_or_default(), next);
        for (behind, (pixel, row)) in lanes(front.made).into_iter().zip(rows).enumerate() {
            if let Some(to) = at.checked_sub(behind).and_then(|at| row.get_mut(at)) {
                *to = pixel;
            }
        }
    };
    let begun = ROWS - 1;
    (0..begun).for_each(|at| ragged(&mut front, rows, at));
    if width > begun {
        let [first, second, third, fourth] = filtered;
        let filtered = first[3..].iter().zip(&second[2..]).zip(third[1..].iter().zip(fourth));
        let [first, second, third, fourth] = &mut *rows;
        let to = first[3..].iter_mut().zip(&mut second[2..]).zip(third[1..].iter_mut().zip(fourth));
        for ((above, ((first, second), (third, fourth))), to) in above[3..].iter().zip(filtered).zip(to) {
            front.step(filters, *above, [padded(first), padded(second), padded(third), padded(fourth)]);
            let ((first, second), (third, fourth)) = to;
            [*first, *second, *third, *fourth] = lanes(front.made);
        }
    }
    (width.max(begun)..width + begun).for_each(|at| ragged(&mut front, rows, at));
}

#[inline(always)]
fn padded<const SAMPLES: usize>(samples: &[u8; SAMPLES]) -> Pixel {
    let mut pixel = Pixel::default();
    pixel[..SAMPLES].copy_from_slice(samples);
    pixel
}

#[inline(always)]
fn pixels(pixels: [Pixel; ROWS]) -> u8x16 {
    bytemuck::cast(u32x4::new(pixels.map(u32::from_ne_bytes)))
}

#[inline(always)]
fn lanes(pixels: u8x16) -> [Pixel; ROWS] {
    bytemuck::cast::<u8x16, u32x4>(pixels).to_array().map(u32::to_ne_bytes)
}

/// Half the sum, rounded down, without the ninth bit.
#[inline(always)]
fn average(left: u8x16, above: u8x16) -> u8x16 {
    let unlike: u32x4 = bytemuck::cast(left ^ above);
    (left & above) + (bytemuck::cast::<u32x4, u8x16>(unlike >> 1) & u8x16::splat(0x7f))
}

#[inline(always)]
fn difference(one: u8x16, other: u8x16) -> u8x16 {
    one.saturating_sub(other) | other.saturating_sub(one)
}

#[inline(always)]
fn at_most(one: u8x16, other: u8x16) -> u8x16 {
    one.min(other).simd_eq(one)
}

/// Of three neighbours the one that is nearest to `left + above - corner`, without a ninth bit: the distance to `left` is
/// `|above - corner|`, that to `above` is `|left - corner|`. That to `corner` is the difference of the two if the corner
/// lies between the others, and else not the smallest, so that all bits may be set in it.
#[inline(always)]
fn paeth(left: u8x16, above: u8x16, corner: u8x16) -> u8x16 {
    let (to_left, to_above) = (difference(above, corner), difference(left, corner));
    let beyond = at_most(left.max(above), corner) | at_most(corner, left.min(above));
    let to_corner = difference(to_left, to_above) | beyond;
    let nearer = at_most(to_left, to_above).bitselect(left, above);
    at_most(to_left.min(to_above), to_corner).bitselect(nearer, corner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Section 9 word by word.
    fn plain<const SAMPLES: usize>(filter: u8, above: &[Pixel], row: &[[u8; SAMPLES]]) -> Vec<Pixel> {
        let mut made: Vec<Pixel> = Vec::new();
        for (x, samples) in row.iter().enumerate() {
            let before = |row: &[Pixel]| x.checked_sub(1).map(|x| row[x]).unwrap_or_default();
            let (left, corner) = (before(&made), before(above));
            let mut pixel = Pixel::default();
            for (index, sample) in samples.iter().enumerate() {
                let [a, b, c] = [left, above[x], corner].map(|pixel| i32::from(pixel[index]));
                let guess = a + b - c;
                let distance = |value: i32| (guess - value).abs();
                let predicted = match filter {
                    0 => 0,
                    1 => a,
                    2 => b,
                    3 => (a + b) / 2,
                    _ if distance(a) <= distance(b) && distance(a) <= distance(c) => a,
                    _ if distance(b) <= distance(c) => b,
                    _ => c,
                };
                pixel[index] = sample.wrapping_add(predicted as u8);
            }
            made.push(pixel);
        }
        made
    }

    fn compare<const SAMPLES: usize>(width: usize, numbers: [u8; ROWS]) {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Small differences as well as large ones.
            if state >> 31 == 0 { (state >> 16) as u8 } else { (state >> 16) as u8 & 3 }
        };
        let mut above = vec![Pixel::default(); width];
        above.iter_mut().flat_map(|pixel| &mut pixel[..SAMPLES]).for_each(|sample| *sample = random());
        let filtered: [Vec<[u8; SAMPLES]>; ROWS] =
            std::array::from_fn(|_| (0..width).map(|_| std::array::from_fn(|_| random())).collect());
        let mut rows: [Vec<Pixel>; ROWS] = Default::default();
        let [a, b, c, d] = &filtered;
        unfilter(&Filters::new(numbers).unwrap(), &above, [a, b, c, d], &mut rows);
        let mut last = above;
        for ((number, filtered), row) in numbers.into_iter().zip(&filtered).zip(&rows) {
            last = plain(number, &last, filtered);
            assert!(*row == last, "{SAMPLES} samples, width {width}, filters {numbers:?}");
        }
    }

    #[test]
    fn every_filter_is_undone_beside_every_other_at_any_width() {
        for width in [1, 2, 3, 4, 5, 200] {
            for combination in 0..625u32 {
                let numbers = std::array::from_fn(|row| (combination / 5u32.pow(row as u32) % 5) as u8);
                compare::<3>(width, numbers);
                compare::<4>(width, numbers);
            }
        }
    }

    #[test]
    fn a_filter_that_does_not_exist_is_an_error() {
        assert!(Filters::new([0, 1, 5, 2]).is_err());
    }
}
