//! JPEG, baseline, 4:2:0 chroma; grey stays grey. Huffman tables are optimised, but not by the encoder
//! without C, which then writes a scan for each component, and few decoders are tried on those.

use crate::ImageError;
use crate::plane::{Layout, Plane};

fn failed(error: impl std::fmt::Display) -> ImageError {
    ImageError::unsupported(format!("the jpeg could not be written: {error}"))
}

/// Encodes a grey or RGB plane with a quality of 1 to 100.
#[cfg(feature = "turbojpeg")]
pub(super) fn encode(plane: &Plane, quality: u32) -> Result<Vec<u8>, ImageError> {
    use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

    let (format, subsampling) = match plane.layout {
        Layout::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        Layout::Rgb => (PixelFormat::RGB, Subsamp::Sub2x2),
        Layout::GrayAlpha | Layout::Rgba => return Err(failed("it has alpha")),
    };
    let mut compressor = Compressor::new().map_err(failed)?;
    compressor.set_quality(quality.clamp(1, 100) as i32).map_err(failed)?;
    compressor.set_subsamp(subsampling).map_err(failed)?;
    compressor.set_optimize(true).map_err(failed)?;
    let image = Image {
        pixels: plane.pixels.as_slice(),
        width: plane.size.width as usize,
        pitch: plane.stride(),
        height: plane.size.height as usize,
        format,
    };
    compressor.compress_to_vec(image).map_err(failed)
}

/// Encodes a grey or RGB plane with a quality of 1 to 100.
#[cfg(not(feature = "turbojpeg"))]
pub(super) fn encode(plane: &Plane, quality: u32) -> Result<Vec<u8>, ImageError> {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    let color = match plane.layout {
        Layout::Gray => ColorType::Luma,
        Layout::Rgb => ColorType::Rgb,
        Layout::GrayAlpha | Layout::Rgba => return Err(failed("it has alpha")),
    };
    let (Ok(width), Ok(height)) = (u16::try_from(plane.size.width), u16::try_from(plane.size.height)) else {
        return Err(failed("it is too large"));
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100) as u8);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(&plane.pixels, width, height, color).map_err(failed)?;
    Ok(bytes)
}
