//! Rows of samples as levels between 0 and 1 (luma, alpha) or around 0 (chroma), chroma spread over all pixels.

use crate::ImageError;
use crate::dav1d::{Chroma, Picture, Row};

/// How samples become levels: less `offset`, times `factor`.
#[derive(Clone, Copy)]
struct Scale {
    offset: f32,
    factor: f32,
}

impl Scale {
    /// Of luma and alpha: black becomes 0, white 1 (ITU-T H.273, section 8.3).
    fn luma(bits: u8, full_range: bool) -> Scale {
        let (black, white) = match full_range {
            true => (0, (1u32 << bits) - 1),
            false => (16 << (bits - 8), 235 << (bits - 8)),
        };
        Scale { offset: black as f32, factor: 1.0 / (white - black) as f32 }
    }

    /// Of chroma: none becomes 0, and the most there is .5.
    fn chroma(bits: u8, full_range: bool) -> Scale {
        let range = if full_range { (1u32 << bits) - 1 } else { 224 << (bits - 8) };
        Scale { offset: (1u32 << (bits - 1)) as f32, factor: 1.0 / range as f32 }
    }

    fn apply(self, row: Row<'_>, levels: &mut [f32]) {
        let level = |sample: f32| (sample - self.offset) * self.factor;
        match row {
            Row::Eight(row) => {
                levels.iter_mut().zip(row).for_each(|(to, from)| *to = level(f32::from(*from)));
            }
            Row::More(row) => {
                levels.iter_mut().zip(row).for_each(|(to, from)| *to = level(f32::from(*from)));
            }
        }
    }
}

/// The rows of a picture, one after the other.
pub(super) struct Levels<'a> {
    picture: &'a Picture,
    chroma: Chroma,
    luma_scale: Scale,
    chroma_scale: Scale,
    /// Where chroma samples lie: on the left one of two pixels, and on the upper one; else between them.
    on_left: bool,
    on_top: bool,
    /// One row of luma, and two of chroma as wide as luma; 0 where there is none.
    pub rows: [Vec<f32>; 3],
    /// Chroma as it lies in the picture: two rows next to one another, and their mean.
    narrow: [Vec<f32>; 3],
}

impl<'a> Levels<'a> {
    /// `are_colors`: whether the planes are green, blue and red, and not luma and chroma. `position` is that of chroma in AV1
    /// (specification, section 6.4.2).
    pub fn new(
        picture: &'a Picture,
        full_range: bool,
        are_colors: bool,
        position: u8,
    ) -> Result<Levels<'a>, ImageError> {
        let bits = picture.bits();
        if !matches!(bits, 8 | 10 | 12) {
            return Err(ImageError::undecodable(format!("an avif of {bits} bits")));
        }
        let chroma = picture.chroma()?;
        let width = picture.size().width as usize;
        let narrow = if chroma == Chroma::None { 0 } else { picture.plane(1).width as usize };
        let wide = if chroma == Chroma::None { 0 } else { width };
        let luma_scale = Scale::luma(bits, full_range);
        Ok(Levels {
            picture,
            chroma,
            luma_scale,
            chroma_scale: if are_colors { luma_scale } else { Scale::chroma(bits, full_range) },
            on_left: matches!(position, 1 | 2),
            on_top: position == 2,
            rows: [vec![0.0; width], vec![0.0; wide], vec![0.0; wide]],
            narrow: [vec![0.0; narrow], vec![0.0; narrow], vec![0.0; narrow]],
        })
    }

    /// Reads a row.
    pub fn read(&mut self, y: u32) {
        self.luma_scale.apply(self.picture.row(0, y), &mut self.rows[0]);
        for plane in 1..=2 {
            match self.chroma {
                Chroma::None => {}
                Chroma::Whole => self.chroma_scale.apply(self.picture.row(plane, y), &mut self.rows[plane]),
                Chroma::Half => {
                    self.chroma_scale.apply(self.picture.row(plane, y), &mut self.narrow[2]);
                    spread(&self.narrow[2], &mut self.rows[plane], self.on_left);
                }
                Chroma::Quarter => {
                    self.mix(plane, y);
                    spread(&self.narrow[2], &mut self.rows[plane], self.on_left);
                }
            }
        }
    }

    /// Chroma of a row where each two share it: of the nearer row of samples and the next one to it.
    fn mix(&mut self, plane: usize, y: u32) {
        let last = self.picture.plane(plane).height.saturating_sub(1);
        let nearer = (y / 2).min(last);
        let (other, weight) = match (self.on_top, y.is_multiple_of(2)) {
            (false, true) => (nearer.saturating_sub(1), 0.25),
            (false, false) => (nearer + 1, 0.25),
            (true, true) => (nearer, 0.0),
            (true, false) => (nearer + 1, 0.5),
        };
        let [near, far, mixed] = &mut self.narrow;
        self.chroma_scale.apply(self.picture.row(plane, nearer), near);
        self.chroma_scale.apply(self.picture.row(plane, other.min(last)), far);
        for ((mixed, near), far) in mixed.iter_mut().zip(near.iter()).zip(far.iter()) {
            *mixed = near + (far - near) * weight;
        }
    }
}

/// Makes two samples of each, by the line between it and its neighbour.
fn spread(narrow: &[f32], wide: &mut [f32], on_left: bool) {
    let Some(last) = narrow.len().checked_sub(1) else { return };
    let (left, right) = if on_left { (0.0, 0.5) } else { (0.25, 0.25) };
    for (index, pair) in wide.chunks_mut(2).enumerate() {
        let here = narrow[index.min(last)];
        let before = narrow[index.saturating_sub(1).min(last)];
        let behind = narrow[(index + 1).min(last)];
        pair[0] = here + (before - here) * left;
        if let Some(second) = pair.get_mut(1) {
            *second = here + (behind - here) * right;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chroma_is_spread_from_where_it_lies() {
        let mut wide = [0.0; 5];
        spread(&[0.0, 4.0, 8.0], &mut wide, false);
        assert_eq!(wide, [0.0, 1.0, 3.0, 5.0, 7.0]);
        spread(&[0.0, 4.0, 8.0], &mut wide, true);
        assert_eq!(wide, [0.0, 2.0, 4.0, 6.0, 8.0]);
        let mut one = [1.0];
        spread(&[4.0], &mut one, false);
        assert_eq!(one, [4.0]);
    }
}
