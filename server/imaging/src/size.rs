//! A width and a height in whole pixels.

use serde::{Deserialize, Serialize};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// Both sides in pixels.
    pub const fn new(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    /// How many pixels there are.
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Whether a side is zero, so that there is no pixel.
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The size of the image turned by a quarter.
    pub const fn transposed(self) -> Size {
        Size { width: self.height, height: self.width }
    }

    /// The larger side.
    pub const fn longest(self) -> u32 {
        if self.width > self.height { self.width } else { self.height }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}
