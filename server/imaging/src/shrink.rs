//! Fewer pixels while rows are decoded: each the mean of a square of the image's.

use crate::layout::Layout;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::{ImageError, Size};

/// Takes an image row by row and keeps the mean of each square of `factor` x `factor` pixels; those at the right and the bottom
/// may be of fewer. Colours are weighted by their alpha.
pub(crate) struct Shrink<S: Sample> {
    factor: usize,
    layout: Layout,
    /// How many samples a pixel of the rows has: those of the layout, and what comes after them and means nothing.
    step: usize,
    gathered: Gathered<S>,
    rows: usize,
    size: Size,
    samples: Vec<S>,
}

/// The rows of the squares that are being gathered.
enum Gathered<S: Sample> {
    /// Their sum.
    Sums(Vec<S::Sum>),
    /// All of them: with alpha, most squares turn out to need no weights.
    Rows(Vec<S>),
}

impl<S: Sample> Shrink<S> {
    /// For an image of this size. The factor is at most 256, so that the sums fit.
    pub fn new(input: Size, layout: Layout, factor: u32) -> Result<Shrink<S>, ImageError> {
        Shrink::padded(input, layout, factor, layout.channels())
    }

    /// The same for rows whose pixels have `step` samples: those of RGB may have a fourth one, which means nothing.
    pub fn padded(input: Size, layout: Layout, factor: u32, step: usize) -> Result<Shrink<S>, ImageError> {
        debug_assert!(step == layout.channels() || (step == 4 && layout == Layout::Rgb));
        let size = shrunk(input, factor);
        let row = input.width as usize * step;
        let gathered = match layout.has_alpha() {
            true => Gathered::Rows(Vec::with_capacity(row * factor as usize)),
            false => Gathered::Sums(vec![S::Sum::default(); row]),
        };
        let samples = Vec::with_capacity(layout.samples(size)?);
        Ok(Shrink { factor: factor as usize, layout, step, gathered, rows: 0, size, samples })
    }

    /// The memory that it takes for a row of so many pixels beside the image that it makes, in bytes.
    pub fn memory_bytes(width: u32, layout: Layout, factor: u32) -> u64 {
        let row = u64::from(width) * layout.channels() as u64 * size_of::<S>() as u64;
        // Rows without alpha come in pixels of four samples, and the sums are twice as wide.
        if layout.has_alpha() { row * u64::from(factor) } else { row * 8 }
    }

    /// The next row.
    pub fn push(&mut self, row: &[S]) {
        match &mut self.gathered {
            Gathered::Sums(sums) => {
                sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += S::Sum::from(*sample));
            }
            Gathered::Rows(rows) => rows.extend_from_slice(row),
        }
        self.rows += 1;
        if self.rows == self.factor {
            self.flush();
        }
    }

    fn flush(&mut self) {
        // The numbers of samples as constants: with them, the sums of a pixel stay in registers.
        match (self.layout, self.step) {
            (Layout::Gray, _) => self.flush_sums::<1, 1>(),
            (Layout::Rgb, 3) => self.flush_sums::<3, 3>(),
            (Layout::Rgb, _) => self.flush_sums::<3, 4>(),
            (Layout::GrayAlpha, _) => self.flush_rows::<2>(),
            (Layout::Rgba, _) => self.flush_rows::<4>(),
        }
        self.rows = 0;
    }

    fn flush_sums<const CHANNELS: usize, const STEP: usize>(&mut self) {
        let Gathered::Sums(sums) = &mut self.gathered else { return };
        for square in sums.as_chunks::<STEP>().0.chunks(self.factor) {
            let mean = Mean::new(square.len() * self.rows);
            let totals = square.iter().fold([0u32; STEP], |totals, pixel| {
                std::array::from_fn(|index| totals[index] + pixel[index].into())
            });
            let pixel: [S; CHANNELS] = std::array::from_fn(|index| S::low(mean.of(totals[index])));
            self.samples.extend_from_slice(&pixel);
        }
        sums.fill(S::Sum::default());
    }

    fn flush_rows<const CHANNELS: usize>(&mut self) {
        let Gathered::Rows(gathered) = &mut self.gathered else { return };
        let pixels = gathered.as_chunks::<CHANNELS>().0;
        let rows: Vec<&[[S; CHANNELS]]> = pixels.chunks(pixels.len() / self.rows.max(1)).collect();
        // The smallest squares are so many that it pays to know how large they are.
        let done = match (self.factor, rows.as_slice()) {
            (2, [first, second]) => {
                let squares = first.as_chunks::<2>().0.iter().zip(second.as_chunks::<2>().0);
                squares.clone().for_each(|(first, second)| {
                    self.samples.extend_from_slice(&weighted(first.iter().chain(second), 4));
                });
                squares.len() * 2
            }
            _ => 0,
        };
        let width = rows.first().map_or(0, |row| row.len());
        for left in (done..width).step_by(self.factor) {
            let columns = left..width.min(left + self.factor);
            let square = rows.iter().flat_map(|row| &row[columns.clone()]);
            self.samples.extend_from_slice(&weighted(square, columns.len() * rows.len()));
        }
        gathered.clear();
    }

    /// The image, when all rows were pushed.
    pub fn finish(mut self) -> Result<Raster<S>, ImageError> {
        if self.rows > 0 {
            self.flush();
        }
        Raster::new(self.size, self.layout, self.samples)
    }
}

