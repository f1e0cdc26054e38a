//! JPEG decoding without C, by zune-jpeg. It decodes at the full size only.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::markers::Markers;
use crate::layout::Layout;
use crate::raster::Raster;
use crate::sampling::Sampling;
use crate::ycc::Ycc;
use crate::{DecodePlan, ImageError, Size, bt601};

/// The full size.
pub(super) const SCALES: &[u8] = &[8];

/// Everything is decoded, or nothing.
pub(super) const DECODES_PARTS: bool = false;

/// Only pixels come out.
pub(super) const DECODES_PLANES: bool = false;

/// More scans than any honest encoder writes; each costs a pass over the whole image.
const MAX_SCANS: usize = 100;

/// Decodes to grey or RGB. What is damaged is always refused: the decoder does not tell how much is missing.
pub(super) fn decode(
    bytes: &[u8],
    coded: Size,
    layout: Layout,
    _plan: &DecodePlan,
) -> Result<(Raster, bool), ImageError> {
    let color = match layout {
        Layout::Gray => ColorSpace::Luma,
        _ => ColorSpace::RGB,
    };
    Ok((Raster::new(coded, layout, decode_to(bytes, coded, |_| color)?)?, false))
}

/// Decodes CMYK and YCCK to four inks a pixel, as they are stored.
pub(super) fn decode_inks(
    bytes: &[u8],
    coded: Size,
    _plan: &DecodePlan,
) -> Result<(Size, Vec<u8>, bool), ImageError> {
    let mut is_ycck = false;
    let mut inks = decode_to(bytes, coded, |input| {
        is_ycck = input == ColorSpace::YCCK;
        input
    })?;
    if is_ycck {
        inks.chunks_exact_mut(4).for_each(ycck_to_cmyk);
    }
    Ok((coded, inks, false))
}

/// There is no way to luma and chroma by themselves.
pub(super) fn decode_planes(
    _bytes: &[u8],
    _coded: Size,
    _sampling: Sampling,
    _plan: &DecodePlan,
) -> Result<Ycc, ImageError> {
    Err(ImageError::unsupported("luma and chroma of a jpeg need the turbojpeg decoder"))
}

/// YCCK is CMYK whose first three inks were inverted, then coded as YCbCr (ITU-T T.872, 6.5.3).
fn ycck_to_cmyk(pixel: &mut [u8]) {
    let &mut [y, cb, cr, _] = pixel else { return };
    let inks = bt601::rgb_of_levels([y, cb, cr]).map(|light| 255 - light);
    pixel[..3].copy_from_slice(&inks);
}

fn decode_to(
    bytes: &[u8],
    coded: Size,
    output: impl FnOnce(ColorSpace) -> ColorSpace,
) -> Result<Vec<u8>, ImageError> {
    let failed = |error| ImageError::undecodable(format!("jpeg: {error}"));
    let markers = Markers::read(bytes)?;
    refuse_separate_chroma(&markers)?;
    let options = DecoderOptions::default()
        // What is missing is painted grey without a word, unless the decoder is strict; but then it
        // refuses also what does no harm.
        .set_strict_mode(!markers.scans.have_end())
        .set_max_width(coded.width as usize)
        .set_max_height(coded.height as usize)
        .jpeg_set_max_scans(MAX_SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let input = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    decoder.set_options(options.jpeg_set_out_colorspace(output(input)));
    decoder.decode().map_err(failed)
}

/// The decoder gives wrong colours for baseline images with a scan for each component and chroma of
/// a smaller size.
fn refuse_separate_chroma(markers: &Markers) -> Result<(), ImageError> {
    let Some(frame) = markers.frame else { return Ok(()) };
    let is_subsampled = frame.samples < frame.size.pixels() * u64::from(frame.components);
    if !frame.progressive && is_subsampled && markers.scans.first_components() < frame.components {
        return Err(ImageError::unsupported(
            "jpeg images with smaller chroma in scans of its own need the turbojpeg decoder",
        ));
    }
    Ok(())
}
