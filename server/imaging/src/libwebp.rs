//! The C library libwebp, wrapped: features, decoding, encoding.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use libwebp_sys as raw;

use crate::budget::Budget;
use crate::layout::Layout;
use crate::on_damaged::LEAST_ROWS;
use crate::raster::{Raster, blank};
use crate::{ImageError, Size, Webp};

mod animation;
mod planes;

pub(crate) use animation::Animation;
pub(crate) use planes::{Filter, decode_planes, encode_planes};

/// What a bitstream says of itself.
pub(crate) struct Features {
    pub size: Size,
    pub has_alpha: bool,
}

/// Reads the header of a bitstream, of which a prefix may be given.
pub(crate) fn features(bytes: &[u8]) -> Result<Features, ImageError> {
    let mut features = MaybeUninit::<raw::WebPBitstreamFeatures>::zeroed();
    // SAFETY: pointer and length are those of a slice, which is only read; the struct may be
    // written whole, and is plain numbers, for which zeroes are valid whatever the call does.
    let features = unsafe {
        let status = raw::WebPGetFeatures(bytes.as_ptr(), bytes.len(), features.as_mut_ptr());
        check(status)?;
        features.assume_init()
    };
    let side = |side: c_int| u32::try_from(side).unwrap_or(0);
    Ok(Features {
        size: Size::new(side(features.width), side(features.height)),
        has_alpha: features.has_alpha != 0,
    })
}

/// Decodes an image, or the image data of a frame, that has exactly this size, to RGB or RGBA.
pub(crate) fn decode(bytes: &[u8], size: Size, layout: Layout) -> Result<Raster, ImageError> {
    decode_to(bytes, size, layout, size)
}

/// Decodes an image of the size `coded` to another one, not larger, whose pixels are means of the image's.
pub(crate) fn decode_to(bytes: &[u8], coded: Size, layout: Layout, size: Size) -> Result<Raster, ImageError> {
    if features(bytes)?.size != coded {
        return Err(ImageError::undecodable("the webp contradicts its header"));
    }
    let too_large = || ImageError::unsupported(format!("{size} pixels do not fit into memory"));
    let mut pixels = blank(layout.samples(size)?);
    let stride = c_int::try_from(size.width as usize * layout.channels()).map_err(|_| too_large())?;
    let mut config = raw::WebPDecoderConfig::new()
        .map_err(|()| ImageError::unsupported("the webp decoder could not be set up"))?;
    config.output.colorspace = match layout.has_alpha() {
        true => raw::WEBP_CSP_MODE::MODE_RGBA,
        false => raw::WEBP_CSP_MODE::MODE_RGB,
    };
    if size != coded {
        config.options.use_scaling = 1;
        config.options.scaled_width = c_int::try_from(size.width).map_err(|_| too_large())?;
        config.options.scaled_height = c_int::try_from(size.height).map_err(|_| too_large())?;
    }
    config.output.is_external_memory = 1;
    config.output.u.RGBA = raw::WebPRGBABuffer { rgba: pixels.as_mut_ptr(), stride, size: pixels.len() };
    // SAFETY: the configuration was made by the library's own initialiser. The output buffer is
    // `pixels`, with its true length and stride, against which the library checks what it writes, scaled or not;
    // it is external memory, so the library neither frees nor moves it. `bytes` is only read.
    let status = unsafe { raw::WebPDecode(bytes.as_ptr(), bytes.len(), &mut config) };
    check(status)?;
    Raster::new(size, layout, pixels)
}

/// Decodes what there is of an image that is cut off, to RGB or RGBA; what is missing stays black or transparent.
pub(crate) fn decode_rows(bytes: &[u8], size: Size, layout: Layout) -> Result<Raster, ImageError> {
    if features(bytes)?.size != size {
        return Err(ImageError::undecodable("the webp contradicts its header"));
    }
    let too_large = || ImageError::unsupported(format!("{size} pixels do not fit into memory"));
    let stride = c_int::try_from(size.width as usize * layout.channels()).map_err(|_| too_large())?;
    let mut pixels = blank::<u8>(layout.samples(size)?);
    let mode = match layout.has_alpha() {
        true => raw::WEBP_CSP_MODE::MODE_RGBA,
        false => raw::WEBP_CSP_MODE::MODE_RGB,
    };
    let mut rows: c_int = 0;
    // SAFETY: the output buffer is `pixels`, with its true length and stride, which outlives the decoder: that is deleted
    // before the block ends. `bytes` is only read, and by `WebPIUpdate` only during the call. A null decoder is checked. Null
    // for width, height and stride is allowed by `WebPIDecGetRGB`.
    unsafe {
        let decoder = raw::WebPINewRGB(mode, pixels.as_mut_ptr(), pixels.len(), stride);
        if decoder.is_null() {
            return Err(ImageError::unsupported("the webp decoder could not be set up"));
        }
        raw::WebPIUpdate(decoder, bytes.as_ptr(), bytes.len());
        let null = std::ptr::null_mut();
        if raw::WebPIDecGetRGB(decoder, &mut rows, null, null, null).is_null() {
            rows = 0;
        }
        raw::WebPIDelete(decoder);
    }
    if f64::from(rows) < f64::from(size.height) * LEAST_ROWS {
        return Err(ImageError::undecodable("the webp is cut off: pixels are missing"));
    }
    Raster::new(size, layout, pixels)
}

