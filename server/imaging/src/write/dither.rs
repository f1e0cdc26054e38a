//! From colours to indices of a palette, with or without dithering.

use std::collections::HashMap;

use crate::ImageError;
use crate::budget::Budget;
use crate::write::palette::{Color, Palette, Search};

/// Bits a channel of the grid in which colours that were looked for are remembered.
const BITS: u32 = 6;

/// What tells which entry of a palette a colour becomes.
enum Lookup {
    /// All colours are there.
    Exact(HashMap<Color, u8>),
    /// The nearest are looked for once for each cell of the grid; 0: not yet, else the index and one.
    Nearest(Search, Vec<u16>),
}

/// Finds entries of a palette.
struct Indexer<'a> {
    palette: &'a Palette,
    lookup: Lookup,
}

impl<'a> Indexer<'a> {
    fn new(palette: &'a Palette) -> Indexer<'a> {
        let lookup = if palette.is_exact {
            let entries = palette.colors.iter().enumerate();
            Lookup::Exact(entries.map(|(index, color)| (*color, index as u8)).collect())
        } else {
            Lookup::Nearest(Search::new(&palette.colors), vec![0; 1 << (3 * BITS)])
        };
        Indexer { palette, lookup }
    }

    fn index(&mut self, color: Color) -> u8 {
        match &mut self.lookup {
            Lookup::Exact(entries) => entries.get(&color).copied().unwrap_or(0),
            Lookup::Nearest(search, known) => {
                let cell = color.map(|sample| usize::from(sample >> (8 - BITS)));
                let known = &mut known[cell[0] << (2 * BITS) | cell[1] << BITS | cell[2]];
                if *known == 0 {
                    let middle = |cell: usize| (cell << (8 - BITS) | 1 << (7 - BITS)) as i32;
                    *known = search.nearest(cell.map(middle)) as u16 + 1;
                }
                (*known - 1) as u8
            }
        }
    }
}

/// The index of each pixel, row by row; `blank` for those that have no colour. Floyd and Steinberg's dithering spreads
/// what an entry of the palette differs from the colour over the neighbours that are still to come, every other row
/// from right to left, or its traces would show as slanted lines.
pub(super) fn indices(
    pixels: &[Option<Color>],
    width: usize,
    palette: &Palette,
    (blank, dither): (u8, bool),
    budget: &Budget,
) -> Result<Vec<u8>, ImageError> {
    let mut indexer = Indexer::new(palette);
    if palette.is_exact || !dither {
        let mut last = ([0; 3], indexer.index([0; 3]));
        let mut index = |color: Color| {
            if color != last.0 {
                last = (color, indexer.index(color));
            }
            last.1
        };
        return Ok(pixels.iter().map(|pixel| pixel.map_or(blank, &mut index)).collect());
    }
    let mut indices = vec![blank; pixels.len()];
    // What was spread, in sixteenths, with a place on either side.
    let mut errors = vec![[0_i32; 3]; width + 2];
    let mut below = errors.clone();
    let rows = pixels.chunks(width.max(1)).zip(indices.chunks_mut(width.max(1)));
    for (y, (pixels, indices)) in rows.enumerate() {
        budget.check()?;
        let leftwards = y % 2 == 1;
        for step in 0..pixels.len() {
            let x = if leftwards { pixels.len() - 1 - step } else { step };
            // What was spread to a pixel without a colour is lost, or it would gather where nothing is to be seen.
            let Some(color) = pixels[x] else { continue };
            let place = x + 1;
            let wanted: [i32; 3] = std::array::from_fn(|channel| {
                (i32::from(color[channel]) + ((errors[place][channel] + 8) >> 4)).clamp(0, 255)
            });
            let index = indexer.index(wanted.map(|sample| sample as u8));
            indices[x] = index;
            let entry = indexer.palette.colors[usize::from(index)];
            let (ahead, behind) = if leftwards { (place - 1, place + 1) } else { (place + 1, place - 1) };
            for channel in 0..3 {
                let error = wanted[channel] - i32::from(entry[channel]);
                errors[ahead][channel] += error * 7;
                below[behind][channel] += error * 3;
                below[place][channel] += error * 5;
                below[ahead][channel] += error;
            }
        }
        std::mem::swap(&mut errors, &mut below);
        below.fill([0; 3]);
    }
    Ok(indices)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn black_and_white() -> Palette {
        Palette { colors: vec![[0; 3], [255; 3]], is_exact: false }
    }

    #[test]
    fn dots_of_black_and_white_are_as_light_as_the_gray_they_stand_for() {
        for level in [32_u8, 100, 128, 200] {
            let indices =
                indices(&[Some([level; 3]); 64 * 64], 64, &black_and_white(), (2, true), &Budget::UNBOUNDED)
                    .unwrap();
            let white = indices.iter().map(|index| u32::from(*index)).sum::<u32>();
            let mean = f64::from(white) * 255.0 / 4096.0;
            assert!((mean - f64::from(level)).abs() < 3.0, "{level} became {mean}");
        }
    }

    #[test]
    fn without_dithering_every_pixel_is_for_itself() {
        let pixels = [Some([100; 3]), None, Some([200; 3])];
        let indices = indices(&pixels, 3, &black_and_white(), (9, false), &Budget::UNBOUNDED);
        assert_eq!(indices.unwrap(), [0, 9, 1]);
    }
}
