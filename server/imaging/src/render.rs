//! From a plane to an encoded image.

use std::borrow::Cow;

use crate::plane::Plane;
use crate::step::Step;
use crate::{Format, ImageError, Orientation, Plan, Size, resample, turn, write};

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
}

/// Carries out a plan. `plane` has to come from [`crate::decode`] with a decode plan equal to this
/// plan's, of the same source.
///
/// # Errors
/// [`ImageError::Unsupported`] for a plane that is not the plan's, or where an encoder fails.
pub fn render(plane: &Plane, plan: &Plan) -> Result<Encoded, ImageError> {
    if plane.size != plan.plane {
        return Err(ImageError::unsupported(format!(
            "a plane of {} pixels does not belong to a plan for {}",
            plane.size, plan.plane
        )));
    }
    let mut image = Cow::Borrowed(plane);
    for step in &plan.steps {
        image = match step {
            Step::Keep(_) => image,
            Step::Cut(cut) => Cow::Owned(resample::cut(&image, *cut)?),
            Step::Resample(resample) => Cow::Owned(resample::resample(&image, resample)?),
        };
    }
    if plan.orientation != Orientation::Normal {
        image = Cow::Owned(turn::turn(&image, plan.orientation)?);
    }
    if let Some(profile) = image.profile.clone() {
        profile.apply(image.to_mut())?;
    }
    write::encode(image, &plan.output)
}
