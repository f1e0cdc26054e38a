//! JPEG decoding by libjpeg-turbo, through its TurboJPEG interface.
//!
//! The safe wrapper of the `turbojpeg` crate makes one error of all that the library reports. A
//! photograph with a few stray bytes is shown by every viewer, so warnings have to be told apart:
//! they pass, unless they say that pixels are missing.

mod decoder;

use std::ffi::c_int;

use turbojpeg::raw;

use crate::decode::scaled;
use crate::layout::Layout;
use crate::on_damaged::LEAST_ROWS;
use crate::raster::Raster;
use crate::sampling::Sampling;
use crate::ycc::{Range, Ycc};
use crate::{DecodePlan, ImageError, OnDamaged, Size};

use super::markers::Markers;
use decoder::Decoder;

/// Every scale that has a fast inverse transform: 1/8, 1/4, 1/2, and the full size.
pub(super) const SCALES: &[u8] = &[1, 2, 4, 8];

/// More scans than any honest encoder writes; each costs a pass over the whole image.
const MAX_SCANS: c_int = 100;

/// Rows outside a part need no inverse transform, columns outside none either.
pub(super) const DECODES_PARTS: bool = true;

/// Luma and chroma can come out as they are.
pub(super) const DECODES_PLANES: bool = true;

/// Decodes to grey or RGB, and tells whether pixels are missing.
pub(super) fn decode(
    bytes: &[u8],
    coded: Size,
    layout: Layout,
    plan: &DecodePlan,
) -> Result<(Raster, bool), ImageError> {
    let format = match layout {
        Layout::Gray => raw::TJPF_TJPF_GRAY,
        _ => raw::TJPF_TJPF_RGB,
    };
    let task = Task { coded, format, channels: layout.channels(), plan };
    let (size, pixels, is_damaged) = task.decode(bytes)?;
    Ok((Raster::new(size, layout, pixels)?, is_damaged))
}

/// Decodes CMYK and YCCK to four inks a pixel, as they are stored.
pub(super) fn decode_inks(
    bytes: &[u8],
    coded: Size,
    plan: &DecodePlan,
) -> Result<(Size, Vec<u8>, bool), ImageError> {
    Task { coded, format: raw::TJPF_TJPF_CMYK, channels: 4, plan }.decode(bytes)
}

/// Decodes to luma and chroma. `sampling` is what the header says of chroma.
pub(super) fn decode_planes(
    bytes: &[u8],
    coded: Size,
    sampling: Sampling,
    plan: &DecodePlan,
) -> Result<Ycc, ImageError> {
    let size = scaled(coded, plan.eighths);
    let pixels = Task { coded, format: raw::TJPF_TJPF_RGB, channels: 3, plan };
    let decode = |bytes: &[u8]| {
        let decoder = open(bytes, coded, plan)?;
        let named = subsampling(sampling);
        if decoder.get(raw::TJPARAM_TJPARAM_SUBSAMP) != named
            || decoder.get(raw::TJPARAM_TJPARAM_COLORSPACE) != raw::TJCS_TJCS_YCbCr as c_int
        {
            return Err(ImageError::undecodable("the jpeg contradicts its header"));
        }
        decoder.planes(bytes, size, sampling)
    };
    let (planes, is_damaged) = tolerant(bytes, &decode, &pixels)?;
    Ok(Ycc { is_damaged, ..Ycc::new(size, sampling, Range::Full, planes)? })
}

/// The library's name of a sampling.
fn subsampling(sampling: Sampling) -> c_int {
    let name = match (sampling.across, sampling.down) {
        (1, 1) => raw::TJSAMP_TJSAMP_444,
        (2, 1) => raw::TJSAMP_TJSAMP_422,
        (2, 2) => raw::TJSAMP_TJSAMP_420,
        (1, 2) => raw::TJSAMP_TJSAMP_440,
        (4, 1) => raw::TJSAMP_TJSAMP_411,
        (1, 4) => raw::TJSAMP_TJSAMP_441,
        _ => raw::TJSAMP_TJSAMP_UNKNOWN,
    };
    name as c_int
}

/// A decoder that has read the header, which has to be that of an image of this size, and knows the scale.
fn open(bytes: &[u8], coded: Size, plan: &DecodePlan) -> Result<Decoder, ImageError> {
    let decoder = Decoder::new()?;
    decoder.set(raw::TJPARAM_TJPARAM_SCANLIMIT, MAX_SCANS)?;
    decoder.read_header(bytes)?;
    let found = |param| u32::try_from(decoder.get(param)).unwrap_or(0);
    if Size::new(found(raw::TJPARAM_TJPARAM_JPEGWIDTH), found(raw::TJPARAM_TJPARAM_JPEGHEIGHT)) != coded {
        return Err(ImageError::undecodable("the jpeg contradicts its header"));
    }
    decoder.scale(plan.eighths)?;
    Ok(decoder)
}

