//! How densely chroma is sampled, compared with luma.

use crate::{Orientation, Size};

/// How many pixels side by side, and how many one above the other, share a sample of chroma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sampling {
    pub across: u8,
    pub down: u8,
}

impl Sampling {
    /// 4:4:4: none.
    pub const WHOLE: Sampling = Sampling { across: 1, down: 1 };
    /// 4:2:2: two side by side.
    pub const HALF: Sampling = Sampling { across: 2, down: 1 };
    /// 4:2:0: four, two by two.
    pub const QUARTER: Sampling = Sampling { across: 2, down: 2 };

    /// The size of the chroma of an image of this size. Its last column and row may belong to fewer pixels.
    pub fn chroma(self, size: Size) -> Size {
        Size::new(size.width.div_ceil(self.across.into()), size.height.div_ceil(self.down.into()))
    }

    /// The smallest size from this one on in which no sample of chroma belongs to fewer pixels than the others.
    pub fn padded(self, size: Size) -> Size {
        let chroma = self.chroma(size);
        Size::new(chroma.width * u32::from(self.across), chroma.height * u32::from(self.down))
    }

    /// The sampling of an image that is turned so.
    pub fn turned(self, orientation: Orientation) -> Sampling {
        if !orientation.transposes() {
            return self;
        }
        Sampling { across: self.down, down: self.across }
    }

    /// Whether chroma is at least as dense as with the other one.
    pub fn is_as_dense_as(self, other: Sampling) -> bool {
        self.across <= other.across && self.down <= other.down
    }

    /// How many samples there are of all three kinds in an image of this size, padded.
    pub fn samples(self, size: Size) -> u64 {
        self.padded(size).pixels() + 2 * self.chroma(size).pixels()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sides_end_with_a_sample_for_fewer_pixels() {
        let size = Size::new(5, 3);
        assert_eq!(Sampling::QUARTER.chroma(size), Size::new(3, 2));
        assert_eq!(Sampling::QUARTER.padded(size), Size::new(6, 4));
        assert_eq!(Sampling::HALF.padded(size), Size::new(6, 3));
        assert_eq!(Sampling::WHOLE.padded(size), size);
        assert_eq!(Sampling::QUARTER.samples(size), 24 + 6 + 6);
    }
}
