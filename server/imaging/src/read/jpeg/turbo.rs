//! JPEG decoding by libjpeg-turbo, through its TurboJPEG interface.
//!
//! The safe wrapper of the `turbojpeg` crate makes one error of all that the library reports. A
//! photograph with a few stray bytes is shown by every viewer, so warnings have to be told apart:
//! they pass, unless they say that pixels are missing.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};

use turbojpeg::raw;

use crate::plane::{Layout, Plane};
use crate::{ImageError, Size};

/// Every scale that has a fast inverse transform: 1/8, 1/4, 1/2, and the full size.
pub(super) const SCALES: &[u8] = &[1, 2, 4, 8];

/// More scans than any honest encoder writes; each costs a pass over the whole image.
const MAX_SCANS: c_int = 500;

/// Decodes to grey or RGB.
pub(super) fn decode(bytes: &[u8], coded: Size, layout: Layout, eighths: u8) -> Result<Plane, ImageError> {
    let format = match layout {
        Layout::Gray => raw::TJPF_TJPF_GRAY,
        _ => raw::TJPF_TJPF_RGB,
    };
    let (size, pixels) = decode_to(bytes, coded, format, layout.channels(), eighths)?;
    Plane::new(size, layout, pixels)
}

/// Decodes CMYK and YCCK to four inks a pixel, as they are stored.
pub(super) fn decode_inks(bytes: &[u8], coded: Size, eighths: u8) -> Result<(Size, Vec<u8>), ImageError> {
    decode_to(bytes, coded, raw::TJPF_TJPF_CMYK, 4, eighths)
}

fn decode_to(
    bytes: &[u8],
    coded: Size,
    format: raw::TJPF,
    channels: usize,
    eighths: u8,
) -> Result<(Size, Vec<u8>), ImageError> {
    let (size, pixels, warning) = run(bytes, coded, format, channels, eighths)?;
    let Some(warning) = warning else { return Ok((size, pixels)) };
    if warning.contains("premature end of data") {
        return Err(ImageError::undecodable("the jpeg is cut off: pixels are missing"));
    }
    if !warning.contains("Premature end of JPEG file") {
        return Ok((size, pixels));
    }
    // The file ends without its end marker. Only with one in place does the decoder tell whether
    // pixels are missing as well.
    let mut closed = Vec::with_capacity(bytes.len() + 2);
    closed.extend_from_slice(bytes);
    closed.extend_from_slice(&[0xff, 0xd9]);
    match run(&closed, coded, format, channels, eighths)? {
        (size, pixels, None) => Ok((size, pixels)),
        _ => Err(ImageError::undecodable("the jpeg is cut off: pixels are missing")),
    }
}

/// Decodes once; gives the first warning if there was one.
fn run(
    bytes: &[u8],
    coded: Size,
    format: raw::TJPF,
    channels: usize,
    eighths: u8,
) -> Result<(Size, Vec<u8>, Option<String>), ImageError> {
    let decoder = Decoder::new()?;
    decoder.set(raw::TJPARAM_TJPARAM_SCANLIMIT, MAX_SCANS)?;
    // SAFETY: the handle is live; pointer and length are those of a slice that outlives the call,
    // which only reads.
    let result = unsafe { raw::tj3DecompressHeader(decoder.0, bytes.as_ptr(), bytes.len() as raw::size_t) };
    if result != 0 && !decoder.is_warning() {
        return Err(decoder.error());
    }
    let found = |param| u32::try_from(decoder.get(param)).unwrap_or(0);
    if Size::new(found(raw::TJPARAM_TJPARAM_JPEGWIDTH), found(raw::TJPARAM_TJPARAM_JPEGHEIGHT)) != coded {
        return Err(ImageError::undecodable("the jpeg contradicts its header"));
    }
    let factor = raw::tjscalingfactor { num: eighths.into(), denom: 8 };
    let factor = reduced(factor);
    // SAFETY: the handle is live; the factor is passed by value.
    if unsafe { raw::tj3SetScalingFactor(decoder.0, factor) } != 0 {
        return Err(decoder.error());
    }
    let size = scaled(coded, eighths);
    let too_large = || ImageError::unsupported(format!("{size} pixels do not fit into memory"));
    let length = (size.pixels() as usize).checked_mul(channels).ok_or_else(too_large)?;
    let pitch = c_int::try_from(size.width as usize * channels).map_err(|_| too_large())?;
    let mut pixels = vec![0; length];
    // SAFETY: the handle is live and was just told header and scale, so the library writes
    // `size.height` rows of `size.width * channels` bytes, `pitch` bytes apart: exactly `length`,
    // the length of `pixels`. The TurboJPEG interface rounds scaled sizes up as `scaled` does, and
    // the size before scaling was compared above. `bytes` is only read.
    let result = unsafe {
        raw::tj3Decompress8(
            decoder.0,
            bytes.as_ptr(),
            bytes.len() as raw::size_t,
            pixels.as_mut_ptr(),
            pitch,
            format,
        )
    };
    match result {
        0 => Ok((size, pixels, None)),
        _ if decoder.is_warning() => Ok((size, pixels, Some(decoder.message()))),
        _ => Err(decoder.error()),
    }
}

/// The size of a plane decoded at this scale.
fn scaled(coded: Size, eighths: u8) -> Size {
    let side = |side: u32| (u64::from(side) * u64::from(eighths)).div_ceil(8) as u32;
    Size::new(side(coded.width), side(coded.height))
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
