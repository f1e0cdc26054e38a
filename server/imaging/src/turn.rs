//! Turning and mirroring an image as an orientation says.

use crate::raster::Raster;
use crate::sample::Sample;
use crate::{ImageError, Orientation};

/// The image as it is shown.
pub(crate) fn turn<S: Sample>(raster: &Raster<S>, orientation: Orientation) -> Result<Raster<S>, ImageError> {
    let samples = match raster.channels() {
        1 => turned::<S, 1>(raster, orientation),
        2 => turned::<S, 2>(raster, orientation),
        3 => turned::<S, 3>(raster, orientation),
        _ => turned::<S, 4>(raster, orientation),
    };
    Raster::new(orientation.apply(raster.size), raster.layout, samples)
}

fn turned<S: Sample, const CHANNELS: usize>(raster: &Raster<S>, orientation: Orientation) -> Vec<S> {
    let (source, _) = raster.samples.as_chunks::<CHANNELS>();
    let (transposed, mirror_x, mirror_y) = orientation.parts();
    let (width, height) = (raster.size.width as usize, raster.size.height as usize);
    let shown = orientation.apply(raster.size);
    let at = |x: usize, y: usize| {
        let (x, y) = if transposed { (y, x) } else { (x, y) };
        let x = if mirror_x { width - 1 - x } else { x };
        let y = if mirror_y { height - 1 - y } else { y };
        source[y * width + x]
    };
    let mut samples = Vec::with_capacity(raster.samples.len());
    for y in 0..shown.height as usize {
        for x in 0..shown.width as usize {
            samples.extend_from_slice(&at(x, y));
        }
    }
    samples
}
