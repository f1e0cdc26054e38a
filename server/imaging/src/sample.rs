//! The numbers that pixels are made of: 8 or 16 bits.

use std::ops::AddAssign;

use fast_image_resize::PixelTrait;
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4};

/// One number of a pixel. 0 is black or transparent, [`Sample::MAX`] is full or opaque.
pub(crate) trait Sample: Copy + Default + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The largest value.
    const MAX: Self;
    /// Holds the sum of 256 samples.
    type Sum: Copy + Default + AddAssign + From<Self> + Into<u32>;
    /// Holds the sum of 65,536 products of two samples.
    type Product: Copy + Default + AddAssign + From<u32> + Into<u64>;
    /// The resizer's pixel of one to four of these.
    type One: PixelTrait;
    /// Two of these.
    type Two: PixelTrait;
    /// Three of these.
    type Three: PixelTrait;
    /// Four of these.
    type Four: PixelTrait;

    /// The value that is this number, of which only the bits of a sample are taken.
    fn low(number: u32) -> Self;
    /// The value as a number, 0 to [`Sample::MAX`].
    fn number(self) -> u32;
    /// The nearest value to a number between 0 and [`Sample::MAX`]; what lies outside is clamped.
    fn nearest(number: f32) -> Self;
    /// This times `alpha`, as a part of what 16 bits hold: the nearest to half the product of two samples of 8 bits, which
    /// leaves room for what a filter makes larger, and of 16 bits as large a part of the largest sample.
    fn weighed(self, alpha: Self) -> u16;
    /// The value that means what this one means in 8 bits.
    fn from_eight(value: u8) -> Self;
    /// The samples as bytes in the machine's order, for libraries that take them so.
    fn as_bytes(samples: &[Self]) -> &[u8];
    /// The same, to be written to.
    fn as_bytes_mut(samples: &mut [Self]) -> &mut [u8];
}

impl Sample for u8 {
    const MAX: u8 = u8::MAX;
    type Sum = u16;
    type Product = u32;
    type One = U8;
    type Two = U8x2;
    type Three = U8x3;
    type Four = U8x4;

    fn number(self) -> u32 {
        self.into()
    }

    fn low(number: u32) -> u8 {
        number as u8
    }

    fn nearest(number: f32) -> u8 {
        // A conversion from float clamps.
        (number + 0.5) as u8
    }

    fn weighed(self, alpha: u8) -> u16 {
        (u16::from(self) * u16::from(alpha)).div_ceil(2)
    }

    fn from_eight(value: u8) -> u8 {
        value
    }

    fn as_bytes(samples: &[u8]) -> &[u8] {
        samples
    }

    fn as_bytes_mut(samples: &mut [u8]) -> &mut [u8] {
        samples
    }
}

impl Sample for u16 {
    const MAX: u16 = u16::MAX;
    type Sum = u32;
    type Product = u64;
    type One = U16;
    type Two = U16x2;
    type Three = U16x3;
    type Four = U16x4;

    fn number(self) -> u32 {
        self.into()
    }

    fn low(number: u32) -> u16 {
        number as u16
    }

    fn nearest(number: f32) -> u16 {
        (number + 0.5) as u16
    }

    fn weighed(self, alpha: u16) -> u16 {
        let most = u32::from(u16::MAX);
        ((u32::from(self) * u32::from(alpha) + most / 2) / most) as u16
    }

    fn from_eight(value: u8) -> u16 {
        u16::from(value) * 257
    }

    fn as_bytes(samples: &[u16]) -> &[u8] {
        bytemuck::cast_slice(samples)
    }

    fn as_bytes_mut(samples: &mut [u16]) -> &mut [u8] {
        bytemuck::cast_slice_mut(samples)
    }
}
