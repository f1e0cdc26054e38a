//! The rows of the images that most PNGs are: RGB or RGBA of 8 bits, not interlaced, no colour of it transparent. They come
//! faster than from the decoder for all others, above all where they are filtered.

use super::ROWS_BETWEEN_LOOKS;
use super::image_data::ImageData;
use super::unfilter::{Filters, Pixel, ROWS, unfilter};
use crate::budget::Budget;
use crate::{ImageError, Size};

/// Gives each row of an image of this size, from the top, in pixels of `SAMPLES` samples: 3, after which comes a byte of no
/// meaning, or 4. The file's header has been read and says that the image is of that kind.
///
/// # Errors
/// [`ImageError::Undecodable`] for broken or truncated pixels; [`ImageError::LimitExceeded`] where the time runs out.
pub(super) fn each_row<const SAMPLES: usize>(
    bytes: &[u8],
    size: Size,
    budget: &Budget,
    mut take: impl FnMut(&[Pixel]),
) -> Result<(), ImageError> {
    let (width, height) = (size.width as usize, size.height as usize);
    let stride = 1 + width * SAMPLES;
    let mut data = ImageData::new(bytes, stride * ROWS);
    let mut above = vec![Pixel::default(); width];
    let mut rows: [Vec<Pixel>; ROWS] = Default::default();
    // Stands for the rows that are missing to the last four.
    let nothing = vec![0; if height.is_multiple_of(ROWS) { 0 } else { stride }];
    for top in (0..height).step_by(ROWS) {
        if top.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            budget.check()?;
        }
        let count = ROWS.min(height - top);
        let mut filtered = [nothing.as_slice(); ROWS];
        let stretch = data.take(stride * count)?;
        filtered.iter_mut().zip(stretch.chunks_exact(stride)).for_each(|(row, data)| *row = data);
        let numbers = filtered.map(|row| row[0]);
        if numbers == [0; ROWS] && SAMPLES == size_of::<Pixel>() {
            let rows = filtered.map(|row| row[1..].as_chunks().0);
            rows[..count].iter().for_each(|row| take(row));
            above.copy_from_slice(rows[ROWS - 1]);
            continue;
        }
        let pixels = filtered.map(|row| row[1..].as_chunks::<SAMPLES>().0);
        unfilter(&Filters::new(numbers)?, &above, pixels, &mut rows);
        rows[..count].iter().for_each(|row| take(row));
        std::mem::swap(&mut above, &mut rows[ROWS - 1]);
    }
    Ok(())
}

/// The memory that this takes for rows of this many pixels at most, in bytes.
pub(super) fn memory_bytes(width: u32) -> u64 {
    let row = 1 + u64::from(width) * size_of::<Pixel>() as u64;
    ImageData::memory_bytes(row * ROWS as u64) + row * (1 + ROWS as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A file of noise over a slope, filtered in this way.
    fn file(size: Size, color: png::ColorType, filter: png::Filter) -> (Vec<u8>, Vec<u8>) {
        let stride = size.width * color.samples() as u32;
        let sample = |index: u32| {
            (index % stride / 2 + index / stride) as u8 ^ (index.wrapping_mul(index) >> 7) as u8 & 7
        };
        let samples: Vec<u8> = (0..stride * size.height).map(sample).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size.width, size.height);
        encoder.set_color(color);
        encoder.set_filter(filter);
        encoder.write_header().unwrap().write_image_data(&samples).unwrap();
        (bytes, samples)
    }

    fn read<const SAMPLES: usize>(bytes: &[u8], size: Size) -> Result<Vec<u8>, ImageError> {
        let mut read = Vec::new();
        each_row::<SAMPLES>(bytes, size, &Budget::UNBOUNDED, |row| {
            row.iter().for_each(|pixel| read.extend_from_slice(&pixel[..SAMPLES]));
        })?;
        Ok(read)
    }

    #[test]
    fn rows_are_what_was_written_at_any_size_and_with_any_filter() {
        use png::Filter::{Adaptive, Avg, NoFilter, Paeth, Sub, Up};
        for filter in [NoFilter, Sub, Up, Avg, Paeth, Adaptive] {
            for size in [(1, 1), (2, 5), (301, 203), (3, 4), (5000, 6)].map(|(w, h)| Size::new(w, h)) {
                let (bytes, samples) = file(size, png::ColorType::Rgb, filter);
                assert!(read::<3>(&bytes, size).unwrap() == samples, "{filter:?} {size}");
                let (bytes, samples) = file(size, png::ColorType::Rgba, filter);
                assert!(read::<4>(&bytes, size).unwrap() == samples, "{filter:?} {size}");
            }
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_refused() {
        let size = Size::new(301, 203);
        let (bytes, _) = file(size, png::ColorType::Rgb, png::Filter::Paeth);
        for part in [60, bytes.len() / 2, bytes.len() * 98 / 100] {
            assert!(read::<3>(&bytes[..part], size).is_err(), "{part}");
        }
    }
}
