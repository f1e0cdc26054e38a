//! Pixels in memory: 8 bits a sample, samples of a pixel side by side, rows without gaps.

use std::sync::Arc;

use crate::header::ColorModel;
use crate::profile::Profile;
use crate::{ImageError, Size};

/// The samples of a pixel.
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
        match (color, has_alpha) {
            (ColorModel::Gray, false) => Layout::Gray,
            (ColorModel::Gray, true) => Layout::GrayAlpha,
            (ColorModel::Rgb | ColorModel::Cmyk, false) => Layout::Rgb,
            (ColorModel::Rgb | ColorModel::Cmyk, true) => Layout::Rgba,
        }
    }

    /// Bytes a pixel.
    pub const fn channels(self) -> usize {
        match self {
            Layout::Gray => 1,
            Layout::GrayAlpha => 2,
            Layout::Rgb => 3,
            Layout::Rgba => 4,
        }
    }

    pub const fn has_alpha(self) -> bool {
        matches!(self, Layout::GrayAlpha | Layout::Rgba)
    }

    pub const fn without_alpha(self) -> Layout {
        match self {
            Layout::Gray | Layout::GrayAlpha => Layout::Gray,
            Layout::Rgb | Layout::Rgba => Layout::Rgb,
        }
    }

    /// How many bytes an image of this size takes.
    pub fn bytes(self, size: Size) -> Result<usize, ImageError> {
        size.pixels()
            .checked_mul(self.channels() as u64)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .filter(|bytes| *bytes <= isize::MAX as usize)
            .ok_or_else(|| ImageError::unsupported(format!("{size} pixels do not fit into memory")))
    }
}

/// Black bytes to write pixels into.
///
/// Written by hand: memory that is asked for as zeroed comes from the system anew, though the allocator has some left of
/// the image before, and its page faults cost ten times what the zeros do.
#[expect(clippy::slow_vector_initialization, reason = "it is the faster one here")]
pub(crate) fn blank(length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length);
    bytes.resize(length, 0);
    bytes
}

/// Decoded pixels, not yet turned as the orientation says. Colours are sRGB, or those of a profile
/// that is applied after the geometry, when fewer pixels are left.
#[derive(Clone, Debug)]
pub struct Plane {
    pub(crate) size: Size,
    pub(crate) layout: Layout,
    pub(crate) pixels: Vec<u8>,
    pub(crate) profile: Option<Arc<Profile>>,
}

impl Plane {
    /// Fails if there are not exactly as many bytes as size and layout call for.
    pub(crate) fn new(size: Size, layout: Layout, pixels: Vec<u8>) -> Result<Plane, ImageError> {
        if layout.bytes(size)? != pixels.len() {
            return Err(ImageError::undecodable("the decoder gave fewer pixels than the header told"));
        }
        Ok(Plane { size, layout, pixels, profile: None })
    }

    /// Width and height as held in memory: coded, and reduced if the decoding was scaled.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What it takes in memory.
    pub fn memory_bytes(&self) -> u64 {
        self.pixels.len() as u64
    }

    /// Bytes a row.
    pub(crate) fn stride(&self) -> usize {
        self.size.width as usize * self.layout.channels()
    }

    /// Lays RGBA pixels (or whatever this plane holds) of a smaller image over this one, from
    /// `(left, top)`; what reaches out is left off.
    pub(crate) fn lay(&mut self, pixels: &[u8], size: Size, (left, top): (u32, u32)) {
        let channels = self.layout.channels();
        let width = size.width.min(self.size.width.saturating_sub(left)) as usize * channels;
        let (from, to) = (size.width as usize * channels, self.stride());
        if width == 0 || from == 0 {
            return;
        }
        let start = left as usize * channels;
        let rows = self.pixels.chunks_exact_mut(to).skip(top as usize);
        for (row, source) in rows.zip(pixels.chunks_exact(from)) {
            row[start..start + width].copy_from_slice(&source[..width]);
        }
    }

    /// Whether no pixel is transparent.
    pub(crate) fn is_opaque(&self) -> bool {
        let channels = self.layout.channels();
        !self.layout.has_alpha()
            || self.pixels.chunks_exact(channels).all(|pixel| pixel[channels - 1] == u8::MAX)
    }
}
