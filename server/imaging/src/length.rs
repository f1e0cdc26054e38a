//! Lengths that are given in pixels or in percents of the image, and pixels on finer screens.

use crate::invalid_spec::Place;
use crate::{InvalidSpec, MAX_SIDE, Size, rounding};

/// The pixels that are meant: `percent` of a side of the image where it is given, else `pixels`.
pub(crate) fn side(pixels: u32, percent: f64, of: u32) -> u32 {
    if percent > 0.0 { rounding::side(f64::from(of) * percent / 100.0) } else { pixels }
}

/// Whether no percents are given.
pub(crate) fn is_zero(percent: &f64) -> bool {
    *percent == 0.0
}

/// Both sides of a box in pixels, percents folded into them where the size of what they are of is known, and the
/// percents that are left.
pub(crate) fn folded(
    (width, height): (u32, u32),
    (width_percent, height_percent): (f64, f64),
    ratio: f64,
    input: Option<Size>,
) -> ((u32, u32), (f64, f64)) {
    let fold = |pixels: u32, percent: f64, of: Option<u32>| match of {
        Some(of) if percent > 0.0 => (side(pixels, percent, of), 0.0),
        _ => (scaled(pixels, ratio), percent),
    };
    let (width, width_percent) = fold(width, width_percent, input.map(|input| input.width));
    let (height, height_percent) = fold(height, height_percent, input.map(|input| input.height));
    ((width, height), (width_percent, height_percent))
}

/// Refuses a side that is not given in exactly one of both ways, within 1 to 65535 pixels or `most` percents.
pub(crate) fn validate(
    place: &Place,
    (name, pixels): (&str, u32),
    (percent_name, percent): (&str, f64),
    most: f64,
) -> Result<(), InvalidSpec> {
    if percent == 0.0 {
        return place.side(name, pixels);
    }
    place.at_most_one(&[(name, pixels != 0), (percent_name, true)])?;
    place.number(percent_name, percent, f64::MIN_POSITIVE, most)
}

/// Pixels of a screen with `ratio` times as many of them a point; what is not given stays so.
pub(crate) fn scaled(pixels: u32, ratio: f64) -> u32 {
    if pixels == 0 || ratio == 1.0 {
        return pixels;
    }
    // Beyond what is valid it may saturate: the spec is refused then.
    (f64::from(pixels) * ratio).round_ties_even().clamp(1.0, f64::from(MAX_SIDE + 1)) as u32
}
