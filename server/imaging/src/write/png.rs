//! PNG, 8 bits a sample, in the layout that the plane has.

use png::{BitDepth, ColorType, Encoder};

use crate::plane::{Layout, Plane};
use crate::{Compression, ImageError};

/// Encodes a plane.
pub(super) fn encode(plane: &Plane, compression: Compression) -> Result<Vec<u8>, ImageError> {
    let failed = |error| ImageError::unsupported(format!("the png could not be written: {error}"));
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, plane.size.width, plane.size.height);
    encoder.set_color(match plane.layout {
        Layout::Gray => ColorType::Grayscale,
        Layout::GrayAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(match compression {
        Compression::Fast => png::Compression::Fast,
        Compression::Balanced => png::Compression::Balanced,
        Compression::High => png::Compression::High,
    });
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&plane.pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}
