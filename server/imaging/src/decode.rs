//! From bytes to pixels.

use crate::plane::Plane;
use crate::profile::Profile;
use crate::step::Step;
use crate::{Header, ImageError, ScaledDecoding, Size, SourceFormat, read};

/// How a source is decoded. Plans whose decode plans are equal can be rendered from one plane.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecodePlan {
    eighths: u8,
}

impl DecodePlan {
    /// The full size.
    pub(crate) const FULL: DecodePlan = DecodePlan { eighths: 8 };

    /// The smallest scale that leaves the first step enough pixels and puts its frame on whole ones.
    /// `first` is that step in coordinates of the coded image.
    pub(crate) fn new(header: &Header, first: Option<&Step>, mode: ScaledDecoding) -> DecodePlan {
        let Some(Step::Resample(step)) = first else { return DecodePlan::FULL };
        if header.format != SourceFormat::Jpeg {
            return DecodePlan::FULL;
        }
        let enough = |have: f64, want: u32, eighths: u8| {
            have * f64::from(eighths) / 8.0 >= f64::from(want) * mode.oversampling()
        };
        let exact = |position: u32, eighths: u8| u64::from(position) * u64::from(eighths) % 8 == 0;
        let suits = |eighths: &u8| {
            enough(step.region.width, step.size.width, *eighths)
                && enough(step.region.height, step.size.height, *eighths)
                && step.frame.is_none_or(|frame| {
                    [frame.x, frame.y, frame.size.width, frame.size.height]
                        .into_iter()
                        .all(|position| exact(position, *eighths))
                })
        };
        let eighths = read::jpeg::SCALES.iter().copied().find(suits).unwrap_or(8);
        DecodePlan { eighths }
    }

    /// The sides of the plane as a fraction of the coded image's.
    pub(crate) fn factor(&self) -> f64 {
        f64::from(self.eighths) / 8.0
    }

    /// A whole position of the coded image in the plane; exact for those that the plan was made for.
    pub(crate) fn position(&self, position: u32) -> u32 {
        (u64::from(position) * u64::from(self.eighths) / 8) as u32
    }

    /// The size of the plane: each side rounded up.
    pub(crate) fn size(&self, coded: Size) -> Size {
        let side = |side: u32| (u64::from(side) * u64::from(self.eighths)).div_ceil(8) as u32;
        Size::new(side(coded.width), side(coded.height))
    }
}

/// Decodes a source's pixels. `header` is what [`crate::inspect`] said of the same bytes; limits are
/// not checked here but when a [`crate::Plan`] is made.
///
/// # Errors
/// [`ImageError::Undecodable`] for broken or truncated pixels.
pub fn decode(bytes: &[u8], header: &Header, plan: &DecodePlan) -> Result<Plane, ImageError> {
    let (mut plane, profile) = match header.format {
        SourceFormat::Jpeg => read::jpeg::pixels(bytes, header, plan.eighths)?,
        SourceFormat::Png => read::png::pixels(bytes, header)?,
        SourceFormat::Webp => read::webp::pixels(bytes, header)?,
        SourceFormat::Gif => (read::gif::pixels(bytes, header)?, None),
    };
    if let Some(icc) = profile {
        Profile::attach(&mut plane, &icc)?;
    }
    Ok(plane)
}