/// The mean of so many pixels whose last sample is alpha.
#[inline(always)]
fn weighted<'a, S: Sample, const CHANNELS: usize>(
    square: impl Iterator<Item = &'a [S; CHANNELS]> + Clone,
    count: usize,
) -> [S; CHANNELS] {
    let mut pixels = square.clone();
    let Some(first) = pixels.next() else { return [S::default(); CHANNELS] };
    let alpha = CHANNELS - 1;
    if pixels.all(|pixel| pixel == first) {
        return if first[alpha] == S::default() { [S::default(); CHANNELS] } else { *first };
    }
    let mean = Mean::new(count);
    if square.clone().all(|pixel| pixel[alpha] == S::MAX) {
        let totals = square.fold([0u32; CHANNELS], |totals, pixel| {
            std::array::from_fn(|index| totals[index] + pixel[index].number())
        });
        return totals.map(|total| S::low(mean.of(total)));
    }
    let mut totals = [S::Product::default(); CHANNELS];
    let mut weight = 0;
    for pixel in square {
        for (total, sample) in totals.iter_mut().zip(pixel) {
            *total += S::Product::from(sample.number() * pixel[alpha].number());
        }
        weight += pixel[alpha].number();
    }
    if weight == 0 {
        return [S::default(); CHANNELS];
    }
    let share = 1.0 / f64::from(weight);
    let mut pixel = totals.map(|total| S::low((total.into() as f64 * share + 0.5) as u32));
    pixel[alpha] = S::low(mean.of(weight));
    pixel
}

/// Divides by a number, and rounds to the nearest.
#[derive(Clone, Copy)]
enum Mean {
    /// By two to this power: all squares but those at the edges.
    Shift(u32),
    By(u32),
}

impl Mean {
    fn new(count: usize) -> Mean {
        if count.is_power_of_two() { Mean::Shift(count.trailing_zeros()) } else { Mean::By(count as u32) }
    }

    fn of(self, total: u32) -> u32 {
        match self {
            Mean::Shift(bits) => (total + ((1 << bits) >> 1)) >> bits,
            Mean::By(count) => (total + count / 2) / count,
        }
    }
}

