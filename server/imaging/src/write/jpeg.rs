//! JPEG, baseline, 4:2:0 chroma; grey stays grey. Huffman tables are optimised, but not by the encoder
//! without C, which then writes a scan for each component, and few decoders are tried on those.

use crate::layout::Layout;
use crate::raster::Raster;
use crate::{ImageError, Jpeg, Subsampling};

fn failed(error: impl std::fmt::Display) -> ImageError {
    ImageError::unsupported(format!("the jpeg could not be written: {error}"))
}

/// Encodes a grey or RGB image.
#[cfg(feature = "turbojpeg")]
pub(super) fn encode(image: &Raster, options: &Jpeg) -> Result<Vec<u8>, ImageError> {
    use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

    let (format, subsampling) = match image.layout {
        Layout::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        Layout::Rgb => {
            let subsampling = match options.subsampling.at(options.quality()) {
                Subsampling::Whole => Subsamp::None,
                Subsampling::Half => Subsamp::Sub2x1,
                Subsampling::Quarter | Subsampling::Unspecified => Subsamp::Sub2x2,
            };
            (PixelFormat::RGB, subsampling)
        }
        Layout::GrayAlpha | Layout::Rgba => return Err(failed("it has alpha")),
    };
    let mut compressor = Compressor::new().map_err(failed)?;
    compressor.set_quality(options.quality().clamp(1, 100) as i32).map_err(failed)?;
    compressor.set_subsamp(subsampling).map_err(failed)?;
    compressor.set_optimize(true).map_err(failed)?;
    compressor.set_progressive(options.progressive).map_err(failed)?;
    let picture = Image {
        pixels: image.samples.as_slice(),
        width: image.size.width as usize,
        pitch: image.stride(),
        height: image.size.height as usize,
        format,
    };
    compressor.compress_to_vec(picture).map_err(failed)
}

/// Encodes a grey or RGB image.
#[cfg(not(feature = "turbojpeg"))]
pub(super) fn encode(image: &Raster, options: &Jpeg) -> Result<Vec<u8>, ImageError> {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    let color = match image.layout {
        Layout::Gray => ColorType::Luma,
        Layout::Rgb => ColorType::Rgb,
        Layout::GrayAlpha | Layout::Rgba => return Err(failed("it has alpha")),
    };
    let (Ok(width), Ok(height)) = (u16::try_from(image.size.width), u16::try_from(image.size.height)) else {
        return Err(failed("it is too large"));
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, options.quality().clamp(1, 100) as u8);
    encoder.set_sampling_factor(match options.subsampling.at(options.quality()) {
        Subsampling::Whole => SamplingFactor::F_1_1,
        Subsampling::Half => SamplingFactor::F_2_1,
        Subsampling::Quarter | Subsampling::Unspecified => SamplingFactor::F_2_2,
    });
    encoder.set_progressive(options.progressive);
    encoder.encode(&image.samples, width, height, color).map_err(failed)?;
    Ok(bytes)
}
