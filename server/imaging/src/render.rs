//! From what was decoded to an encoded image.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::decode::{Content, attach};
use crate::display::linear;
use crate::limits::check_format;
use crate::plane::Plane;
use crate::read::frames::Frames;
use crate::read::screen::Shown;
use crate::step::Step;
use crate::ycc::Ycc;
use crate::{
    Decoded, Format, ImageError, Light, Placeholder, Plan, Size, course, placeholder, planar, write,
};

/// An encoded image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: Format,
    /// Its size.
    pub size: Size,
    /// How many frames it has.
    pub frames: u32,
    /// Whether pixels were missing in the source, which was taken all the same; see [`crate::OnDamaged`].
    pub is_damaged: bool,
    /// What can be shown before it is there.
    pub placeholder: Placeholder,
}

/// Carries out a plan. `decoded` has to come from [`crate::decode`] with a decode plan equal to this plan's, of the same
/// source.
///
/// # Errors
/// [`ImageError::Unsupported`] for what was not decoded for this plan, or where an encoder fails;
/// [`ImageError::LimitExceeded`] where only the pixels tell that a result is too large, or the time runs out;
/// [`ImageError::Undecodable`] for broken or truncated frames of an animation.
pub fn render(decoded: &Decoded<'_>, plan: &Plan) -> Result<Encoded, ImageError> {
    if decoded.size() != plan.plane {
        return Err(ImageError::unsupported(format!(
            "a plane of {} pixels does not belong to a plan for {}",
            decoded.size(),
            plan.plane
        )));
    }
    let budget = Budget::after(decoded.took, plan.limits.cpu_time);
    match (&decoded.content, plan.decode().animated) {
        (Content::Still(plane), false) if plan.decode().planes.is_none() => still(plane, plan, &budget),
        (Content::Planes(image), false) if plan.decode().planes.is_some() => planes(image, plan, &budget),
        (Content::Animation { bytes, header }, true) => {
            let encoded = animation(Frames::new(bytes, header)?, plan, &budget)?;
            write::with_metadata(encoded, &attach(bytes, header, plan.decode().metadata))
        }
        _ => Err(ImageError::unsupported("what was decoded does not belong to this plan")),
    }
}

fn still(plane: &Plane, plan: &Plan, budget: &Budget) -> Result<Encoded, ImageError> {
    let depth = plan.decode().depth;
    let (image, _) = course::take(Cow::Borrowed(plane), &plan.course, &plan.limits, depth, budget)?;
    if let Some(format) = plan.output.format() {
        check_format(format, image.size(), &plan.limits)?;
    }
    write::encode(image.into_owned(), &plan.output, budget)
}

fn planes(image: &Ycc, plan: &Plan, budget: &Budget) -> Result<Encoded, ImageError> {
    let (sampling, _) = write::form(&plan.output)
        .ok_or_else(|| ImageError::unsupported("luma and chroma do not belong to a plan for pixels"))?;
    let image = planar::take(image, &plan.course.steps, sampling, budget)?;
    write::encode_planes(image, &plan.output, budget)
}

/// One frame after the other. What the pixels decide, those of the first frame do, so that the picture stands still.
fn animation(mut frames: Frames<'_>, plan: &Plan, budget: &Budget) -> Result<Encoded, ImageError> {
    let depth = plan.decode().depth;
    let plays = frames.plays();
    let mut begun: Option<(Vec<Step>, write::Animation<'_>, Placeholder)> = None;
    while let Some(Shown { plane, milliseconds }) = frames.next()? {
        budget.check()?;
        let plane = match plan.decode().light {
            Light::Linear => Cow::Owned(linear(plane.clone())?),
            Light::Gamma => Cow::Borrowed(plane),
        };
        match &mut begun {
            Some((steps, animation, _)) => {
                let image =
                    steps.iter().try_fold(plane, |image, step| course::run(step, image, depth, budget));
                animation.add(image?, milliseconds)?;
            }
            None => {
                let (image, steps) = course::take(plane, &plan.course, &plan.limits, depth, budget)?;
                if let Some(format) = plan.output.format() {
                    check_format(format, image.size(), &plan.limits)?;
                }
                let placeholder = placeholder::of(&image)?;
                let mut animation = write::Animation::new(image.size(), plays, &plan.output, budget)?;
                animation.add(image, milliseconds)?;
                begun = Some((steps, animation, placeholder));
            }
        }
    }
    let (_, animation, placeholder) =
        begun.ok_or_else(|| ImageError::undecodable("the animation has no frame"))?;
    animation.finish(placeholder)
}
