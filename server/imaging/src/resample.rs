//! Resampling and cutting.

use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::plane::{Layout, Plane, blank};
use crate::region::Cut;
use crate::step::Resample;
use crate::{ImageError, Size};

/// Resamples with Lanczos3. Colours are weighted by their alpha, so that what is transparent does
/// not bleed into what is seen.
pub(crate) fn resample(plane: &Plane, step: &Resample) -> Result<Plane, ImageError> {
    let length = plane.layout.bytes(step.size)?;
    let mut pixels = blank(length);
    // One pixel type each: the resizer's own choice at run time compiles it for every type that it knows.
    match plane.layout {
        Layout::Gray => run::<U8>(plane, step, &mut pixels)?,
        Layout::GrayAlpha => run::<U8x2>(plane, step, &mut pixels)?,
        Layout::Rgb => run::<U8x3>(plane, step, &mut pixels)?,
        Layout::Rgba => run::<U8x4>(plane, step, &mut pixels)?,
    }
    let mut result = Plane::new(step.size, plane.layout, pixels)?;
    result.profile = plane.profile.clone();
    Ok(result)
}

fn run<P: PixelTrait>(plane: &Plane, step: &Resample, pixels: &mut [u8]) -> Result<(), ImageError> {
    let Size { width, height } = plane.size;
    let frame = step.frame.unwrap_or(Cut { x: 0, y: 0, size: plane.size });
    let whole = TypedImageRef::<P>::from_buffer(width, height, &plane.pixels).map_err(failed)?;
    let source = TypedCroppedImage::from_ref(&whole, frame.x, frame.y, frame.size.width, frame.size.height)
        .map_err(failed)?;
    let mut target =
        TypedImage::<P>::from_buffer(step.size.width, step.size.height, pixels).map_err(failed)?;
    let region = step.region.within(frame.size);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(region.x, region.y, region.width, region.height)
        .use_alpha(true);
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ImageError {
    ImageError::unsupported(format!("the image could not be resized: {error}"))
}

/// Copies a box of whole pixels, which has to lie inside the plane.
pub(crate) fn cut(plane: &Plane, Cut { x, y, size }: Cut) -> Result<Plane, ImageError> {
    let channels = plane.layout.channels();
    let (start, length) = (x as usize * channels, size.width as usize * channels);
    let mut pixels = Vec::with_capacity(plane.layout.bytes(size)?);
    let rows = plane.pixels.chunks_exact(plane.stride().max(1));
    for row in rows.skip(y as usize).take(size.height as usize) {
        pixels.extend_from_slice(row.get(start..start + length).unwrap_or_default());
    }
    let mut result = Plane::new(size, plane.layout, pixels)?;
    result.profile = plane.profile.clone();
    Ok(result)
}
