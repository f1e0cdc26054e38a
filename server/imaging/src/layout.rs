//! Which samples make a pixel.

use crate::header::ColorModel;
use crate::{ImageError, Size};

/// The samples of a pixel, in this order. Alpha is not multiplied into the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
}

impl Layout {
    /// The layout for a colour model. Inks become RGB when they are decoded.
    pub fn new(color: ColorModel, has_alpha: bool) -> Layout {
        let layout = match color {
            ColorModel::Gray => Layout::Gray,
            ColorModel::Rgb | ColorModel::Cmyk => Layout::Rgb,
        };
        if has_alpha { layout.with_alpha() } else { layout }
    }

    /// Samples a pixel.
    pub const fn channels(self) -> usize {
        match self {
            Layout::Gray => 1,
            Layout::GrayAlpha => 2,
            Layout::Rgb => 3,
            Layout::Rgba => 4,
        }
    }

    /// Samples a pixel beside alpha.
    pub const fn colors(self) -> usize {
        self.without_alpha().channels()
    }

    pub const fn has_alpha(self) -> bool {
        matches!(self, Layout::GrayAlpha | Layout::Rgba)
    }

    pub const fn is_gray(self) -> bool {
        matches!(self, Layout::Gray | Layout::GrayAlpha)
    }

    pub const fn without_alpha(self) -> Layout {
        match self {
            Layout::Gray | Layout::GrayAlpha => Layout::Gray,
            Layout::Rgb | Layout::Rgba => Layout::Rgb,
        }
    }

    pub const fn with_alpha(self) -> Layout {
        match self {
            Layout::Gray | Layout::GrayAlpha => Layout::GrayAlpha,
            Layout::Rgb | Layout::Rgba => Layout::Rgba,
        }
    }

    /// The same with colours, if it is grey.
    pub const fn colored(self) -> Layout {
        match self {
            Layout::Gray | Layout::Rgb => Layout::Rgb,
            Layout::GrayAlpha | Layout::Rgba => Layout::Rgba,
        }
    }

    /// How many samples an image of this size has, if they can lie in memory at up to 16 bits each.
    pub fn samples(self, size: Size) -> Result<usize, ImageError> {
        size.pixels()
            .checked_mul(self.channels() as u64)
            .and_then(|samples| usize::try_from(samples).ok())
            .filter(|samples| *samples <= isize::MAX as usize / 2)
            .ok_or_else(|| ImageError::unsupported(format!("{size} pixels do not fit into memory")))
    }
}
