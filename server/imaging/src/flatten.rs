//! What shows through transparent parts.

use crate::ImageError;
use crate::color::Color;
use crate::raster::Raster;
use crate::sample::Sample;

/// The image without alpha, its transparent parts laid on an opaque colour. Mixed in gamma space, as
/// browsers and image editors do.
pub(crate) fn flattened<S: Sample>(image: Raster<S>, background: Color) -> Result<Raster<S>, ImageError> {
    if !image.layout.has_alpha() {
        return Ok(image);
    }
    let layout = background.fits(image.layout);
    let image = image.with_layout(layout)?;
    let layout = layout.without_alpha();
    let behind: Vec<S> = background.pixel(layout);
    let colors = layout.channels();
    let most = u64::from(S::MAX.number());
    let mut samples = Vec::with_capacity(layout.samples(image.size)?);
    for pixel in image.pixels() {
        let alpha = u64::from(pixel[colors].number());
        for (value, behind) in pixel[..colors].iter().zip(&behind) {
            let mixed = u64::from(value.number()) * alpha + u64::from(behind.number()) * (most - alpha);
            samples.push(S::nearest(((mixed + most / 2) / most) as f32));
        }
    }
    Raster::new(image.size, layout, samples)
}

/// The image laid on a colour that may let something through itself; alpha stays.
pub(crate) fn laid_on<S: Sample>(mut image: Raster<S>, below: Color) -> Result<Raster<S>, ImageError> {
    if below.alpha == 0 || !image.layout.has_alpha() {
        return Ok(image);
    }
    let behind: Vec<f32> =
        below.pixel::<S>(image.layout).iter().map(|sample| sample.number() as f32).collect();
    let colors = image.layout.colors();
    let most = S::MAX.number() as f32;
    for pixel in image.pixels_mut() {
        let alpha = pixel[colors].number() as f32 / most;
        let rest = behind[colors] / most * (1.0 - alpha);
        let whole = alpha + rest;
        for (sample, behind) in pixel[..colors].iter_mut().zip(&behind) {
            *sample =
                S::nearest((sample.number() as f32 * alpha + behind * rest) / whole.max(f32::MIN_POSITIVE));
        }
        pixel[colors] = S::nearest(whole * most);
    }
    Ok(image)
}