/// The size of an image whose squares of so many pixels a side became one.
pub(crate) fn shrunk(input: Size, factor: u32) -> Size {
    Size::new(input.width.div_ceil(factor), input.height.div_ceil(factor))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shrunk(width: u32, layout: Layout, factor: u32, rows: &[&[u8]]) -> Vec<u8> {
        let mut shrink = Shrink::<u8>::new(Size::new(width, rows.len() as u32), layout, factor).unwrap();
        rows.iter().for_each(|row| shrink.push(row));
        shrink.finish().unwrap().samples
    }

    #[test]
    fn squares_become_their_means_also_where_they_are_cut_off() {
        let rows: [&[u8]; 3] = [&[10, 20, 5], &[30, 40, 6], &[1, 2, 200]];
        assert_eq!(shrunk(3, Layout::Gray, 2, &rows), [25, 6, 2, 200]);
        assert_eq!(shrunk(3, Layout::Gray, 4, &rows), [35]);
    }

    /// The means by their definition.
    fn defined(width: usize, channels: usize, has_alpha: bool, factor: usize, rows: &[Vec<u16>]) -> Vec<u16> {
        let mut means = Vec::new();
        for rows in rows.chunks(factor) {
            for left in (0..width).step_by(factor) {
                let square = || {
                    rows.iter()
                        .flat_map(|row| row.chunks(channels).skip(left).take(factor).map(<[u16]>::to_vec))
                };
                let count = square().count() as f64;
                let weight: f64 = square().map(|pixel| f64::from(pixel[channels - 1])).sum();
                for channel in 0..channels {
                    let sum = |weighs: bool| -> f64 {
                        let weight =
                            |pixel: &[u16]| if weighs { f64::from(pixel[channels - 1]) } else { 1.0 };
                        square().map(|pixel| f64::from(pixel[channel]) * weight(&pixel)).sum()
                    };
                    means.push(match has_alpha {
                        true if weight == 0.0 => 0,
                        true if channel < channels - 1 => (sum(true) / weight + 0.5) as u16,
                        _ => (sum(false) / count + 0.5) as u16,
                    });
                }
            }
        }
        means
    }

    #[test]
    fn means_are_right_in_every_layout_and_at_every_factor() {
        let (width, height) = (37, 23);
        for (layout, step) in
            [(Layout::Gray, 1), (Layout::GrayAlpha, 2), (Layout::Rgb, 3), (Layout::Rgb, 4), (Layout::Rgba, 4)]
        {
            for most in [255u32, 65_535] {
                // Clear, flat, opaque and mixed places.
                let sample = |x: usize, y: usize, channel: usize| match (x / 9 + y / 9) % 4 {
                    0 if channel + 1 == step => 0,
                    1 => (7 * channel + 5) as u16,
                    2 if channel + 1 == step => most as u16,
                    _ => {
                        (((x * 37 + y * 101 + channel * 59) as u32).wrapping_mul(2_654_435) % (most + 1))
                            as u16
                    }
                };
                let row = |y: usize| (0..width * step).map(|at| sample(at / step, y, at % step)).collect();
                let rows: Vec<Vec<u16>> = (0..height).map(row).collect();
                let channels = layout.channels();
                let plain =
                    |row: &Vec<u16>| row.chunks(step).flat_map(|pixel| pixel[..channels].to_vec()).collect();
                let plain: Vec<Vec<u16>> = rows.iter().map(plain).collect();
                for factor in [2, 3, 4, 16, 64] {
                    let size = Size::new(width as u32, height as u32);
                    let expected = defined(width, channels, layout.has_alpha(), factor, &plain);
                    let made: Vec<u16> = if most == 255 {
                        let mut shrink = Shrink::<u8>::padded(size, layout, factor as u32, step).unwrap();
                        let narrow =
                            |row: &Vec<u16>| row.iter().map(|sample| *sample as u8).collect::<Vec<u8>>();
                        rows.iter().for_each(|row| shrink.push(&narrow(row)));
                        shrink.finish().unwrap().samples.into_iter().map(u16::from).collect()
                    } else {
                        let mut shrink = Shrink::<u16>::padded(size, layout, factor as u32, step).unwrap();
                        rows.iter().for_each(|row| shrink.push(row));
                        shrink.finish().unwrap().samples
                    };
                    assert!(made == expected, "{layout:?} {step} {most} {factor}");
                }
            }
        }
    }

    #[test]
    fn what_is_transparent_has_no_colour_to_give() {
        let rows: [&[u8]; 2] = [&[200, 255, 9, 0], &[100, 255, 9, 0]];
        assert_eq!(shrunk(2, Layout::GrayAlpha, 2, &rows), [150, 128]);
    }
}
