//! Colours multiplied by their alpha, which is how pixels are mixed.

use crate::ImageError;
use crate::layout::Layout;
use crate::raster::{Raster, blank};
use crate::region::Cut;
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

/// A part of an image with every colour multiplied by its alpha, and alpha by the largest sample.
pub(crate) fn weighed<S: Sample>(raster: &Raster<S>, part: Cut) -> Result<Raster<u16>, ImageError> {
    let channels = raster.channels();
    let (start, length) = (part.x as usize * channels, part.size.width as usize * channels);
    let mut samples = blank(raster.layout.samples(part.size)?);
    let rows = raster.rows().skip(part.y as usize).filter_map(|row| row.get(start..start + length));
    for (row, to) in rows.zip(samples.chunks_exact_mut(length.max(1))) {
        match channels {
            2 => weigh_row::<S, 2>(row, to),
            _ => weigh_row::<S, 4>(row, to),
        }
    }
    Raster::new(part.size, raster.layout, samples)
}

fn weigh_row<S: Sample, const CHANNELS: usize>(row: &[S], to: &mut [u16]) {
    for (to, pixel) in to.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(row.as_chunks::<CHANNELS>().0) {
        let mut weights = [pixel[CHANNELS - 1]; CHANNELS];
        weights[CHANNELS - 1] = S::MAX;
        *to = std::array::from_fn(|index| pixel[index].weighed(weights[index]));
    }
}

/// Undoes [`weighed`]. What comes out as transparent becomes black.
pub(crate) fn unweighed<S: Sample>(raster: &Raster<u16>) -> Result<Raster<S>, ImageError> {
    let mut samples = blank(raster.samples.len());
    match raster.layout {
        Layout::GrayAlpha => unweigh::<S, 2>(&raster.samples, &mut samples),
        _ => unweigh::<S, 4>(&raster.samples, &mut samples),
    }
    Raster::new(raster.size, raster.layout, samples)
}

fn unweigh<S: Sample, const CHANNELS: usize>(weighed: &[u16], to: &mut [S]) {
    let most = S::MAX.number() as f32;
    let opaque = f32::from(S::MAX.weighed(S::MAX));
    for (to, pixel) in to.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(weighed.as_chunks::<CHANNELS>().0) {
        let weight = f32::from(pixel[CHANNELS - 1]);
        let alpha = S::nearest(weight * most / opaque);
        if alpha != S::default() {
            let share = most / weight;
            *to = std::array::from_fn(|index| S::nearest(f32::from(pixel[index]) * share));
            to[CHANNELS - 1] = alpha;
        }
    }
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
