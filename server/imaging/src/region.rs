//! Boxes inside an image: whole pixels to cut out, or fractions of pixels to resample from.

use crate::Size;

/// A box of whole pixels inside an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    pub x: u32,
    pub y: u32,
    pub size: Size,
}

/// A box in pixels and fractions of them, measured from the image's top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Region {
    /// All of an image of this size.
    pub fn whole(size: Size) -> Region {
        Region { x: 0.0, y: 0.0, width: f64::from(size.width), height: f64::from(size.height) }
    }

    /// The box as whole pixels, if it is exactly that.
    pub fn whole_pixels(self) -> Option<Cut> {
        let whole = |value: f64| (value >= 0.0 && value.fract() == 0.0).then_some(value as u32);
        Some(Cut {
            x: whole(self.x)?,
            y: whole(self.y)?,
            size: Size::new(whole(self.width)?, whole(self.height)?),
        })
    }

    /// The same part of an image that is `across` times as wide and `down` times as high.
    pub fn scaled(self, across: f64, down: f64) -> Region {
        Region {
            x: self.x * across,
            y: self.y * down,
            width: self.width * across,
            height: self.height * down,
        }
    }

    /// The part that lies inside an image of this size; guards against the last bit of an `f64`.
    pub fn within(self, size: Size) -> Region {
        let (right, bottom) = (f64::from(size.width), f64::from(size.height));
        let (x, y) = (self.x.clamp(0.0, right), self.y.clamp(0.0, bottom));
        Region { x, y, width: self.width.min(right - x), height: self.height.min(bottom - y) }
    }
}