/// Decodes with `decode`, which gives the first warning if there was one, and tells whether pixels are missing; if there are,
/// it is refused or taken as the plan says.
fn tolerant<T>(
    bytes: &[u8],
    decode: &impl Fn(&[u8]) -> Result<(T, Option<String>), ImageError>,
    task: &Task<'_>,
) -> Result<(T, bool), ImageError> {
    let (decoded, warning) = decode(bytes)?;
    let Some(warning) = warning else { return Ok((decoded, false)) };
    if warning.contains("premature end of data") {
        task.check_damage(|| task.missing_rows(bytes))?;
        return Ok((decoded, true));
    }
    if warning.contains("Premature end of JPEG file") {
        drop(decoded);
        // The file ends without its end marker. Only with one in place does the decoder tell whether
        // pixels are missing as well.
        let mut closed = Vec::with_capacity(bytes.len() + 2);
        closed.extend_from_slice(bytes);
        closed.extend_from_slice(&[0xff, 0xd9]);
        let (decoded, warning) = decode(&closed)?;
        if warning.is_some() {
            task.check_damage(|| task.missing_rows(&closed))?;
        }
        return Ok((decoded, warning.is_some()));
    }
    // What is told is harmless, but it is only the first of all warnings.
    let markers = Markers::read(bytes)?;
    if markers.has_faults {
        drop(decoded);
        return tolerant(&markers.mended(bytes), decode, task);
    }
    let is_open = !markers.scans.have_end();
    // Bytes left over before the end marker say that the last scan was whole, unless a restart marker was expected there. After
    // anything else that is corrupt nothing is told any more; it shows at the bottom then.
    let is_whole = warning.contains("before marker 0xd9") && !markers.expect_restarts(bytes);
    let is_corrupt = warning.contains("Corrupt JPEG data") && !is_whole;
    let missing = if is_open || is_corrupt { task.missing_rows(bytes)? } else { 0.0 };
    let is_progressive = markers.frame.is_some_and(|frame| frame.progressive);
    let is_damaged = missing > 0.0 || (is_open && is_progressive);
    if is_damaged {
        task.check_damage(|| Ok(missing))?;
    }
    Ok((decoded, is_damaged))
}

/// What to decode, and to what.
struct Task<'a> {
    coded: Size,
    format: raw::TJPF,
    channels: usize,
    plan: &'a DecodePlan,
}

impl Task<'_> {
    fn decode(&self, bytes: &[u8]) -> Result<(Size, Vec<u8>, bool), ImageError> {
        let decode = |bytes: &[u8]| {
            let (size, pixels, warning) = self.run(bytes)?;
            Ok(((size, pixels), warning))
        };
        let ((size, pixels), is_damaged) = tolerant(bytes, &decode, self)?;
        Ok((size, pixels, is_damaged))
    }

    /// Refuses an image that misses more than may be missing; `missing_rows` is asked only where some may be.
    fn check_damage(&self, missing_rows: impl FnOnce() -> Result<f64, ImageError>) -> Result<(), ImageError> {
        if self.plan.on_damaged == OnDamaged::Accept && 1.0 - missing_rows()? >= LEAST_ROWS {
            return Ok(());
        }
        Err(ImageError::undecodable("the jpeg is cut off: pixels are missing"))
    }

    /// Which part of the rows is missing at the bottom. What is missing has no coefficients, and so is exactly the middle grey;
    /// at an eighth of the size no pixel is mixed with its neighbours.
    fn missing_rows(&self, bytes: &[u8]) -> Result<f64, ImageError> {
        let plan = DecodePlan { eighths: 1, part: None, ..self.plan.clone() };
        let (size, pixels, _) = Task { plan: &plan, ..*self }.run(bytes)?;
        let rows = pixels.chunks_exact((size.width as usize * self.channels).max(1));
        let is_missing = |row: &&[u8]| row.iter().all(|sample| sample.abs_diff(128) <= 1);
        Ok(rows.rev().take_while(is_missing).count() as f64 / f64::from(size.height))
    }

    /// Decodes once; gives the first warning if there was one.
    fn run(&self, bytes: &[u8]) -> Result<(Size, Vec<u8>, Option<String>), ImageError> {
        let decoder = open(bytes, self.coded, self.plan)?;
        let plane = scaled(self.coded, self.plan.eighths);
        // The library can't crop where it has no name for the sampling; no part is planned then, by what the header says.
        let is_named = decoder.get(raw::TJPARAM_TJPARAM_SUBSAMP) != raw::TJSAMP_TJSAMP_UNKNOWN as c_int;
        let part = self.plan.part.filter(|_| is_named);
        if let Some(part) = part {
            decoder.crop(part)?;
        }
        let size = part.map_or(plane, |part| part.size);
        let (pixels, warning) = decoder.pixels(bytes, size, self.format, self.channels)?;
        match self.plan.part {
            Some(wanted) if part.is_none() => {
                let rows = pixels.chunks_exact(plane.width as usize * self.channels);
                let (start, length) =
                    (wanted.x as usize * self.channels, wanted.size.width as usize * self.channels);
                let rows = rows.skip(wanted.y as usize).take(wanted.size.height as usize);
                let mut part = Vec::with_capacity(length * wanted.size.height as usize);
                rows.for_each(|row| part.extend_from_slice(&row[start..start + length]));
                Ok((wanted.size, part, warning))
            }
            _ => Ok((size, pixels, warning)),
        }
    }
}
