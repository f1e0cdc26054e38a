//! JPEG: baseline and progressive, grey, YCbCr, RGB, CMYK and YCCK, 8 bits a sample.

mod markers;
#[cfg(not(feature = "turbojpeg"))]
mod pure;
#[cfg(feature = "turbojpeg")]
mod turbo;

use crate::attached::Source;
use crate::exif;
use crate::header::ColorModel;
use crate::layout::Layout;
use crate::plane::Plane;
use crate::profile::{Inks, Profile};
use crate::raster::Raster;
use crate::region::Cut;
use crate::sampling::Sampling;
use crate::ycc::Ycc;
use crate::{DecodePlan, Header, ImageError, Size, SourceFormat};

use markers::Markers;
#[cfg(not(feature = "turbojpeg"))]
use pure as decoder;
#[cfg(feature = "turbojpeg")]
use turbo as decoder;

/// The scales, in eighths, that decoding to less than the full size may use, smallest first.
pub(crate) const SCALES: &[u8] = decoder::SCALES;

/// The smallest part of an image at this scale, of this size, that can be decoded and holds the box
/// given by its edges: left, top, right, bottom. Chroma of the outermost pixels of a part may differ
/// from that of the whole image, so the part is two pixels larger on each side; it begins where a
/// block of the widest sampling, 32 pixels at the full scale, begins.
pub(crate) fn part([left, top, right, bottom]: [f64; 4], plane: Size, eighths: u8) -> Cut {
    let before = |edge: f64| (edge.floor() - 2.0).max(0.0) as u32;
    let after = |edge: f64, side: u32| ((edge.ceil() + 2.0).max(0.0) as u32).clamp(1, side);
    let block = u32::from(eighths) * 4;
    let x = before(left).min(plane.width - 1) / block * block;
    let y = before(top).min(plane.height - 1);
    let size = Size::new(after(right, plane.width) - x, after(bottom, plane.height) - y);
    Cut { x, y, size }
}

/// Reads the segments up to the first scan.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let markers = Markers::read(bytes)?;
    let frame = markers.frame.ok_or_else(|| ImageError::undecodable("the jpeg ends before its frame"))?;
    if frame.lossless {
        return Err(ImageError::unsupported("lossless jpeg images are not supported"));
    }
    if frame.bits != 8 {
        return Err(ImageError::unsupported(format!("jpeg images of {} bits are not supported", frame.bits)));
    }
    let color = match frame.components {
        1 => ColorModel::Gray,
        3 => ColorModel::Rgb,
        4 => ColorModel::Cmyk,
        count => {
            return Err(ImageError::unsupported(format!(
                "jpeg images of {count} components are not supported"
            )));
        }
    };
    let orientation = markers.exif.map(exif::orientation).unwrap_or_default();
    // A file without its end marker is copied to get one, and one with faults to get rid of them.
    let is_closed = bytes.ends_with(&[0xff, 0xd9]);
    let copied = bytes.len() as u64 * (u64::from(!is_closed) + u64::from(markers.has_faults));
    Ok(Header {
        format: SourceFormat::Jpeg,
        coded: frame.size,
        stored: frame.size,
        size: orientation.apply(frame.size),
        orientation,
        frames: 1,
        has_alpha: false,
        bits: frame.bits,
        has_icc: !markers.icc.is_empty(),
        progressive: frame.progressive,
        color,
        decoder_bytes: decoder_bytes(&frame, color, frame.progressive || markers.is_in_parts)
            + markers.profile_bytes()
            + copied,
        planes: sampling(&markers),
        has_parts: decoder::DECODES_PARTS && frame.is_named,
    })
}

/// How chroma is sampled, where the image can be decoded to it and luma, and both mean sRGB.
fn sampling(markers: &Markers<'_>) -> Option<Sampling> {
    let sampling = markers.planes().filter(|_| decoder::DECODES_PLANES)?;
    markers.profile().is_none_or(|icc| Profile::is_srgb(&icc)).then_some(sampling)
}

/// The coefficients of an image in several scans are held whole, two bytes each, and inks are decoded
/// before they become RGB. Otherwise some rows are enough.
fn decoder_bytes(frame: &markers::Frame, color: ColorModel, holds_all: bool) -> u64 {
    // Of whole blocks, so up to fifteen pixels more on each side.
    let Size { width, height } = frame.size;
    let more = (u64::from(width) + u64::from(height)) * 15 * u64::from(frame.components);
    let coefficients = if holds_all { (frame.samples + more) * 2 } else { 0 };
    let inks = if color == ColorModel::Cmyk { frame.size.pixels() * 4 } else { 0 };
    // Where pixels may be missing, they are looked for at an eighth of the size.
    let looked_at = frame.size.pixels() * u64::from(frame.components) / 64;
    coefficients + inks + looked_at + u64::from(frame.size.width) * 128 + (384 << 10)
}

/// The blocks beside the pixels.
pub(crate) fn attached(bytes: &[u8]) -> Source<'_> {
    let Ok(markers) = Markers::read(bytes) else { return Source::default() };
    Source { exif: markers.exif.unwrap_or_default(), xmp: markers.xmp.unwrap_or_default() }
}

/// Decodes the image to luma and chroma, with the ICC profile if there is one.
pub(crate) fn planes(
    bytes: &[u8],
    header: &Header,
    sampling: Sampling,
    plan: &DecodePlan,
) -> Result<(Ycc, Option<Vec<u8>>), ImageError> {
    let profile = Markers::read(bytes)?.profile();
    Ok((decoder::decode_planes(bytes, header.coded, sampling, plan)?, profile))
}

/// Decodes the pixels that the plan names, with the ICC profile if there is one. Inks are already
/// sRGB, and come without a profile.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let markers = Markers::read(bytes)?;
    let profile = markers.profile();
    if header.color != ColorModel::Cmyk {
        let layout = Layout::new(header.color, false);
        let (raster, is_damaged) = decoder::decode(bytes, header.coded, layout, plan)?;
        return Ok((Plane { is_damaged, ..raster.into() }, profile));
    }
    let (size, mut inks, is_damaged) = decoder::decode_inks(bytes, header.coded, plan)?;
    // Adobe's programs store how much paper shows, not how much ink lies on it.
    if markers.adobe {
        inks.iter_mut().for_each(|ink| *ink = !*ink);
    }
    let rgb = match profile.as_deref().and_then(Inks::parse).or_else(Inks::coated) {
        Some(profile) => profile.to_srgb(&inks)?,
        None => Inks::plain(&inks),
    };
    Ok((Plane { is_damaged, ..Raster::new(size, Layout::Rgb, rgb)?.into() }, None))
}
