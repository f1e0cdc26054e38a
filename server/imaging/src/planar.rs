//! Renditions made without leaving luma and chroma: JPEG and lossy WebP to the same two, where nothing but geometry is asked
//! for. They take half of the memory, no conversions of colours, and half of the resampling.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::course::Course;
use crate::libwebp::Filter;
use crate::plane::Depth;
use crate::sampling::Sampling;
use crate::step::{Resample, Step};
use crate::ycc::Ycc;
use crate::{
    DecodePlan, Header, ImageError, Light, OnDamaged, Orientation, Output, Size, SourceFormat, write,
};

/// The same decode, but to luma and chroma in planes of their own; none where the course cannot be taken on them, or costs
/// less the other way.
pub(crate) fn decode(
    header: &Header,
    course: &Course,
    output: &Output,
    pixels: &DecodePlan,
) -> Option<DecodePlan> {
    let (from, (to, _)) = (header.planes?, write::form(output)?);
    let is_plain = pixels.depth == Depth::Eight && pixels.light == Light::Gamma && !pixels.animated;
    // What is there of a WebP that is cut off is told of pixels only.
    let is_whole = header.format == SourceFormat::Jpeg || pixels.on_damaged == OnDamaged::Refuse;
    if !is_plain || !is_whole || !course.rest.is_empty() {
        return None;
    }
    let filter = if hides_seams(header, course.steps.first()) { Filter::Bypassed } else { Filter::Applied };
    let is_dense = from.is_as_dense_as(to.turned(turn(&course.steps)));
    // Of those that become fewer while they are decoded, there is enough chroma only if the rendition has no denser one.
    let shrink = if is_dense { pixels.shrink } else { 1 };
    let planes =
        DecodePlan { planes: Some(from), part: None, filter, shrink, spread: false, ..pixels.clone() };
    let size = planes.size(header.coded);
    // Of planes, no part can be decoded by itself.
    if pixels.part.is_some_and(|part| part.size.pixels() * 4 < size.pixels() * 3) {
        return None;
    }
    // A reduced image of pixels has denser chroma than reduced planes.
    if planes.eighths < 8 && !is_dense {
        return None;
    }
    let mut steps = course.steps.clone();
    if let Some(first) = steps.first_mut() {
        *first = planes.adapt(first, header.coded);
    }
    can_take(&steps, size, from, to).then_some(planes)
}

/// How many pixels a side have to become one for the seams between the blocks of a WebP not to be seen, be they smoothed or
/// not: measured on photographs.
const UNSEEN_SEAMS: f64 = 4.0;

/// Whether the first step reduces a WebP so far that what it was decoded with does not matter.
fn hides_seams(header: &Header, first: Option<&Step>) -> bool {
    let Some(Step::Resample(Resample { region, size, .. })) = first else { return false };
    let reduction = |from: f64, to: u32| from / f64::from(to);
    header.format == SourceFormat::Webp
        && reduction(region.width, size.width).min(reduction(region.height, size.height)) >= UNSEEN_SEAMS
}

/// How the image is turned after all other steps.
fn turn(steps: &[Step]) -> Orientation {
    match steps.last() {
        Some(Step::Turn(orientation, _)) => *orientation,
        _ => Orientation::Normal,
    }
}

/// Whether these steps can be taken on planes of this sampling, and come out in the other one, with chroma in its place.
fn can_take(steps: &[Step], input: Size, from: Sampling, to: Sampling) -> bool {
    let later = turn(steps);
    let to = to.turned(later);
    let (_, mirror_x, mirror_y) = later.parts();
    let geometry = match steps {
        [geometry @ .., Step::Turn(..)] => geometry,
        steps => steps,
    };
    let (mut size, mut sampling, mut is_resampled) = (input, from, false);
    for step in geometry {
        // Samples of chroma that belong to fewer pixels may lie on the left or the upper side.
        let is_shifted = is_resampled && (mirror_x || mirror_y);
        let aligned = |x: u32, y: u32| {
            x.is_multiple_of(sampling.across.into()) && y.is_multiple_of(sampling.down.into()) && !is_shifted
        };
        match step {
            Step::Keep(_) | Step::Display(_) => {}
            Step::Cut(cut) if aligned(cut.x, cut.y) => size = cut.size,
            Step::Resample(Resample { frame, size: resampled, .. })
                if frame.map_or(aligned(0, 0), |frame| aligned(frame.x, frame.y)) =>
            {
                (size, sampling, is_resampled) = (*resampled, to, true);
            }
            _ => return false,
        }
    }
    let padded = sampling.padded(size);
    let stays_in_place = is_resampled
        || (!mirror_x || padded.width == size.width) && (!mirror_y || padded.height == size.height);
    sampling == to && stays_in_place
}

/// Takes the steps, for an output of this sampling.
pub(crate) fn take<'a>(
    image: &'a Ycc,
    steps: &[Step],
    to: Sampling,
    budget: &Budget,
) -> Result<Cow<'a, Ycc>, ImageError> {
    let later = turn(steps);
    let to = to.turned(later);
    let mut image = Cow::Borrowed(image);
    for step in steps {
        budget.check()?;
        image = match step {
            Step::Keep(_) | Step::Display(_) => image,
            Step::Cut(cut) => Cow::Owned(image.cut(*cut)?),
            Step::Resample(resample) => Cow::Owned(image.resampled(resample, to, later)?),
            Step::Turn(orientation, _) => Cow::Owned(image.turned(*orientation)?),
            Step::Seek(_) | Step::Work(_) => {
                return Err(ImageError::unsupported("a step on colours of an image in luma and chroma"));
            }
        };
    }
    Ok(image)
}
