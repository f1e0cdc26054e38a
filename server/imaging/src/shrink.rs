//! Fewer pixels while rows are decoded: each the mean of a square of the image's.

use crate::layout::Layout;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::{ImageError, Size};

/// Takes an image row by row and keeps the mean of each square of `factor` x `factor` pixels; those at the right and the bottom
/// may be of fewer. Colours are weighted by their alpha.
pub(crate) struct Shrink<S> {
    factor: usize,
    layout: Layout,
    /// The sums of the columns over the rows of the squares that are being gathered; with alpha, of colours times alpha.
    sums: Sums,
    rows: usize,
    size: Size,
    samples: Vec<S>,
}

/// Narrow ones are twice as fast, but products of 16 bits a sample need wide ones.
enum Sums {
    Plain(Vec<u32>),
    Weighted(Vec<u64>),
}

impl<S: Sample> Shrink<S> {
    /// For an image of this size. The factor is at most 256, so that the sums fit at 16 bits a sample.
    pub fn new(input: Size, layout: Layout, factor: u32) -> Result<Shrink<S>, ImageError> {
        let size = shrunk(input, factor);
        let row = input.width as usize * layout.channels();
        let sums = if layout.has_alpha() { Sums::Weighted(vec![0; row]) } else { Sums::Plain(vec![0; row]) };
        let samples = Vec::with_capacity(layout.samples(size)?);
        Ok(Shrink { factor: factor as usize, layout, sums, rows: 0, size, samples })
    }

    /// The next row.
    pub fn push(&mut self, row: &[S]) {
        match (&mut self.sums, self.layout) {
            (Sums::Plain(sums), _) => {
                sums.iter_mut().zip(row).for_each(|(sum, sample)| *sum += sample.number());
            }
            (Sums::Weighted(sums), Layout::GrayAlpha) => weigh::<S, 2>(sums, row),
            (Sums::Weighted(sums), _) => weigh::<S, 4>(sums, row),
        }
        self.rows += 1;
        if self.rows == self.factor {
            self.flush();
        }
    }

    fn flush(&mut self) {
        // The number of channels as a constant: with it, the sums of a pixel stay in registers.
        match self.layout {
            Layout::Gray => self.flush_pixels::<1>(),
            Layout::GrayAlpha => self.flush_pixels::<2>(),
            Layout::Rgb => self.flush_pixels::<3>(),
            Layout::Rgba => self.flush_pixels::<4>(),
        }
        self.rows = 0;
    }

    fn flush_pixels<const CHANNELS: usize>(&mut self) {
        let rows = self.rows as u64;
        let mean = |total: u64, weight: u64| S::nearest(((total + weight / 2) / weight.max(1)) as f32);
        match &mut self.sums {
            Sums::Plain(sums) => {
                for squares in sums.as_chunks::<CHANNELS>().0.chunks(self.factor) {
                    let count = squares.len() as u64 * rows;
                    let totals = squares.iter().fold([0u64; CHANNELS], |mut totals, pixel| {
                        totals.iter_mut().zip(pixel).for_each(|(total, sum)| *total += u64::from(*sum));
                        totals
                    });
                    self.samples.extend_from_slice(&totals.map(|total| mean(total, count)));
                }
                sums.fill(0);
            }
            Sums::Weighted(sums) => {
                for squares in sums.as_chunks::<CHANNELS>().0.chunks(self.factor) {
                    let count = squares.len() as u64 * rows;
                    let totals = squares.iter().fold([0u64; CHANNELS], |mut totals, pixel| {
                        totals.iter_mut().zip(pixel).for_each(|(total, sum)| *total += sum);
                        totals
                    });
                    let alpha = totals[CHANNELS - 1];
                    let mut pixel = totals.map(|total| mean(total, alpha));
                    pixel[CHANNELS - 1] = mean(alpha, count);
                    self.samples.extend_from_slice(&pixel);
                }
                sums.fill(0);
            }
        }
    }

    /// The image, when all rows were pushed.
    pub fn finish(mut self) -> Result<Raster<S>, ImageError> {
        if self.rows > 0 {
            self.flush();
        }
        Raster::new(self.size, self.layout, self.samples)
    }
}

/// Adds colours times alpha, and alpha.
fn weigh<S: Sample, const CHANNELS: usize>(sums: &mut [u64], row: &[S]) {
    for (sums, pixel) in sums.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(row.as_chunks::<CHANNELS>().0) {
        let alpha = u64::from(pixel[CHANNELS - 1].number());
        for (sum, color) in sums[..CHANNELS - 1].iter_mut().zip(pixel) {
            *sum += u64::from(color.number()) * alpha;
        }
        sums[CHANNELS - 1] += alpha;
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

    #[test]
    fn what_is_transparent_has_no_colour_to_give() {
        let rows: [&[u8]; 2] = [&[200, 255, 9, 0], &[100, 255, 9, 0]];
        assert_eq!(shrunk(2, Layout::GrayAlpha, 2, &rows), [150, 128]);
    }
}
