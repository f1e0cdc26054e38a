//! The steps of a spec, in their order, as far as sizes are known before the pixels are.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::display::display;
use crate::limits::check_size;
use crate::plane::{Depth, Plane, map_depth};
use crate::step::{Extent, Resample, Step};
use crate::{Header, ImageError, Limits, Operation, Orientation, Size, resample, turn};

/// What is to be done to an image of a known size.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// The steps, as few as give the same result.
    pub steps: Vec<Step>,
    /// The operations after a step whose size only the pixels tell: they become steps when it has been done.
    pub rest: Vec<Operation>,
    /// The size after the steps, or the most that it can be.
    pub size: Size,
}

impl Course {
    /// The steps of these operations on an image of this size, in its coordinates.
    ///
    /// # Errors
    /// [`ImageError::LimitExceeded`] where a result, also one on the way, is larger than the limits allow.
    pub fn new(input: Size, operations: &[Operation], limits: &Limits) -> Result<Course, ImageError> {
        let mut course = Course { steps: Vec::new(), rest: Vec::new(), size: input };
        for (index, operation) in operations.iter().enumerate() {
            let steps = operation.operate().steps(course.size);
            let is_known = steps.iter().all(|step| matches!(step.extent(), Extent::Exactly(_)));
            for step in steps {
                course.push(step);
                check_size(course.size, limits)?;
            }
            if !is_known {
                course.rest = operations[index + 1..].to_vec();
                break;
            }
        }
        course.steps.retain(|step| !matches!(step, Step::Keep(_)));
        Ok(course)
    }

    fn push(&mut self, step: Step) {
        let input = self.size;
        self.size = step.size();
        if step.needs_display() && !self.steps.iter().any(Step::needs_display) {
            self.steps.push(Step::Display(input));
        }
        match self.steps.last().and_then(|last| last.then(&step)) {
            Some(both) => {
                self.steps.pop();
                self.steps.push(both);
            }
            None => self.steps.push(step),
        }
    }

    /// The same course for the image as coded: what can be done before it is turned is, because that is the cheaper
    /// order. Turning comes with the first step that has to see the image as it is shown, or at the end.
    pub fn coded(mut self, header: &Header) -> Course {
        let mut orientation = header.orientation;
        let mut coded = header.coded;
        let mut shown = header.size;
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        let mut later = self.steps.into_iter().peekable();
        while let Some(step) =
            later.next_if(|step| step.commutes_with_turning() || matches!(step, Step::Turn(..)))
        {
            shown = step.size();
            if let Step::Turn(turn, _) = step {
                orientation = orientation.then(turn);
            } else {
                let step = in_coded(step, orientation, coded);
                coded = step.size();
                steps.push(step);
            }
        }
        if orientation != Orientation::Normal {
            steps.push(Step::Turn(orientation, shown));
        }
        steps.extend(later);
        self.steps = steps;
        self
    }

    /// All steps of the course, those of the rest for the most that the image can be before them.
    pub fn foreseen(&self, limits: &Limits) -> Vec<Step> {
        let unlimited = Limits { max_output_pixels: u64::MAX, max_side: u32::MAX, ..*limits };
        let mut steps = self.steps.clone();
        let mut size = self.size;
        let mut rest = self.rest.clone();
        while !rest.is_empty() {
            let Ok(next) = Course::new(size, &rest, &unlimited) else { break };
            steps.extend(next.steps);
            (size, rest) = (next.size, next.rest);
        }
        steps
    }
}

/// A step in coordinates of the image as coded, which has this size and is turned so to be shown.
fn in_coded(step: Step, orientation: Orientation, input: Size) -> Step {
    match step {
        Step::Keep(size) => Step::Keep(orientation.apply(size)),
        Step::Cut(cut) => Step::Cut(orientation.cut(cut, input)),
        Step::Resample(Resample { frame, region, size }) => {
            let frame = frame.map(|frame| orientation.cut(frame, input));
            let from = frame.map_or(input, |frame| frame.size);
            let region = orientation.region(region, from);
            Step::Resample(Resample { frame, region, size: orientation.apply(size) })
        }
        step => step,
    }
}

/// Takes all steps of a course. Gives the image and the steps that were taken, with what the pixels decided in its place:
/// the same steps can be taken on the other frames of an animation.
pub(crate) fn take<'a>(
    plane: Cow<'a, Plane>,
    course: &Course,
    limits: &Limits,
    depth: Depth,
    budget: &Budget,
) -> Result<(Cow<'a, Plane>, Vec<Step>), ImageError> {
    let mut image = plane;
    let mut taken = Vec::new();
    let mut course = Cow::Borrowed(course);
    loop {
        for step in &course.steps {
            let step = settle(step, &image, budget)?;
            image = run(&step, image, depth, budget)?;
            taken.push(step);
        }
        if course.rest.is_empty() {
            break;
        }
        course = Cow::Owned(Course::new(image.size(), &course.rest, limits)?);
    }
    let last = Step::Display(image.size());
    image = run(&last, image, depth, budget)?;
    taken.push(last);
    Ok((image, taken))
}

/// The step as it is for all frames, once it has seen the first.
fn settle(step: &Step, image: &Plane, budget: &Budget) -> Result<Step, ImageError> {
    Ok(match step {
        Step::Seek(seek) => {
            let cut = seek.find(image, budget)?;
            if cut.size == image.size() { Step::Keep(cut.size) } else { Step::Cut(cut) }
        }
        Step::Work(work) => work.settled(image).map_or_else(|| step.clone(), Step::Work),
        step => step.clone(),
    })
}

/// Takes a step whose place is settled.
pub(crate) fn run<'a>(
    step: &Step,
    image: Cow<'a, Plane>,
    depth: Depth,
    budget: &Budget,
) -> Result<Cow<'a, Plane>, ImageError> {
    budget.check()?;
    Ok(match step {
        Step::Keep(_) => image,
        Step::Cut(cut) => {
            let pixels = map_depth!(&image.pixels, raster => raster.cut(*cut)?);
            Cow::Owned(image.with_pixels(pixels))
        }
        Step::Resample(resample) => {
            let pixels = map_depth!(&image.pixels, raster => resample::resample(raster, resample)?);
            Cow::Owned(image.with_pixels(pixels))
        }
        Step::Turn(orientation, _) => {
            let pixels = map_depth!(&image.pixels, raster => turn::turn(raster, *orientation)?);
            Cow::Owned(image.with_pixels(pixels))
        }
        Step::Display(_) => display(image, depth)?,
        Step::Seek(seek) => {
            let cut = seek.find(&image, budget)?;
            return run(&Step::Cut(cut), image, depth, budget);
        }
        Step::Work(work) => Cow::Owned(work.run(image.into_owned(), budget)?),
    })
}