fn check(status: raw::VP8StatusCode) -> Result<(), ImageError> {
    use raw::VP8StatusCode as Status;
    let message = match status {
        Status::VP8_STATUS_OK => return Ok(()),
        Status::VP8_STATUS_NOT_ENOUGH_DATA | Status::VP8_STATUS_SUSPENDED => "the webp is cut off",
        Status::VP8_STATUS_OUT_OF_MEMORY => "the webp decoder ran out of memory",
        Status::VP8_STATUS_UNSUPPORTED_FEATURE => {
            return Err(ImageError::unsupported("a feature of the webp is not supported"));
        }
        _ => "the webp bitstream is broken",
    };
    Err(ImageError::undecodable(message))
}

/// Encodes RGB or RGBA pixels. The budget is looked at after each hundredth of the work, or about that.
pub(crate) fn encode(raster: &Raster, options: &Webp, budget: &Budget) -> Result<Vec<u8>, ImageError> {
    let failed = |what: &str| ImageError::unsupported(format!("the webp could not be written: {what}"));
    let config = config(options).ok_or_else(|| failed("its options are refused"))?;
    let mut picture = Picture::import(raster, options.lossless).map_err(|what| failed(&what))?;
    let mut output = Vec::new();
    picture.0.writer = Some(append);
    picture.0.custom_ptr = (&raw mut output).cast::<c_void>();
    picture.watch(budget);
    // SAFETY: configuration and picture are valid and live; `custom_ptr` points to `output`, which
    // outlives the call and is touched by nothing else during it, as `append` expects; so does the budget, as
    // `is_within_budget` does.
    if unsafe { raw::WebPEncode(&config, &mut picture.0) } == 0 {
        budget.check()?;
        return Err(failed(&format!("{:?}", picture.0.error_code)));
    }
    Ok(output)
}

fn config(options: &Webp) -> Option<raw::WebPConfig> {
    let mut config = raw::WebPConfig::new().ok()?;
    config.quality = options.quality() as f32;
    config.method = options.method() as c_int;
    config.use_sharp_yuv = c_int::from(options.sharp_yuv);
    config.lossless = c_int::from(options.lossless);
    // What lies under fully transparent pixels is kept exactly only where all is kept exactly.
    config.exact = c_int::from(options.lossless);
    // SAFETY: the configuration was made by the library's own initialiser; it is only read.
    (unsafe { raw::WebPValidateConfig(&config) } != 0).then_some(config)
}

/// Takes encoded bytes from the library.
///
/// SAFETY contract: `custom_ptr` of the picture points to a live `Vec<u8>` that nothing else uses,
/// and `data` to `length` readable bytes; [`encode`] and the library see to both.
unsafe extern "C" fn append(data: *const u8, length: usize, picture: *const raw::WebPPicture) -> c_int {
    // SAFETY: see the contract above.
    unsafe {
        let output = &mut *(*picture).custom_ptr.cast::<Vec<u8>>();
        if length > 0 {
            output.extend_from_slice(std::slice::from_raw_parts(data, length));
        }
    }
    1
}

/// Tells the library whether to go on.
///
/// SAFETY contract: `user_data` of the picture is null or points to a live [`Budget`]; [`Picture::watch`] and its callers see to
/// that.
unsafe extern "C" fn is_within_budget(_percent: c_int, picture: *const raw::WebPPicture) -> c_int {
    // SAFETY: see the contract above.
    let budget = unsafe { (*picture).user_data.cast::<Budget>().as_ref() };
    c_int::from(budget.is_none_or(|budget| budget.check().is_ok()))
}

/// A picture of the library; its planes are freed when it is dropped.
struct Picture(raw::WebPPicture);

impl Picture {
    /// RGB or RGBA pixels, held as ARGB or as luma and chroma. Fails with what is wrong.
    fn import(raster: &Raster, argb: bool) -> Result<Picture, String> {
        let sides = (c_int::try_from(raster.size.width), c_int::try_from(raster.size.height));
        let stride = c_int::try_from(raster.stride());
        let ((Ok(width), Ok(height)), Ok(stride)) = (sides, stride) else {
            return Err("it is too large".into());
        };
        let mut picture =
            raw::WebPPicture::new().map(Picture).map_err(|()| "the encoder could not be set up")?;
        picture.0.use_argb = c_int::from(argb);
        picture.0.width = width;
        picture.0.height = height;
        let import = match raster.layout {
            Layout::Rgba => raw::WebPPictureImportRGBA,
            Layout::Rgb => raw::WebPPictureImportRGB,
            Layout::Gray | Layout::GrayAlpha => return Err("it is grey".into()),
        };
        // SAFETY: the picture was initialised by the library, and has width and height set; the plane's
        // invariant is that it holds `height` rows of `stride` bytes, which are only read.
        if unsafe { import(&mut picture.0, raster.samples.as_ptr(), stride) } == 0 {
            return Err("memory ran out".into());
        }
        Ok(picture)
    }
}

impl Picture {
    /// Lets the library give up when the budget, which has to outlive all its calls on this picture, is used up.
    fn watch(&mut self, budget: &Budget) {
        self.0.user_data = std::ptr::from_ref(budget).cast_mut().cast::<c_void>();
        self.0.progress_hook = Some(is_within_budget);
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the picture was initialised by the library, which frees only what it allocated.
        unsafe { raw::WebPPictureFree(&mut self.0) }
    }
}
