//! PNG, in the layout and depth that the image has.

use std::io::Write;

use png::{BitDepth, ColorType, Encoder};

use crate::budget::Budget;
use crate::layout::Layout;
use crate::plane::Pixels;
use crate::{Compression, ImageError, Size};

/// Bytes that are compressed between two looks at the budget, where compressing takes long.
const BYTES_AT_ONCE: usize = 1 << 20;

/// Encodes an image.
pub(super) fn encode(
    image: &Pixels,
    compression: Compression,
    budget: &Budget,
) -> Result<Vec<u8>, ImageError> {
    match image {
        Pixels::Eight(raster) => {
            write((raster.size, raster.layout, BitDepth::Eight), compression, &raster.samples, budget)
        }
        Pixels::Sixteen(raster) => {
            let bytes: Vec<u8> = raster.samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
            write((raster.size, raster.layout, BitDepth::Sixteen), compression, &bytes, budget)
        }
    }
}

fn write(
    (size, layout, depth): (Size, Layout, BitDepth),
    compression: Compression,
    data: &[u8],
    budget: &Budget,
) -> Result<Vec<u8>, ImageError> {
    let failed = |error| ImageError::unsupported(format!("the png could not be written: {error}"));
    let not_written = |error: std::io::Error| failed(error.into());
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, size.width, size.height);
    encoder.set_color(match layout {
        Layout::Gray => ColorType::Grayscale,
        Layout::GrayAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    });
    encoder.set_depth(depth);
    encoder.set_compression(match compression {
        Compression::Fast => png::Compression::Fast,
        Compression::Balanced => png::Compression::Balanced,
        Compression::High => png::Compression::High,
    });
    let mut writer = encoder.write_header().map_err(failed)?;
    if compression == Compression::Fast {
        writer.write_image_data(data).map_err(failed)?;
    } else {
        let mut rows = writer.stream_writer().map_err(failed)?;
        for data in data.chunks(BYTES_AT_ONCE) {
            budget.check()?;
            rows.write_all(data).map_err(not_written)?;
        }
        rows.finish().map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(bytes)
}
