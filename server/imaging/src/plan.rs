//! What will be done to an image of which only the header is known: sizes, scale, memory.
//!
//! Operations mean the oriented image; a plan's steps mean the plane as it is decoded: coded,
//! perhaps reduced. The result is turned last, when the fewest pixels are left.

use crate::decode::DecodePlan;
use crate::plane::Layout;
use crate::step::{Resample, Step};
use crate::{Format, Header, ImageError, Limits, Orientation, Output, Size, Spec, memory};

/// How a spec is carried out on an image with a known header.
#[derive(Clone, Debug)]
pub struct Plan {
    decode: DecodePlan,
    pub(crate) plane: Size,
    pub(crate) orientation: Orientation,
    pub(crate) steps: Vec<Step>,
    pub(crate) output: Output,
    size: Size,
    memory: u64,
}

impl Plan {
    /// Plans the rendition that `spec` makes of the image with this header. An `auto` output that is
    /// not resolved becomes what a caller who accepts nothing gets. `source_bytes` is the length of
    /// the source, for the estimate of memory.
    ///
    /// # Errors
    /// [`ImageError::LimitExceeded`] where the source or a result, also one on the way, is larger
    /// than `limits` or the output's format allow; [`ImageError::Unsupported`] for a spec that
    /// [`Spec::validate`] refuses.
    pub fn new(header: &Header, source_bytes: u64, spec: &Spec, limits: &Limits) -> Result<Plan, ImageError> {
        spec.validate().map_err(|invalid| ImageError::unsupported(format!("invalid spec: {invalid}")))?;
        let source = header.coded;
        if source.is_empty() {
            return Err(ImageError::undecodable("the image has no pixels"));
        }
        check(limits.max_source_pixels, source.pixels(), "max_source_pixels", || {
            format!("the image has {source} pixels, more than {} in all", limits.max_source_pixels)
        })?;

        let shown = oriented_steps(header.size, spec, limits)?;
        let size = shown.last().map_or(header.size, Step::size);
        let output = spec.resolve(&[]).output;
        check_format(output.format().unwrap_or(Format::Jpeg), size)?;

        let mut steps = coded_steps(shown, header);
        let decode = DecodePlan::new(header, steps.first(), spec.scaled_decoding);
        if let Some(first) = steps.first_mut() {
            *first = decode.adapt(first);
        }
        let plane = decode.size(source);
        let layout = Layout::new(header.color, header.has_alpha);
        let memory = memory::estimate(header, source_bytes, plane, layout, &steps, &output);
        Ok(Plan { decode, plane, orientation: header.orientation, steps, output, size, memory })
    }

    /// The exact size of the result.
    pub fn output_size(&self) -> Size {
        self.size
    }

    /// An estimate of the memory in bytes that the rendition takes at its peak: the source, the
    /// decoder's state, the widest stage, the encoder's state.
    pub fn memory_bytes(&self) -> u64 {
        self.memory
    }

    /// How the source has to be decoded.
    pub fn decode(&self) -> &DecodePlan {
        &self.decode
    }
}

fn check(
    maximum: u64,
    value: u64,
    limit: &'static str,
    message: impl FnOnce() -> String,
) -> Result<(), ImageError> {
    if value <= maximum {
        return Ok(());
    }
    Err(ImageError::LimitExceeded { limit, value, maximum, message: message() })
}

fn check_format(format: Format, size: Size) -> Result<(), ImageError> {
    let maximum = format.max_side();
    check(maximum.into(), size.longest().into(), "max_side", || {
        format!("{format} holds at most {maximum} pixels a side, and the result has {size}")
    })
}

/// The steps in coordinates of the oriented image, as few as give the same result.
fn oriented_steps(source: Size, spec: &Spec, limits: &Limits) -> Result<Vec<Step>, ImageError> {
    let mut size = source;
    let mut steps: Vec<Step> = Vec::new();
    for operation in &spec.operations {
        let step = operation.operate().step(size);
        size = step.size();
        check_size(size, limits)?;
        match steps.last().and_then(|last| last.then(&step)) {
            Some(both) => {
                steps.pop();
                steps.push(both);
            }
            None => steps.push(step),
        }
    }
    check_size(size, limits)?;
    steps.retain(|step| !matches!(step, Step::Keep(_)));
    Ok(steps)
}

fn check_size(size: Size, limits: &Limits) -> Result<(), ImageError> {
    check(limits.max_side.into(), size.longest().into(), "max_side", || {
        format!("the result would have {size} pixels, more than {} a side", limits.max_side)
    })?;
    check(limits.max_output_pixels, size.pixels(), "max_output_pixels", || {
        format!("the result would have {size} pixels, more than {} in all", limits.max_output_pixels)
    })
}

/// The same steps in coordinates of the coded image.
fn coded_steps(steps: Vec<Step>, header: &Header) -> Vec<Step> {
    let orientation = header.orientation;
    let mut input = header.coded;
    let to_coded = |step: Step| {
        let step = match step {
            Step::Keep(size) => Step::Keep(orientation.apply(size)),
            Step::Cut(cut) => Step::Cut(orientation.cut(cut, input)),
            Step::Resample(Resample { frame, region, size }) => {
                let frame = frame.map(|frame| orientation.cut(frame, input));
                let from = frame.map_or(input, |frame| frame.size);
                let region = orientation.region(region, from);
                Step::Resample(Resample { frame, region, size: orientation.apply(size) })
            }
        };
        input = step.size();
        step
    };
    steps.into_iter().map(to_coded).collect()
}
