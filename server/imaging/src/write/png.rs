//! PNG, in the layout and depth that the image has. Rows are compressed a few at a time into a file that is given room for its
//! greatest length at once, so that the memory that it takes is known before, and the budget is looked at between them.

use std::cell::Cell;
use std::io::{self, Write};

use png::{BitDepth, ColorType, Encoder, EncodingError};

use crate::budget::Budget;
use crate::layout::Layout;
use crate::plane::Pixels;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::{Compression, ImageError, Size};

/// Bytes that are compressed between two looks at the budget.
const BYTES_AT_ONCE: usize = 1 << 18;

/// The length of a chunk of compressed pixels.
const CHUNK: usize = 1 << 16;

/// Encodes an image.
pub(super) fn encode(
    image: &Pixels,
    compression: Compression,
    budget: &Budget,
) -> Result<Vec<u8>, ImageError> {
    match image {
        Pixels::Eight(raster) => {
            write(raster, BitDepth::Eight, compression, budget, |samples, bytes| bytes.extend(samples))
        }
        Pixels::Sixteen(raster) => write(raster, BitDepth::Sixteen, compression, budget, |samples, bytes| {
            bytes.extend(samples.iter().flat_map(|sample| sample.to_be_bytes()));
        }),
    }
}

/// The most bytes that a file has: that of pixels which are stored and not compressed, because that would make them longer.
pub(crate) fn most_bytes(size: Size, layout: Layout, sample_bytes: u64) -> u64 {
    let stored =
        u64::from(size.height) * (u64::from(size.width) * layout.channels() as u64 * sample_bytes + 1);
    stored + stored / 512 + 4096
}

/// `as_stored` appends samples in the file's order.
fn write<S: Sample>(
    raster: &Raster<S>,
    depth: BitDepth,
    compression: Compression,
    budget: &Budget,
    as_stored: impl Fn(&[S], &mut Vec<u8>),
) -> Result<Vec<u8>, ImageError> {
    let most = usize::try_from(most_bytes(raster.size, raster.layout, size_of::<S>() as u64))
        .map_err(|_| ImageError::unsupported("the png does not fit into memory"))?;
    let compressed = match compression {
        Compression::Fast => png::Compression::Fast,
        Compression::Balanced => png::Compression::Balanced,
        Compression::High => png::Compression::High,
    };
    let mut bytes = Vec::with_capacity(most);
    let is_full = Cell::new(false);
    let mut buffer = Vec::with_capacity(BYTES_AT_ONCE);
    for compression in [compressed, png::Compression::NoCompression] {
        bytes.clear();
        is_full.set(false);
        let mut encoder = Encoder::new(
            File { bytes: &mut bytes, most, is_full: &is_full },
            raster.size.width,
            raster.size.height,
        );
        encoder.set_color(match raster.layout {
            Layout::Gray => ColorType::Grayscale,
            Layout::GrayAlpha => ColorType::GrayscaleAlpha,
            Layout::Rgb => ColorType::Rgb,
            Layout::Rgba => ColorType::Rgba,
        });
        encoder.set_depth(depth);
        encoder.set_compression(compression);
        let mut writer = encoder.write_header().map_err(failed)?;
        let mut rows = writer.stream_writer_with_size(CHUNK).map_err(failed)?;
        for samples in raster.samples.chunks(BYTES_AT_ONCE / size_of::<S>()) {
            budget.check()?;
            buffer.clear();
            as_stored(samples, &mut buffer);
            rows.write_all(&buffer).map_err(|error| failed(error.into()))?;
        }
        rows.finish().map_err(failed)?;
        writer.finish().map_err(failed)?;
        if !is_full.get() {
            bytes.shrink_to_fit();
            return Ok(bytes);
        }
    }
    Err(ImageError::unsupported("the png could not be written: it is longer than its pixels"))
}

fn failed(error: EncodingError) -> ImageError {
    ImageError::unsupported(format!("the png could not be written: {error}"))
}

/// A file that never grows beyond the room that it has, and only tells so: a library that can't write its check sum panics.
struct File<'a> {
    bytes: &'a mut Vec<u8>,
    most: usize,
    is_full: &'a Cell<bool>,
}

impl Write for File<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            self.is_full.set(true);
        } else {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn noise_is_stored_where_compressing_makes_it_longer() {
        let size = Size::new(300, 200);
        let mut state = 1_u64;
        let samples = (0..size.pixels() * 3).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        });
        let raster = Raster::new(size, Layout::Rgb, samples.collect()).unwrap();
        let pixels = Pixels::Eight(raster.clone());
        for compression in [Compression::Fast, Compression::Balanced, Compression::High] {
            let file = encode(&pixels, compression, &Budget::UNBOUNDED).unwrap();
            assert!(file.len() as u64 <= most_bytes(size, Layout::Rgb, 1), "{compression:?}: {}", file.len());
            let mut reader = png::Decoder::new(io::Cursor::new(file)).read_info().unwrap();
            let mut read = vec![0; raster.samples.len()];
            reader.next_frame(&mut read).unwrap();
            assert!(read == raster.samples, "{compression:?}");
        }
    }
}
