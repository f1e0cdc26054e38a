//! What an operation does to an image of a known size: the plan's building blocks.
//!
//! Keeping, cutting and resampling commute with turning and mirroring the image, so a plan may carry them out on the
//! plane as it was coded and turn the (usually much smaller) result. All other steps see the image as it is shown.

use std::fmt::Debug;
use std::sync::Arc;

use crate::budget::Budget;
use crate::layout::Layout;
use crate::plane::{Depth, Plane};
use crate::region::{Cut, Region};
use crate::{ImageError, Orientation, Size};

/// One step on pixels.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Nothing changes.
    Keep(Size),
    /// A box of whole pixels is copied.
    Cut(Cut),
    /// A part of the image is resampled to a new size.
    Resample(Resample),
    /// The image is turned and mirrored; the size is the one after it.
    Turn(Orientation, Size),
    /// Colours become sRGB, and light gamma again.
    Display(Size),
    /// A box is copied whose place the pixels decide.
    Seek(Arc<dyn Seek>),
    /// Anything else.
    Work(Arc<dyn Work>),
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

/// A box whose place in the image the pixels decide.
pub(crate) trait Seek: Debug + Send + Sync {
    /// The size of the box; of one whose size the pixels decide as well, the most that it can be.
    fn extent(&self) -> Extent;
    /// Looks for it.
    fn find(&self, plane: &Plane, budget: &Budget) -> Result<Cut, ImageError>;
    /// Whether colours have to be sRGB before.
    fn needs_display(&self) -> bool;
}

/// What is known of a size before the pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// It is this one.
    Exactly(Size),
    /// Neither side is longer than this one's.
    AtMost(Size),
}

impl Extent {
    pub fn bound(self) -> Size {
        match self {
            Extent::Exactly(size) | Extent::AtMost(size) => size,
        }
    }
}

/// Work on pixels that is more than geometry. Its colours are sRGB in gamma light.
pub(crate) trait Work: Debug + Send + Sync {
    /// The size after it.
    fn size(&self) -> Size;
    /// The layout after it.
    fn layout(&self, input: Layout) -> Layout {
        input
    }
    /// The memory that it takes beside input and result, in bytes, for an image of this depth.
    fn working_bytes(&self, _input: Size, _layout: Layout, _depth: Depth) -> u64 {
        0
    }
    /// The same work with what it takes from the pixels settled, for the other frames of an animation; none if it takes
    /// nothing from them.
    fn settled(&self, _plane: &Plane) -> Option<Arc<dyn Work>> {
        None
    }
    /// Does it.
    fn run(&self, plane: Plane, budget: &Budget) -> Result<Plane, ImageError>;
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

    /// Work as a step.
    pub fn work(work: impl Work + 'static) -> Step {
        Step::Work(Arc::new(work))
    }

    /// Something to look for as a step.
    pub fn seek(seek: impl Seek + 'static) -> Step {
        Step::Seek(Arc::new(seek))
    }

    /// The size of the image after the step, as far as it is known before the pixels are.
    pub fn extent(&self) -> Extent {
        match self {
            Step::Keep(size) | Step::Turn(_, size) | Step::Display(size) => Extent::Exactly(*size),
            Step::Cut(cut) => Extent::Exactly(cut.size),
            Step::Resample(resample) => Extent::Exactly(resample.size),
            Step::Seek(seek) => seek.extent(),
            Step::Work(work) => Extent::Exactly(work.size()),
        }
    }

    /// The size of the image after the step, or the most that it can be.
    pub fn size(&self) -> Size {
        self.extent().bound()
    }

    /// Whether colours have to be sRGB in gamma light before it.
    pub fn needs_display(&self) -> bool {
        match self {
            Step::Keep(_) | Step::Cut(_) | Step::Resample(_) | Step::Turn(..) | Step::Display(_) => false,
            Step::Seek(seek) => seek.needs_display(),
            Step::Work(_) => true,
        }
    }

    /// Whether it may be done on the image as coded, in other coordinates, and give the same.
    pub fn commutes_with_turning(&self) -> bool {
        matches!(self, Step::Keep(_) | Step::Cut(_) | Step::Resample(_))
    }

    /// One step that does this and then `next`, with the same result and fewer copies, if there is one.
    pub fn then(&self, next: &Step) -> Option<Step> {
        match (self, next) {
            (Step::Keep(_), next) => Some(next.clone()),
            (step, Step::Keep(_)) => Some(step.clone()),
            (Step::Cut(first), Step::Cut(second)) => {
                Some(Step::Cut(Cut { x: first.x + second.x, y: first.y + second.y, size: second.size }))
            }
            (Step::Cut(cut), Step::Resample(resample)) if resample.frame.is_none() => {
                Some(Step::Resample(Resample { frame: Some(*cut), ..*resample }))
            }
            (Step::Turn(first, _), Step::Turn(second, size)) => Some(Step::Turn(first.then(*second), *size)),
            _ => None,
        }
    }
}
