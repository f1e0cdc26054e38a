//! Planes with other channels than they had.

use std::borrow::Cow;

use crate::ImageError;
use crate::color::Color;
use crate::plane::{Layout, Plane};

/// The plane without its alpha, whatever it says.
pub(super) fn dropped(plane: &Plane) -> Result<Plane, ImageError> {
    let (from, layout) = (plane.layout.channels(), plane.layout.without_alpha());
    let to = layout.channels();
    let pixels = plane.pixels.chunks_exact(from).flat_map(|pixel| &pixel[..to]).copied().collect();
    Plane::new(plane.size, layout, pixels)
}

/// Grey as RGB, with its alpha if it has one.
pub(super) fn colored(plane: &Plane) -> Result<Plane, ImageError> {
    let (layout, pixels) = match plane.layout {
        Layout::Gray => (Layout::Rgb, plane.pixels.iter().flat_map(|gray| [*gray; 3]).collect()),
        Layout::GrayAlpha => {
            let (pixels, _) = plane.pixels.as_chunks::<2>();
            (Layout::Rgba, pixels.iter().flat_map(|[gray, alpha]| [*gray, *gray, *gray, *alpha]).collect())
        }
        layout => (layout, plane.pixels.clone()),
    };
    Plane::new(plane.size, layout, pixels)
}

/// The plane without alpha, its transparent parts laid on a colour. Mixed in gamma space, as
/// browsers and image editors do.
pub(super) fn on_background<'a>(
    plane: Cow<'a, Plane>,
    Color(background): Color,
) -> Result<Cow<'a, Plane>, ImageError> {
    if !plane.layout.has_alpha() {
        return Ok(plane);
    }
    let is_gray = background[0] == background[1] && background[1] == background[2];
    let plane = if is_gray { plane } else { Cow::Owned(colored(&plane)?) };
    let layout = plane.layout.without_alpha();
    let (from, to) = (plane.layout.channels(), layout.channels());
    let mut pixels = Vec::with_capacity(layout.bytes(plane.size)?);
    for pixel in plane.pixels.chunks_exact(from) {
        let alpha = u32::from(pixel[to]);
        for (value, behind) in pixel[..to].iter().zip(background) {
            let mixed = u32::from(*value) * alpha + u32::from(behind) * (255 - alpha);
            pixels.push(((mixed + 127) / 255) as u8);
        }
    }
    Plane::new(plane.size, layout, pixels).map(Cow::Owned)
}
