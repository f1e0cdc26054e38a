//! The library's decompressor, wrapped.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};

use turbojpeg::raw;

use crate::layout::Layout;
use crate::raster::{Raster, blank};
use crate::region::Cut;
use crate::sampling::Sampling;
use crate::{ImageError, Size};

/// How the texts of the library's warnings begin (`jerror.h`, those named `JWRN`), and of no error's.
const WARNINGS: [&str; 7] = [
    "Application transferred too many scanlines",
    "Corrupt JPEG data: ",
    "Inconsistent progression sequence ",
    "Invalid SOS parameters for sequential JPEG",
    "Premature end of JPEG file",
    "Unknown Adobe color transform code ",
    "Warning: unknown JFIF revision number ",
];

fn is_warning(text: &str) -> bool {
    WARNINGS.iter().any(|warning| text.starts_with(warning))
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
pub(super) struct Decoder(raw::tjhandle);

impl Decoder {
    pub fn new() -> Result<Decoder, ImageError> {
        // SAFETY: takes no pointer; a failure is a null handle, which is checked.
        let handle = unsafe { raw::tj3Init(raw::TJINIT_TJINIT_DECOMPRESS as c_int) };
        if handle.is_null() {
            return Err(ImageError::unsupported("the jpeg decoder could not be set up"));
        }
        Ok(Decoder(handle))
    }

    pub fn read_header(&self, bytes: &[u8]) -> Result<(), ImageError> {
        // SAFETY: the handle is live; pointer and length are those of a slice that outlives the
        // call, which only reads.
        let result = unsafe { raw::tj3DecompressHeader(self.0, bytes.as_ptr(), bytes.len() as raw::size_t) };
        if result == 0 || self.is_warning() { Ok(()) } else { Err(self.error()) }
    }

    pub fn scale(&self, eighths: u8) -> Result<(), ImageError> {
        let factor = reduced(raw::tjscalingfactor { num: eighths.into(), denom: 8 });
        // SAFETY: the handle is live; the factor is passed by value.
        if unsafe { raw::tj3SetScalingFactor(self.0, factor) } == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Limits what is decoded to a part of the scaled image. The header was read and the scale set.
    pub fn crop(&self, part: Cut) -> Result<(), ImageError> {
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
    pub fn pixels(
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

    /// Decodes luma and chroma of a scaled image of `size` pixels. The header was read and the scale set; the sampling is the
    /// one that the library told.
    pub fn planes(
        &self,
        bytes: &[u8],
        size: Size,
        sampling: Sampling,
    ) -> Result<([Raster; 3], Option<String>), ImageError> {
        let (luma, chroma) = (sampling.padded(size), sampling.chroma(size));
        let plane = |size: Size| Raster::blank(size, Layout::Gray);
        let mut planes = [plane(luma)?, plane(chroma)?, plane(chroma)?];
        let mut pointers = planes.each_mut().map(|plane| plane.samples.as_mut_ptr());
        // SAFETY: the handle is live and was told header and scale, and the library was asked for its sampling, so it writes
        // planes of the sizes that it tells by tj3YUVPlaneWidth and tj3YUVPlaneHeight: those of `padded` and `chroma`, by the
        // same roundings up. That is the length of each raster, of which it gets the first sample's pointer; null strides mean
        // rows without gaps. `bytes` is only read.
        let result = unsafe {
            raw::tj3DecompressToYUVPlanes8(
                self.0,
                bytes.as_ptr(),
                bytes.len() as raw::size_t,
                pointers.as_mut_ptr(),
                std::ptr::null_mut(),
            )
        };
        match result {
            0 => Ok((planes, None)),
            _ if self.is_warning() => Ok((planes, Some(self.message()))),
            _ => Err(self.error()),
        }
    }

    pub fn get(&self, param: raw::TJPARAM) -> c_int {
        // SAFETY: the handle is live.
        unsafe { raw::tj3Get(self.0, param as c_int) }
    }

    pub fn set(&self, param: raw::TJPARAM, value: c_int) -> Result<(), ImageError> {
        // SAFETY: the handle is live.
        if unsafe { raw::tj3Set(self.0, param as c_int, value) } == 0 { Ok(()) } else { Err(self.error()) }
    }

    /// Whether what the last call reported is a warning, so that its output is there. The library calls also an error a warning
    /// that came after one; its text is that of the error then.
    fn is_warning(&self) -> bool {
        // SAFETY: the handle is live.
        let was_warned = unsafe { raw::tj3GetErrorCode(self.0) == raw::TJERR_TJERR_WARNING as c_int };
        was_warned && is_warning(&self.message())
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
