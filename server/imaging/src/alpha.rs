//! Colours multiplied by their alpha, which is how pixels are mixed.

use crate::raster::Raster;
use crate::sample::Sample;

/// Multiplies every colour by its alpha; without alpha nothing changes.
pub(crate) fn multiply<S: Sample>(raster: &mut Raster<S>) {
    each(raster, |color, alpha| {
        let most = u64::from(S::MAX.number());
        S::nearest(((u64::from(color) * u64::from(alpha) + most / 2) / most) as f32)
    });
}

/// Undoes [`multiply`], as far as the samples can tell. What is transparent becomes black.
pub(crate) fn divide<S: Sample>(raster: &mut Raster<S>) {
    each(raster, |color, alpha| {
        if alpha == 0 {
            return S::default();
        }
        let most = u64::from(S::MAX.number());
        let divided = (u64::from(color) * most + u64::from(alpha) / 2) / u64::from(alpha);
        S::nearest(divided.min(most) as f32)
    });
}

fn each<S: Sample>(raster: &mut Raster<S>, new: impl Fn(u32, u32) -> S) {
    if !raster.layout.has_alpha() {
        return;
    }
    let colors = raster.layout.colors();
    for pixel in raster.pixels_mut() {
        let (pixel, alpha) = pixel.split_at_mut(colors);
        let alpha = alpha[0].number();
        if alpha != S::MAX.number() {
            pixel.iter_mut().for_each(|sample| *sample = new(sample.number(), alpha));
        }
    }
}
