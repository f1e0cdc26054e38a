//! What an operation does to an image of a known size: the plan's building blocks.
//!
//! Every kind of step here commutes with turning and mirroring the image, so a plan may carry it
//! out on the plane as it was coded and turn the (usually much smaller) result.

use crate::Size;
use crate::region::{Cut, Region};

/// One step on pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    /// Nothing changes.
    Keep(Size),
    /// A box of whole pixels is copied.
    Cut(Cut),
    /// A part of the image is resampled to a new size.
    Resample(Resample),
}

/// `region` of the image, or of the part of it that `frame` names, becomes an image of `size`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resample {
    /// Only pixels in here may contribute; `region` is measured from its corner.
    pub frame: Option<Cut>,
    /// What becomes the new image. Pixels around it, inside the frame, feed the filter at its edges.
    pub region: Region,
    /// The size of the new image.
    pub size: Size,
}

impl Step {
    /// The simplest step that makes an image of `size` out of `region` of one of size `input`.
    pub fn new(input: Size, region: Region, size: Size) -> Step {
        match region.whole_pixels() {
            Some(cut) if cut.size == size && size == input => Step::Keep(size),
            Some(cut) if cut.size == size => Step::Cut(cut),
            _ => Step::Resample(Resample { frame: None, region, size }),
        }
    }

    /// The size of the image after the step.
    pub fn size(&self) -> Size {
        match self {
            Step::Keep(size) => *size,
            Step::Cut(cut) => cut.size,
            Step::Resample(resample) => resample.size,
        }
    }

    /// One step that does this and then `next`, with the same result and fewer copies, if there is one.
    pub fn then(&self, next: &Step) -> Option<Step> {
        match (self, next) {
            (Step::Keep(_), next) => Some(*next),
            (step, Step::Keep(_)) => Some(*step),
            (Step::Cut(first), Step::Cut(second)) => {
                Some(Step::Cut(Cut { x: first.x + second.x, y: first.y + second.y, size: second.size }))
            }
            (Step::Cut(cut), Step::Resample(resample)) if resample.frame.is_none() => {
                Some(Step::Resample(Resample { frame: Some(*cut), ..*resample }))
            }
            _ => None,
        }
    }
}
