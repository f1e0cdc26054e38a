//! From red, green and blue to luma and chroma, as BT.601 makes them, in the full range (ITU-T H.273, section 8.3, matrix 6).

use crate::bt601::{BLUE, LUMA, RED};
use crate::layout::Layout;
use crate::libaom::chroma_size;
use crate::raster::{Raster, blank};
use crate::{Size, Subsampling};

/// The planes of an image.
pub(super) struct Planes {
    pub size: Size,
    /// Which of its pixels share their colour; nothing where it is grey.
    pub chroma: Option<Subsampling>,
    /// Luma and twice chroma, which is empty where it is grey.
    pub samples: [Vec<u8>; 3],
    /// Empty where there is none.
    pub alpha: Vec<u8>,
}

impl Planes {
    pub fn of(image: &Raster, subsampling: Subsampling) -> Planes {
        let alpha = match image.layout.has_alpha() {
            true => image.pixels().map(|pixel| pixel[image.layout.colors()]).collect(),
            false => Vec::new(),
        };
        let size = image.size;
        let planes = match image.layout {
            Layout::Gray | Layout::GrayAlpha => {
                let samples = image.pixels().map(|pixel| pixel[0]).collect();
                Planes { size, chroma: None, samples: [samples, Vec::new(), Vec::new()], alpha: Vec::new() }
            }
            Layout::Rgb => Planes::of_colors::<3>(image, subsampling),
            Layout::Rgba => Planes::of_colors::<4>(image, subsampling),
        };
        Planes { alpha, ..planes }
    }

    fn of_colors<const CHANNELS: usize>(image: &Raster, subsampling: Subsampling) -> Planes {
        let size = image.size;
        let chroma = chroma_size(size, subsampling);
        let length = chroma.pixels() as usize;
        let mut samples = [Vec::with_capacity(size.pixels() as usize), blank(length), blank(length)];
        // How many pixels of a row, and rows, share a sample.
        let across = if subsampling == Subsampling::Whole { 1 } else { 2 };
        let down = if subsampling == Subsampling::Quarter { 2 } else { 1 };
        let mut sums = vec![[0i32; 4]; chroma.width as usize];
        let last = size.height.saturating_sub(1);
        for (y, row) in (0..size.height).zip(image.rows()) {
            let pixels = row.as_chunks::<CHANNELS>().0;
            let [luma, blue, red] = &mut samples;
            luma.extend(pixels.iter().map(|pixel| level(weighed(LUMA, pixel), 16)));
            for (sum, pixels) in sums.iter_mut().zip(pixels.chunks(across)) {
                for pixel in pixels {
                    for (sum, sample) in sum.iter_mut().zip(&pixel[..3]) {
                        *sum += i32::from(*sample);
                    }
                    sum[3] += 1;
                }
            }
            if (y + 1) % down != 0 && y != last {
                continue;
            }
            let start = (y / down) as usize * sums.len();
            for ((sum, blue), red) in sums.iter_mut().zip(&mut blue[start..]).zip(&mut red[start..]) {
                // One, two or four pixels.
                let shift = 16 + sum[3].trailing_zeros();
                *blue = level(mixed(BLUE, sum) + (128 << shift), shift);
                *red = level(mixed(RED, sum) + (128 << shift), shift);
                *sum = [0; 4];
            }
        }
        Planes { size, chroma: Some(subsampling), samples, alpha: Vec::new() }
    }
}

fn weighed<const CHANNELS: usize>(weights: [i32; 3], pixel: &[u8; CHANNELS]) -> i32 {
    weights.iter().zip(pixel).map(|(weight, sample)| weight * i32::from(*sample)).sum()
}

fn mixed(weights: [i32; 3], sum: &[i32; 4]) -> i32 {
    weights.iter().zip(sum).map(|(weight, sum)| weight * sum).sum()
}

/// The nearest level to a fraction.
fn level(value: i32, shift: u32) -> u8 {
    ((value + (1 << (shift - 1))) >> shift).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn planes(width: u32, height: u32, pixels: &[[u8; 3]], subsampling: Subsampling) -> [Vec<u8>; 3] {
        let samples = pixels.as_flattened().to_vec();
        let raster = Raster::new(Size::new(width, height), Layout::Rgb, samples).unwrap();
        Planes::of(&raster, subsampling).samples
    }

    #[test]
    fn grey_has_no_chroma_and_primaries_have_the_most() {
        let colors = [[0; 3], [255; 3], [77; 3], [255, 0, 0], [0, 0, 255]];
        let [luma, blue, red] = planes(5, 1, &colors, Subsampling::Whole);
        assert_eq!(luma, [0, 255, 77, 76, 29]);
        assert_eq!(blue, [128, 128, 128, 85, 255]);
        assert_eq!(red, [128, 128, 128, 255, 107]);
    }

    #[test]
    fn what_shares_chroma_is_averaged_and_edges_stand_for_themselves() {
        // Three by three: red, but for the last row and column, which are blue.
        let color = |index: usize| if index % 3 == 2 || index >= 6 { [0, 0, 255] } else { [255, 0, 0] };
        let pixels: Vec<_> = (0..9).map(color).collect();
        let [_, blue, _] = planes(3, 3, &pixels, Subsampling::Quarter);
        assert_eq!(blue, [85, 255, 255, 255]);
        let [_, blue, _] = planes(3, 3, &pixels, Subsampling::Half);
        assert_eq!(blue, [85, 255, 85, 255, 255, 255]);
        let mixed = planes(2, 1, &[[255, 0, 0], [0, 0, 255]], Subsampling::Half);
        assert_eq!(mixed[1], [170]);
    }
}
