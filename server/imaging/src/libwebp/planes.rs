//! Lossy images in luma and chroma, as they are coded.

use std::ffi::{c_int, c_void};

use libwebp_sys as raw;

use super::{Picture, append, check, config, features};
use crate::budget::Budget;
use crate::layout::Layout;
use crate::raster::Raster;
use crate::sampling::Sampling;
use crate::ycc::{Range, Ycc};
use crate::{ImageError, Size, Webp};

/// Decodes a lossy image without alpha that has exactly this size.
pub(crate) fn decode_planes(bytes: &[u8], size: Size, filter: Filter) -> Result<Ycc, ImageError> {
    if features(bytes)?.size != size {
        return Err(ImageError::undecodable("the webp contradicts its header"));
    }
    let too_large = || ImageError::unsupported(format!("{size} pixels do not fit into memory"));
    let sampling = Sampling::QUARTER;
    let (luma, chroma) = (sampling.padded(size), sampling.chroma(size));
    let room = |size: Size| Layout::Gray.samples(size).map(Vec::with_capacity);
    let mut planes = [room(luma)?, room(chroma)?, room(chroma)?];
    if luma != size {
        // No pixel of the image falls on the last column or row, which the library leaves as they are.
        planes[0].resize(Layout::Gray.samples(luma)?, 0);
    }
    let mut config = raw::WebPDecoderConfig::new()
        .map_err(|()| ImageError::unsupported("the webp decoder could not be set up"))?;
    config.options.bypass_filtering = c_int::from(filter == Filter::Bypassed);
    config.output.colorspace = raw::WEBP_CSP_MODE::MODE_YUV;
    config.output.is_external_memory = 1;
    let stride = |size: Size| c_int::try_from(size.width).map_err(|_| too_large());
    let (y_stride, chroma_stride) = (stride(luma)?, stride(chroma)?);
    let [y, u, v] = &mut planes;
    config.output.u.YUVA = raw::WebPYUVABuffer {
        y: y.as_mut_ptr(),
        u: u.as_mut_ptr(),
        v: v.as_mut_ptr(),
        a: std::ptr::null_mut(),
        y_stride,
        u_stride: chroma_stride,
        v_stride: chroma_stride,
        a_stride: 0,
        y_size: y.capacity(),
        u_size: u.capacity(),
        v_size: v.capacity(),
        a_size: 0,
    };
    // SAFETY: the configuration was made by the library's own initialiser. The output buffers are those of `planes`, with
    // their true capacities and strides, against which the library checks what it writes; they are external memory, so the
    // library neither frees nor moves them. In this mode it writes no alpha. `bytes` is only read.
    let status = unsafe { raw::WebPDecode(bytes.as_ptr(), bytes.len(), &mut config) };
    check(status)?;
    let whole = |mut plane: Vec<u8>, size: Size| {
        // SAFETY: each plane has room for that many samples. All of them were written: the status is OK only once every row
        // of the image was handed out, whole, since nothing is cropped or scaled; what of the luma is no part of the image
        // was written above.
        unsafe { plane.set_len(Layout::Gray.samples(size)?) };
        Raster::new(size, Layout::Gray, plane)
    };
    let [y, u, v] = planes;
    Ycc::new(size, sampling, Range::Video, [whole(y, luma)?, whole(u, chroma)?, whole(v, chroma)?])
}

/// Whether the seams between blocks are smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Filter {
    /// As the bitstream says.
    #[default]
    Applied,
    /// Not at all. No other pixel is the worse for it, because blocks are predicted from unsmoothed ones.
    Bypassed,
}

/// Encodes an image that is sampled as [`Sampling::QUARTER`], in [`Range::Video`], as a lossy one. The budget is
/// looked at as in [`super::encode`].
pub(crate) fn encode_planes(image: &Ycc, options: &Webp, budget: &Budget) -> Result<Vec<u8>, ImageError> {
    let failed = |what: &str| ImageError::unsupported(format!("the webp could not be written: {what}"));
    if image.sampling != Sampling::QUARTER || image.range != Range::Video || options.lossless {
        return Err(failed("its luma and chroma have another form"));
    }
    let config = config(options).ok_or_else(|| failed("its options are refused"))?;
    let number = |side: u32| c_int::try_from(side).map_err(|_| failed("it is too large"));
    let [luma, blue, red] = &image.planes;
    let mut picture =
        raw::WebPPicture::new().map(Picture).map_err(|()| failed("the encoder could not be set up"))?;
    picture.0.use_argb = 0;
    picture.0.colorspace = raw::WebPEncCSP::WEBP_YUV420;
    picture.0.width = number(image.size.width)?;
    picture.0.height = number(image.size.height)?;
    picture.0.y = luma.samples.as_ptr().cast_mut();
    picture.0.u = blue.samples.as_ptr().cast_mut();
    picture.0.v = red.samples.as_ptr().cast_mut();
    picture.0.y_stride = number(luma.size.width)?;
    picture.0.uv_stride = number(blue.size.width)?;
    let mut output = Vec::new();
    picture.0.writer = Some(append);
    picture.0.custom_ptr = (&raw mut output).cast::<c_void>();
    picture.watch(budget);
    // SAFETY: configuration and picture are valid and live. By the invariant of `Ycc`, each plane holds at least the rows of
    // the picture's size, or of half of it rounded up, at its stride. The encoder reads the planes and does not write to them:
    // it would only where pixels are transparent or come as ARGB, and there is no alpha. It frees only what it allocated.
    // `custom_ptr` points to `output`, which outlives the call and is touched by nothing else during it, as `append` expects;
    // so does the budget, as `is_within_budget` does.
    if unsafe { raw::WebPEncode(&config, &mut picture.0) } == 0 {
        budget.check()?;
        return Err(failed(&format!("{:?}", picture.0.error_code)));
    }
    Ok(output)
}
