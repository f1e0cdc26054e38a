//! JPEG decoding by libjpeg-turbo, through its TurboJPEG interface.
//!
//! The safe wrapper of the `turbojpeg` crate makes one error of all that the library reports. A
//! photograph with a few stray bytes is shown by every viewer, so warnings have to be told apart:
//! they pass, unless they say that pixels are missing.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};

use turbojpeg::raw;

use crate::decode::scaled;
use crate::layout::Layout;
use crate::on_damaged::LEAST_ROWS;
use crate::raster::{Raster, blank};
use crate::region::Cut;
use crate::{DecodePlan, ImageError, OnDamaged, Size};

/// Every scale that has a fast inverse transform: 1/8, 1/4, 1/2, and the full size.
pub(super) const SCALES: &[u8] = &[1, 2, 4, 8];

/// More scans than any honest encoder writes; each costs a pass over the whole image.
const MAX_SCANS: c_int = 100;

/// Rows outside a part need no inverse transform, columns outside none either.
pub(super) const DECODES_PARTS: bool = true;

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

/// What to decode, and to what.
struct Task<'a> {
    coded: Size,
    format: raw::TJPF,
    channels: usize,
    plan: &'a DecodePlan,
}

impl Task<'_> {
    fn decode(&self, bytes: &[u8]) -> Result<(Size, Vec<u8>, bool), ImageError> {
        let (size, pixels, warning) = self.run(bytes)?;
        let Some(warning) = warning else { return Ok((size, pixels, false)) };
        if warning.contains("premature end of data") {
            self.check_damage(bytes)?;
            return Ok((size, pixels, true));
        }
        if !warning.contains("Premature end of JPEG file") {
            return Ok((size, pixels, false));
        }
        drop(pixels);
        // The file ends without its end marker. Only with one in place does the decoder tell whether
        // pixels are missing as well.
        let mut closed = Vec::with_capacity(bytes.len() + 2);
        closed.extend_from_slice(bytes);
        closed.extend_from_slice(&[0xff, 0xd9]);
        let (size, pixels, warning) = self.run(&closed)?;
        if warning.is_some() {
            self.check_damage(&closed)?;
        }
        Ok((size, pixels, warning.is_some()))
    }

    /// Refuses an image that misses more than may be missing. What is missing has no coefficients, and so is exactly the
    /// middle grey; at an eighth of the size no pixel is mixed with its neighbours.
    fn check_damage(&self, bytes: &[u8]) -> Result<(), ImageError> {
        let cut_off = || ImageError::undecodable("the jpeg is cut off: pixels are missing");
        if self.plan.on_damaged == OnDamaged::Refuse {
            return Err(cut_off());
        }
        let plan = DecodePlan { eighths: 1, part: None, ..self.plan.clone() };
        let (size, pixels, _) = Task { plan: &plan, ..*self }.run(bytes)?;
        let rows = pixels.chunks_exact((size.width as usize * self.channels).max(1));
        let is_missing = |row: &&[u8]| row.iter().all(|sample| sample.abs_diff(128) <= 1);
        let missing = rows.rev().take_while(is_missing).count();
        let there = 1.0 - missing as f64 / f64::from(size.height);
        if there >= LEAST_ROWS { Ok(()) } else { Err(cut_off()) }
    }

    /// Decodes once; gives the first warning if there was one.
    fn run(&self, bytes: &[u8]) -> Result<(Size, Vec<u8>, Option<String>), ImageError> {
        let decoder = Decoder::new()?;
        decoder.set(raw::TJPARAM_TJPARAM_SCANLIMIT, MAX_SCANS)?;
        decoder.read_header(bytes)?;
        let found = |param| u32::try_from(decoder.get(param)).unwrap_or(0);
        if Size::new(found(raw::TJPARAM_TJPARAM_JPEGWIDTH), found(raw::TJPARAM_TJPARAM_JPEGHEIGHT))
            != self.coded
        {
            return Err(ImageError::undecodable("the jpeg contradicts its header"));
        }
        decoder.scale(self.plan.eighths)?;
        let plane = scaled(self.coded, self.plan.eighths);
        // The library can't crop where it has no name for the sampling; then this does it afterwards.
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

/// The library knows its scaling factors in lowest terms only.
fn reduced(factor: raw::tjscalingfactor) -> raw::tjscalingfactor {
    let mut factor = factor;
    while factor.num % 2 == 0 && factor.denom % 2 == 0 {
        factor = raw::tjscalingfactor { num: factor.num / 2, denom: factor.denom / 2 };
    }
    factor
}

/// A decompressor of the library, freed when dropped.
struct Decoder(raw::tjhandle);

impl Decoder {
    fn new() -> Result<Decoder, ImageError> {
        // SAFETY: takes no pointer; a failure is a null handle, which is checked.
        let handle = unsafe { raw::tj3Init(raw::TJINIT_TJINIT_DECOMPRESS as c_int) };
        if handle.is_null() {
            return Err(ImageError::unsupported("the jpeg decoder could not be set up"));
        }
        Ok(Decoder(handle))
    }

    fn read_header(&self, bytes: &[u8]) -> Result<(), ImageError> {
        // SAFETY: the handle is live; pointer and length are those of a slice that outlives the
        // call, which only reads.
        let result = unsafe { raw::tj3DecompressHeader(self.0, bytes.as_ptr(), bytes.len() as raw::size_t) };
        if result == 0 || self.is_warning() { Ok(()) } else { Err(self.error()) }
    }

    fn scale(&self, eighths: u8) -> Result<(), ImageError> {
        let factor = reduced(raw::tjscalingfactor { num: eighths.into(), denom: 8 });
        // SAFETY: the handle is live; the factor is passed by value.
        if unsafe { raw::tj3SetScalingFactor(self.0, factor) } == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Limits what is decoded to a part of the scaled image. The header was read and the scale set.
    fn crop(&self, part: Cut) -> Result<(), ImageError> {
        let number = |value: u32| c_int::try_from(value).unwrap_or(c_int::MAX);
        let region = raw::tjregion {
            x: number(part.x),
            y: number(part.y),
            w: number(part.size.width),
            h: number(part.size.height),
        };
        // SAFETY: the handle is live; the region is passed by value, and checked by the library.
        if unsafe { raw::tj3SetCroppingRegion(self.0, region) } == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Decodes to `size` pixels, which has to be the size of the part, or else of the scaled image.
    fn pixels(
        &self,
        bytes: &[u8],
        size: Size,
        format: raw::TJPF,
        channels: usize,
    ) -> Result<(Vec<u8>, Option<String>), ImageError> {
        let too_large = || ImageError::unsupported(format!("{size} pixels do not fit into memory"));
        let length = (size.pixels() as usize).checked_mul(channels).ok_or_else(too_large)?;
        let pitch = c_int::try_from(size.width as usize * channels).map_err(|_| too_large())?;
        let mut pixels = blank(length);
        // SAFETY: the handle is live and was told header, scale and part, so the library writes
        // `size.height` rows of `size.width * channels` bytes, `pitch` bytes apart: exactly `length`,
        // the length of `pixels`. The library rounds scaled sizes up as `scaled` does, refuses a part
        // that reaches out, and the size before scaling was compared. `bytes` is only read.
        let result = unsafe {
            raw::tj3Decompress8(
                self.0,
                bytes.as_ptr(),
                bytes.len() as raw::size_t,
                pixels.as_mut_ptr(),
                pitch,
                format,
            )
        };
        match result {
            0 => Ok((pixels, None)),
            _ if self.is_warning() => Ok((pixels, Some(self.message()))),
            _ => Err(self.error()),
        }
    }

    fn get(&self, param: raw::TJPARAM) -> c_int {
        // SAFETY: the handle is live.
        unsafe { raw::tj3Get(self.0, param as c_int) }
    }

    fn set(&self, param: raw::TJPARAM, value: c_int) -> Result<(), ImageError> {
        // SAFETY: the handle is live.
        if unsafe { raw::tj3Set(self.0, param as c_int, value) } == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Whether what the last call reported is a warning, so that its output is there.
    fn is_warning(&self) -> bool {
        // SAFETY: the handle is live.
        unsafe { raw::tj3GetErrorCode(self.0) == raw::TJERR_TJERR_WARNING as c_int }
    }

    fn message(&self) -> String {
        // SAFETY: the handle is live; the library gives a NUL-terminated string that lives until
        // the next call on the handle, and it is copied here.
        unsafe { CStr::from_ptr(raw::tj3GetErrorStr(self.0)) }.to_string_lossy().into_owned()
    }

    fn error(&self) -> ImageError {
        ImageError::undecodable(format!("jpeg: {}", self.message()))
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the handle is live and not used again.
        unsafe { raw::tj3Destroy(self.0) }
    }
}
