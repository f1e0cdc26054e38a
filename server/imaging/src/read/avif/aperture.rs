//! The clean aperture: the part of a picture that is to be shown (ISO 14496-12, section 12.1.4).

use crate::region::Cut;
use crate::{ImageError, Size};

use super::boxes::{Reader, broken};

/// Width, height, and how far the centre is moved, across and down: fractions of pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aperture([(i64, i64); 4]);

impl Aperture {
    pub fn parse(content: &[u8]) -> Option<Aperture> {
        let mut reader = Reader(content);
        let mut fractions = [(0, 1); 4];
        for (index, fraction) in fractions.iter_mut().enumerate() {
            // Sizes are unsigned, offsets signed; denominators are unsigned, but old files have signed ones.
            let numerator = if index < 2 { i64::from(reader.u32()?) } else { i64::from(reader.i32()?) };
            *fraction = (numerator, i64::from(reader.u32()?));
        }
        Some(Aperture(fractions))
    }

    /// The part of a picture of this size. Where it begins inside a pixel, as old files do that move the centre by whole pixels
    /// only, all of that pixel is shown.
    ///
    /// # Errors
    /// [`ImageError::Undecodable`] where it is not as large as whole pixels, or does not lie inside.
    pub fn of(&self, picture: Size) -> Result<Cut, ImageError> {
        let [width, height, across, down] = self.0;
        let side = |picture: u32, side: (i64, i64), offset: (i64, i64)| -> Option<(u32, u32)> {
            if side.1 <= 0 || offset.1 <= 0 || side.0 % side.1 != 0 {
                return None;
            }
            let length =
                u32::try_from(side.0 / side.1).ok().filter(|length| (1..=picture).contains(length))?;
            // The offset is that of the centre: without it as much is left off before as behind.
            let doubled = i128::from(picture - length) * i128::from(offset.1) + 2 * i128::from(offset.0);
            let start = doubled.div_euclid(2 * i128::from(offset.1));
            let start = u32::try_from(start).ok().filter(|start| *start <= picture - length)?;
            Some((start, length))
        };
        let broken = || broken("its clean aperture is none of its pixels");
        let (x, width) = side(picture.width, width, across).ok_or_else(broken)?;
        let (y, height) = side(picture.height, height, down).ok_or_else(broken)?;
        Ok(Cut { x, y, size: Size::new(width, height) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_centre_is_moved_by_the_offsets() {
        let aperture = Aperture([(385, 1), (330, 1), (103, 1), (-308, 1)]);
        let cut = aperture.of(Size::new(722, 1024)).unwrap();
        // (722 - 385) / 2 + 103, rounded down, and (1024 - 330) / 2 - 308.
        assert_eq!((cut.x, cut.y, cut.size), (271, 39, Size::new(385, 330)));
    }

    #[test]
    fn what_lies_outside_or_divides_by_zero_is_refused() {
        for fractions in [
            [(10, 0), (10, 1), (0, 1), (0, 1)],
            [(10, 1), (10, 1), (0, 0), (0, 1)],
            [(10, 1), (10, 1), (1, 1), (0, 1)],
            [(11, 1), (10, 1), (0, 1), (0, 1)],
            [(0, 1), (10, 1), (0, 1), (0, 1)],
            [(8, 1), (10, 1), (-2, 1), (0, 1)],
            [(17, 2), (10, 1), (0, 1), (0, 1)],
            [(i64::from(u32::MAX), 1), (1, 1), (i64::from(i32::MIN), i64::from(u32::MAX)), (0, 1)],
        ] {
            Aperture(fractions).of(Size::new(10, 10)).unwrap_err();
        }
    }
}
