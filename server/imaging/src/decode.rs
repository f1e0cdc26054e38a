//! From bytes to pixels: no more of them than the plan's first step reads.

use crate::plane::Plane;
use crate::profile::Profile;
use crate::region::Cut;
use crate::step::{Resample, Step};
use crate::{Header, ImageError, ScaledDecoding, Size, SourceFormat, read};

/// How a source is decoded. Plans whose decode plans are equal can be rendered from one plane.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecodePlan {
    /// The sides of the plane, in eighths of the coded image's, each rounded up.
    pub(crate) eighths: u8,
    /// The part of that plane that is decoded; none: all of it.
    pub(crate) part: Option<Cut>,
}

impl DecodePlan {
    const FULL: DecodePlan = DecodePlan { eighths: 8, part: None };

    /// The smallest scale that leaves the first step enough pixels and puts its frame on whole ones;
    /// and of the image at this scale the part that the step reads. `first` is that step in
    /// coordinates of the coded image.
    pub(crate) fn new(header: &Header, first: Option<&Step>, mode: ScaledDecoding) -> DecodePlan {
        let Some(first) = first.filter(|_| header.format == SourceFormat::Jpeg) else {
            return DecodePlan::FULL;
        };
        let eighths = match first {
            Step::Resample(step) => {
                read::jpeg::SCALES.iter().copied().find(|eighths| suits(step, *eighths, mode)).unwrap_or(8)
            }
            Step::Keep(_) | Step::Cut(_) => 8,
        };
        let whole = DecodePlan { eighths, part: None };
        if !read::jpeg::DECODES_PARTS {
            return whole;
        }
        let plane = whole.size(header.coded);
        let part = read::jpeg::part(reads(&whole.adapt(first)), plane, eighths);
        // A slightly smaller plane is worth less than one that other renditions can share.
        let part = Some(part).filter(|part| part.size.pixels() * 8 < plane.pixels() * 7);
        DecodePlan { eighths, part }
    }

    /// The size of the plane.
    pub(crate) fn size(&self, coded: Size) -> Size {
        self.part.map_or(scaled(coded, self.eighths), |part| part.size)
    }

    /// The first step in coordinates of the plane instead of the coded image's. A scaled plane's
    /// sides are rounded up, so the box to resample is the exact fraction of what was coded: the last
    /// column and row of the plane may be partly empty.
    pub(crate) fn adapt(&self, first: &Step) -> Step {
        let corner = self.part.map_or((0, 0), |part| (part.x, part.y));
        let place = |cut: Cut| {
            let position = |side: u32| (u64::from(side) * u64::from(self.eighths) / 8) as u32;
            Cut {
                x: position(cut.x).saturating_sub(corner.0),
                y: position(cut.y).saturating_sub(corner.1),
                size: Size::new(position(cut.size.width), position(cut.size.height)),
            }
        };
        match first {
            Step::Keep(size) => Step::Keep(*size),
            Step::Cut(cut) => Step::Cut(place(*cut)),
            Step::Resample(Resample { frame, region, size }) => {
                let mut region = region.scaled(f64::from(self.eighths) / 8.0);
                if frame.is_none() {
                    region.x -= f64::from(corner.0);
                    region.y -= f64::from(corner.1);
                }
                Step::Resample(Resample { frame: frame.map(place), region, size: *size })
            }
        }
    }
}

/// The size of an image decoded at this scale.
pub(crate) fn scaled(coded: Size, eighths: u8) -> Size {
    let side = |side: u32| (u64::from(side) * u64::from(eighths)).div_ceil(8) as u32;
    Size::new(side(coded.width), side(coded.height))
}

/// Whether a step loses nothing that the mode asks for when it is fed an image at this scale.
fn suits(step: &Resample, eighths: u8, mode: ScaledDecoding) -> bool {
    let enough =
        |have: f64, want: u32| have * f64::from(eighths) / 8.0 >= f64::from(want) * mode.oversampling();
    let exact = |position: u32| u64::from(position) * u64::from(eighths) % 8 == 0;
    enough(step.region.width, step.size.width)
        && enough(step.region.height, step.size.height)
        && step.frame.is_none_or(|frame| {
            [frame.x, frame.y, frame.size.width, frame.size.height].into_iter().all(exact)
        })
}

/// The pixels that a step reads: left, top, right, bottom. They may lie outside the image.
fn reads(step: &Step) -> [f64; 4] {
    let edges = |cut: &Cut| {
        let (x, y) = (f64::from(cut.x), f64::from(cut.y));
        [x, y, x + f64::from(cut.size.width), y + f64::from(cut.size.height)]
    };
    match step {
        Step::Keep(size) => edges(&Cut { x: 0, y: 0, size: *size }),
        Step::Cut(cut) | Step::Resample(Resample { frame: Some(cut), .. }) => edges(cut),
        Step::Resample(Resample { frame: None, region, size }) => {
            // Lanczos3 reaches three pixels of the smaller of both images.
            let reach = |from: f64, to: u32| 3.0 * (from / f64::from(to)).max(1.0);
            let (x, y) = (reach(region.width, size.width), reach(region.height, size.height));
            [region.x - x, region.y - y, region.x + region.width + x, region.y + region.height + y]
        }
    }
}

/// Decodes a source's pixels. `header` is what [`crate::inspect`] said of the same bytes; limits are
/// not checked here but when a [`crate::Plan`] is made.
///
/// # Errors
/// [`ImageError::Undecodable`] for broken or truncated pixels.
pub fn decode(bytes: &[u8], header: &Header, plan: &DecodePlan) -> Result<Plane, ImageError> {
    let (mut plane, profile) = match header.format {
        SourceFormat::Jpeg => read::jpeg::pixels(bytes, header, plan)?,
        SourceFormat::Png => read::png::pixels(bytes, header)?,
        SourceFormat::Webp => read::webp::pixels(bytes, header)?,
        SourceFormat::Gif => (read::gif::pixels(bytes, header)?, None),
    };
    if let Some(icc) = profile {
        Profile::attach(&mut plane, &icc)?;
    }
    Ok(plane)
}
