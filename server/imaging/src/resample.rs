//! Resampling and cutting.

use fast_image_resize::images::{CroppedImage, Image, ImageRef};
use fast_image_resize::{FilterType, IntoImageView, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::ImageError;
use crate::plane::{Layout, Plane};
use crate::region::{Cut, Region};
use crate::step::Resample;

/// Resamples with Lanczos3. Colours are weighted by their alpha, so that what is transparent does
/// not bleed into what is seen.
pub(crate) fn resample(plane: &Plane, step: &Resample) -> Result<Plane, ImageError> {
    let pixel = pixel_type(plane.layout);
    let source = ImageRef::new(plane.size.width, plane.size.height, &plane.pixels, pixel).map_err(failed)?;
    let length = plane.layout.bytes(step.size)?;
    let mut target =
        Image::from_vec_u8(step.size.width, step.size.height, vec![0; length], pixel).map_err(failed)?;
    match step.frame {
        None => run(&source, &mut target, step.region.within(plane.size))?,
        Some(Cut { x, y, size }) => {
            let part = CroppedImage::new(&source, x, y, size.width, size.height).map_err(failed)?;
            run(&part, &mut target, step.region.within(size))?;
        }
    }
    let mut result = Plane::new(step.size, plane.layout, target.into_vec())?;
    result.profile = plane.profile.clone();
    Ok(result)
}

fn run(source: &impl IntoImageView, target: &mut Image, region: Region) -> Result<(), ImageError> {
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(region.x, region.y, region.width, region.height)
        .use_alpha(true);
    Resizer::new().resize(source, target, &options).map_err(failed)
}

fn pixel_type(layout: Layout) -> PixelType {
    match layout {
        Layout::Gray => PixelType::U8,
        Layout::GrayAlpha => PixelType::U8x2,
        Layout::Rgb => PixelType::U8x3,
        Layout::Rgba => PixelType::U8x4,
    }
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
