//! What the resizer holds between its two passes: of 8 bits a sample it makes the columns first, an image that is as wide as what
//! is read and as high as the result; of 16 bits the rows, one that is as wide as the result and as high as what is read
//! (`Resizer::do_convolution` of `fast_image_resize` 6.1).

use crate::Size;
use crate::plane::Depth;
use crate::region::Region;
use crate::resample::reach;

/// A side of an image that is resampled.
#[derive(Clone, Copy)]
pub(super) struct Side {
    start: f64,
    length: f64,
    from: u32,
    to: u32,
}

impl Side {
    /// `length` of `from` pixels become `to`, from `start` on.
    pub fn new(start: f64, length: f64, from: u32, to: u32) -> Side {
        Side { start, length, from, to }
    }

    /// How many pixels are read, the reach of the filter on both sides included.
    fn read(self) -> u64 {
        let length = self.length + 2.0 * reach(self.length, self.to.max(1));
        (length.ceil() as u64 + 1).min(self.from.into())
    }

    /// Whether pixels stay what they are, so that there is no pass over this side.
    fn stays(self) -> bool {
        self.length == f64::from(self.to) && self.start == self.start.round()
    }
}

/// Both sides.
pub(super) struct Passes {
    pub across: Side,
    pub down: Side,
}

impl Passes {
    /// Of a part of an image of the size `from`.
    pub fn new(region: Region, from: Size, to: Size) -> Passes {
        let region = region.within(from);
        Passes {
            across: Side::new(region.x, region.width, from.width, to.width),
            down: Side::new(region.y, region.height, from.height, to.height),
        }
    }

    /// How many pixels the image between has.
    pub fn between(&self, depth: Depth) -> u64 {
        if self.across.stays() || self.down.stays() {
            return 0;
        }
        match depth {
            Depth::Eight => self.across.read() * u64::from(self.down.to),
            Depth::Sixteen => u64::from(self.across.to) * self.down.read(),
        }
    }
}
