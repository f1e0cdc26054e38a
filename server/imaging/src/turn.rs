//! Turning and mirroring a plane as its orientation says.

use crate::plane::Plane;
use crate::{ImageError, Orientation};

/// The plane as it is shown.
pub(crate) fn turn(plane: &Plane, orientation: Orientation) -> Result<Plane, ImageError> {
    let pixels = match plane.layout.channels() {
        1 => turned::<1>(plane, orientation),
        2 => turned::<2>(plane, orientation),
        3 => turned::<3>(plane, orientation),
        _ => turned::<4>(plane, orientation),
    };
    let mut result = Plane::new(orientation.apply(plane.size), plane.layout, pixels)?;
    result.profile = plane.profile.clone();
    Ok(result)
}

fn turned<const CHANNELS: usize>(plane: &Plane, orientation: Orientation) -> Vec<u8> {
    let (source, _) = plane.pixels.as_chunks::<CHANNELS>();
    let (transposed, mirror_x, mirror_y) = orientation.parts();
    let (width, height) = (plane.size.width as usize, plane.size.height as usize);
    let shown = orientation.apply(plane.size);
    let at = |x: usize, y: usize| {
        let (x, y) = if transposed { (y, x) } else { (x, y) };
        let x = if mirror_x { width - 1 - x } else { x };
        let y = if mirror_y { height - 1 - y } else { y };
        source[y * width + x]
    };
    let mut pixels = Vec::with_capacity(plane.pixels.len());
    for y in 0..shown.height as usize {
        for x in 0..shown.width as usize {
            pixels.extend_from_slice(&at(x, y));
        }
    }
    pixels
}
