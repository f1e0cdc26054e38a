//! The numbers that pixels are made of: 8 or 16 bits.

use fast_image_resize::PixelTrait;
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4};

/// One number of a pixel. 0 is black or transparent, [`Sample::MAX`] is full or opaque.
pub(crate) trait Sample: Copy + Default + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The largest value.
    const MAX: Self;
    /// The resizer's pixel of one to four of these.
    type One: PixelTrait;
    /// Two of these.
    type Two: PixelTrait;
    /// Three of these.
    type Three: PixelTrait;
    /// Four of these.
    type Four: PixelTrait;

    /// The value as a number, 0 to [`Sample::MAX`].
    fn number(self) -> u32;
    /// The nearest value to a number between 0 and [`Sample::MAX`]; what lies outside is clamped.
    fn nearest(number: f32) -> Self;
    /// The value that means what this one means in 8 bits.
    fn from_eight(value: u8) -> Self;
    /// The samples as bytes in the machine's order, for libraries that take them so.
    fn as_bytes(samples: &[Self]) -> &[u8];
    /// The same, to be written to.
    fn as_bytes_mut(samples: &mut [Self]) -> &mut [u8];
}

impl Sample for u8 {
    const MAX: u8 = u8::MAX;
    type One = U8;
    type Two = U8x2;
    type Three = U8x3;
    type Four = U8x4;

    fn number(self) -> u32 {
        self.into()
    }

    fn nearest(number: f32) -> u8 {
        // A conversion from float clamps.
        (number + 0.5) as u8
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
    type One = U16;
    type Two = U16x2;
    type Three = U16x3;
    type Four = U16x4;

    fn number(self) -> u32 {
        self.into()
    }

    fn nearest(number: f32) -> u16 {
        (number + 0.5) as u16
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
