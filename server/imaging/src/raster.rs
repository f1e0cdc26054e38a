//! Rows of pixels of one depth: the samples of a pixel side by side, rows without gaps.

use crate::layout::Layout;
use crate::region::Cut;
use crate::sample::Sample;
use crate::{ImageError, Size};

/// Black samples to write pixels into.
///
/// Written by hand: memory that is asked for as zeroed comes from the system anew, though the allocator has some left of
/// the image before, and its page faults cost ten times what the zeros do.
pub(crate) fn blank<S: Sample>(length: usize) -> Vec<S> {
    let mut samples = Vec::with_capacity(length);
    samples.resize(length, S::default());
    samples
}

/// Pixels of one depth.
#[derive(Clone, Debug)]
pub(crate) struct Raster<S = u8> {
    pub size: Size,
    pub layout: Layout,
    /// As many as [`Layout::samples`] says.
    pub samples: Vec<S>,
}

impl<S: Sample> Raster<S> {
    /// Fails if there are not exactly as many samples as size and layout call for.
    pub fn new(size: Size, layout: Layout, samples: Vec<S>) -> Result<Raster<S>, ImageError> {
        if layout.samples(size)? != samples.len() {
            return Err(ImageError::undecodable("the decoder gave fewer pixels than the header told"));
        }
        Ok(Raster { size, layout, samples })
    }

    /// All samples zero: black, or transparent where there is alpha.
    pub fn blank(size: Size, layout: Layout) -> Result<Raster<S>, ImageError> {
        Ok(Raster { size, layout, samples: blank(layout.samples(size)?) })
    }

    /// All pixels the same; `pixel` has as many samples as the layout.
    pub fn filled(size: Size, layout: Layout, pixel: &[S]) -> Result<Raster<S>, ImageError> {
        let length = layout.samples(size)?;
        let mut samples = Vec::with_capacity(length);
        while samples.len() < length {
            samples.extend_from_slice(pixel);
        }
        Raster::new(size, layout, samples)
    }

    /// Samples a pixel.
    pub fn channels(&self) -> usize {
        self.layout.channels()
    }

    /// Samples a row.
    pub fn stride(&self) -> usize {
        self.size.width as usize * self.channels()
    }

    /// Top to bottom.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[S]> {
        self.samples.chunks_exact(self.stride().max(1))
    }

    /// Top to bottom.
    pub fn rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [S]> {
        let stride = self.stride().max(1);
        self.samples.chunks_exact_mut(stride)
    }

    /// Left to right, top to bottom.
    pub fn pixels(&self) -> impl ExactSizeIterator<Item = &[S]> {
        self.samples.chunks_exact(self.channels())
    }

    /// Left to right, top to bottom.
    pub fn pixels_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [S]> {
        let channels = self.channels();
        self.samples.chunks_exact_mut(channels)
    }

    /// Puts the pixels of another image of the same layout over this one's, from `(left, top)`; what reaches out is left
    /// off. Alpha is copied like the colours.
    pub fn put(&mut self, image: &Raster<S>, (left, top): (i64, i64)) {
        debug_assert_eq!(self.layout, image.layout);
        let channels = self.channels() as i64;
        let from = (-left).max(0);
        let width = (i64::from(image.size.width) - from).min(i64::from(self.size.width) - left.max(0));
        if width <= 0 {
            return;
        }
        let (start, length) = ((left.max(0) * channels) as usize, (width * channels) as usize);
        let from = (from * channels) as usize;
        let hidden = (-top).max(0) as usize;
        let rows = self.rows_mut().skip(top.max(0) as usize);
        for (row, source) in rows.zip(image.rows().skip(hidden)) {
            row[start..start + length].copy_from_slice(&source[from..from + length]);
        }
    }

    /// Copies a box of whole pixels, which has to lie inside the image.
    pub fn cut(&self, Cut { x, y, size }: Cut) -> Result<Raster<S>, ImageError> {
        let (start, length) = (x as usize * self.channels(), size.width as usize * self.channels());
        let mut samples = Vec::with_capacity(self.layout.samples(size)?);
        for row in self.rows().skip(y as usize).take(size.height as usize) {
            samples.extend_from_slice(row.get(start..start + length).unwrap_or_default());
        }
        Raster::new(size, self.layout, samples)
    }

    /// Whether no pixel is transparent.
    pub fn is_opaque(&self) -> bool {
        let alpha = self.channels() - 1;
        !self.layout.has_alpha() || self.pixels().all(|pixel| pixel[alpha] == S::MAX)
    }

    /// The same pixels in another layout: grey becomes colour (but colour never grey), missing alpha is opaque, and alpha
    /// that is not asked for is dropped whatever it says.
    pub fn with_layout(self, layout: Layout) -> Result<Raster<S>, ImageError> {
        if layout == self.layout {
            return Ok(self);
        }
        let (from, to) = (self.layout.colors(), layout.colors());
        let mut samples = Vec::with_capacity(layout.samples(self.size)?);
        for pixel in self.pixels() {
            match (from, to) {
                (1, 3) => samples.extend_from_slice(&[pixel[0]; 3]),
                _ => samples.extend_from_slice(&pixel[..to]),
            }
            if layout.has_alpha() {
                samples.push(if self.layout.has_alpha() { pixel[from] } else { S::MAX });
            }
        }
        Raster::new(self.size, layout, samples)
    }
}
