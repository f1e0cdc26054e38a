//! Resampling.

use fast_image_resize::images::{TypedCroppedImage, TypedImage, TypedImageRef};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::layout::Layout;
use crate::raster::{Raster, blank};
use crate::region::Cut;
use crate::sample::Sample;
use crate::step::Resample;
use crate::{ImageError, Size, alpha};

/// How many pixels beyond a place the filter reaches where `from` of them become `to`: Lanczos3 has three pixels of the smaller of
/// both images on each side.
pub(crate) fn reach(from: f64, to: u32) -> f64 {
    3.0 * (from / f64::from(to)).max(1.0)
}

/// Resamples with Lanczos3. Colours are weighted by their alpha, so that what is transparent does not bleed into what is
/// seen. They stay so in 16 bits until the end: rounded to 8 bits before they are divided by alpha again, they would come
/// out the coarser the more transparent they are.
pub(crate) fn resample<S: Sample>(raster: &Raster<S>, step: &Resample) -> Result<Raster<S>, ImageError> {
    if raster.is_opaque() {
        return convolved(raster, step);
    }
    let part = step.frame.unwrap_or(Cut { x: 0, y: 0, size: raster.size });
    let weighed = alpha::weighed(raster, part)?;
    alpha::unweighed(&convolved(&weighed, &Resample { frame: None, ..*step })?)
}

/// The same for each kind of sample by itself.
fn convolved<S: Sample>(raster: &Raster<S>, step: &Resample) -> Result<Raster<S>, ImageError> {
    let mut samples = blank(raster.layout.samples(step.size)?);
    // One pixel type each: the resizer's own choice at run time compiles it for every type that it knows.
    match raster.layout {
        Layout::Gray => run::<S, S::One>(raster, step, &mut samples)?,
        Layout::GrayAlpha => run::<S, S::Two>(raster, step, &mut samples)?,
        Layout::Rgb => run::<S, S::Three>(raster, step, &mut samples)?,
        Layout::Rgba => run::<S, S::Four>(raster, step, &mut samples)?,
    }
    Raster::new(step.size, raster.layout, samples)
}

fn run<S: Sample, P: PixelTrait>(
    raster: &Raster<S>,
    step: &Resample,
    samples: &mut [S],
) -> Result<(), ImageError> {
    let Size { width, height } = raster.size;
    let frame = step.frame.unwrap_or(Cut { x: 0, y: 0, size: raster.size });
    let whole =
        TypedImageRef::<P>::from_buffer(width, height, S::as_bytes(&raster.samples)).map_err(failed)?;
    let source = TypedCroppedImage::from_ref(&whole, frame.x, frame.y, frame.size.width, frame.size.height)
        .map_err(failed)?;
    let mut target =
        TypedImage::<P>::from_buffer(step.size.width, step.size.height, S::as_bytes_mut(samples))
            .map_err(failed)?;
    let region = step.region.within(frame.size);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(region.x, region.y, region.width, region.height)
        .use_alpha(false);
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ImageError {
    ImageError::unsupported(format!("the image could not be resized: {error}"))
}
