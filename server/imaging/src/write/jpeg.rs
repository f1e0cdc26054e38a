//! JPEG, baseline, 4:2:0 chroma; grey stays grey. Huffman tables are optimised, but not by the encoder
//! without C, which then writes a scan for each component, and few decoders are tried on those.

use crate::layout::Layout;
use crate::raster::Raster;
#[cfg(feature = "turbojpeg")]
use crate::ycc::Range;
use crate::ycc::Ycc;
use crate::{ImageError, Jpeg, Subsampling};

fn failed(error: impl std::fmt::Display) -> ImageError {
    ImageError::unsupported(format!("the jpeg could not be written: {error}"))
}

/// Whether luma and chroma can be written as they are.
pub(super) const ENCODES_PLANES: bool = cfg!(feature = "turbojpeg");

/// Encodes a grey or RGB image.
#[cfg(feature = "turbojpeg")]
pub(super) fn encode(image: &Raster, options: &Jpeg) -> Result<Vec<u8>, ImageError> {
    use turbojpeg::{Image, PixelFormat, Subsamp};

    let (format, subsampling) = match image.layout {
        Layout::Gray => (PixelFormat::GRAY, Subsamp::Gray),
        Layout::Rgb => (PixelFormat::RGB, subsampling(options)),
        Layout::GrayAlpha | Layout::Rgba => return Err(failed("it has alpha")),
    };
    let mut compressor = compressor(options).map_err(failed)?;
    compressor.set_subsamp(subsampling).map_err(failed)?;
    let picture = Image {
        pixels: image.samples.as_slice(),
        width: image.size.width as usize,
        pitch: image.stride(),
        height: image.size.height as usize,
        format,
    };
    compressor.compress_to_vec(picture).map_err(failed)
}

/// Encodes an image whose chroma is sampled as the options say, in [`Range::Full`].
#[cfg(feature = "turbojpeg")]
pub(super) fn encode_planes(image: &Ycc, options: &Jpeg) -> Result<Vec<u8>, ImageError> {
    if image.sampling != options.sampling() || image.range != Range::Full {
        return Err(failed("its luma and chroma have another form"));
    }
    let [luma, blue, red] = &image.planes;
    let picture = turbojpeg::YuvPlanesImage {
        y_plane: luma.samples.as_slice(),
        u_plane: blue.samples.as_slice(),
        v_plane: red.samples.as_slice(),
        width: image.size.width as usize,
        height: image.size.height as usize,
        y_stride: luma.stride(),
        u_stride: blue.stride(),
        v_stride: red.stride(),
        subsamp: subsampling(options),
    };
    compressor(options)
        .and_then(|mut compressor| compressor.compress_yuv_planes_to_vec(&picture))
        .map_err(failed)
}

#[cfg(feature = "turbojpeg")]
fn compressor(options: &Jpeg) -> turbojpeg::Result<turbojpeg::Compressor> {
    let mut compressor = turbojpeg::Compressor::new()?;
    compressor.set_quality(options.quality().clamp(1, 100) as i32)?;
    compressor.set_optimize(true)?;
    compressor.set_progressive(options.progressive)?;
    Ok(compressor)
}

#[cfg(feature = "turbojpeg")]
fn subsampling(options: &Jpeg) -> turbojpeg::Subsamp {
    match options.subsampling.at(options.quality()) {
        Subsampling::Whole => turbojpeg::Subsamp::None,
        Subsampling::Half => turbojpeg::Subsamp::Sub2x1,
        Subsampling::Quarter | Subsampling::Unspecified => turbojpeg::Subsamp::Sub2x2,
    }
}

/// The encoder without C takes pixels only.
#[cfg(not(feature = "turbojpeg"))]
pub(super) fn encode_planes(_image: &Ycc, _options: &Jpeg) -> Result<Vec<u8>, ImageError> {
    Err(failed("luma and chroma need the turbojpeg encoder"))
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
