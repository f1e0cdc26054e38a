//! The animation encoder of libwebp: it finds out what changes from frame to frame and encodes that.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use libwebp_sys as raw;

use super::{Picture, config};
use crate::budget::Budget;
use crate::raster::Raster;
use crate::{ImageError, Size, Webp};

/// An animation as it is written. Key frames and the search for the smallest of several encodings, both of which
/// multiply the time, stay off.
pub(crate) struct Animation<'a> {
    encoder: NonNull<raw::WebPAnimEncoder>,
    config: raw::WebPConfig,
    size: Size,
    is_opaque: bool,
    budget: &'a Budget,
    /// When the next frame begins, in ms.
    time: c_int,
}

fn failed(what: &str) -> ImageError {
    ImageError::unsupported(format!("the animated webp could not be written: {what}"))
}

impl<'a> Animation<'a> {
    /// Begins an animation that is played so often; 0: without end. The encoder may look at the budget for as long as it
    /// lives.
    pub fn new(
        size: Size,
        plays: u16,
        options: &Webp,
        budget: &'a Budget,
    ) -> Result<Animation<'a>, ImageError> {
        let config = config(options).ok_or_else(|| failed("its options are refused"))?;
        let sides = (c_int::try_from(size.width), c_int::try_from(size.height));
        let (Ok(width), Ok(height)) = sides else { return Err(failed("it is too large")) };
        let version = raw::WebPGetMuxABIVersion();
        let mut settings = MaybeUninit::<raw::WebPAnimEncoderOptions>::zeroed();
        // SAFETY: the struct may be written whole, and is plain numbers, for which zeroes are valid whatever the call does.
        let mut settings = unsafe {
            if raw::WebPAnimEncoderOptionsInitInternal(settings.as_mut_ptr(), version) == 0 {
                return Err(failed("the encoder could not be set up"));
            }
            settings.assume_init()
        };
        settings.anim_params.loop_count = c_int::from(plays);
        // What no frame covers is transparent.
        settings.anim_params.bgcolor = 0;
        // SAFETY: the settings were made by the library's own initialiser, and are only read.
        let encoder = unsafe { raw::WebPAnimEncoderNewInternal(width, height, &settings, version) };
        let encoder = NonNull::new(encoder).ok_or_else(|| failed("the encoder could not be set up"))?;
        Ok(Animation { encoder, config, size, is_opaque: true, budget, time: 0 })
    }

    /// Adds a frame of RGB or RGBA that is shown for so many ms.
    pub fn add(&mut self, frame: &Raster, milliseconds: u32) -> Result<(), ImageError> {
        if frame.size != self.size {
            return Err(failed("its frames differ in size"));
        }
        self.is_opaque = self.is_opaque && frame.is_opaque();
        let mut picture = Picture::import(frame, true).map_err(|what| failed(&what))?;
        picture.watch(self.budget);
        // SAFETY: encoder and configuration are live, and the budget outlives the encoder, which
        // copies the pointer to it. The picture holds ARGB pixels of the encoder's size, which the
        // library copies before it returns.
        let added = unsafe {
            raw::WebPAnimEncoderAdd(self.encoder.as_ptr(), &mut picture.0, self.time, &self.config)
        };
        if added == 0 {
            self.budget.check()?;
            return Err(failed(&format!("{:?}", picture.0.error_code)));
        }
        let end = c_int::try_from(milliseconds).ok().and_then(|time| self.time.checked_add(time));
        self.time = end.ok_or_else(|| failed("it takes more than 24 days"))?;
        Ok(())
    }

    /// The file.
    pub fn finish(self) -> Result<Vec<u8>, ImageError> {
        let mut data = raw::WebPData { bytes: std::ptr::null(), size: 0 };
        // SAFETY: the encoder is live. No frame and no configuration say that the last frame ends at this time. `data` is
        // empty and may be written.
        let is_done = unsafe {
            let encoder = self.encoder.as_ptr();
            raw::WebPAnimEncoderAdd(encoder, std::ptr::null_mut(), self.time, std::ptr::null()) != 0
                && raw::WebPAnimEncoderAssemble(encoder, &mut data) != 0
        };
        if !is_done || data.bytes.is_null() {
            self.budget.check()?;
            return Err(failed("it could not be assembled"));
        }
        // The frames are in the file now; two copies of it are enough.
        let is_opaque = self.is_opaque;
        drop(self);
        // SAFETY: the library says that so many bytes lie there; they were allocated by it for the caller, who frees them.
        let mut bytes = unsafe {
            let bytes = std::slice::from_raw_parts(data.bytes, data.size).to_vec();
            raw::WebPFree(data.bytes.cast_mut().cast::<c_void>());
            bytes
        };
        if !is_opaque {
            announce_alpha(&mut bytes);
        }
        Ok(bytes)
    }
}

impl Drop for Animation<'_> {
    fn drop(&mut self) {
        // SAFETY: the encoder was made by the library and is freed once.
        unsafe { raw::WebPAnimEncoderDelete(self.encoder.as_ptr()) }
    }
}

/// Sets the flag for alpha in the header (RFC 9649, section 2.7). The library does so if a frame has alpha, but also
/// where no frame reaches the canvas is transparent, and some readers go by the flag.
fn announce_alpha(bytes: &mut [u8]) {
    if bytes.get(12..16) == Some(b"VP8X")
        && let Some(flags) = bytes.get_mut(20)
    {
        *flags |= 0x10;
    }
}
