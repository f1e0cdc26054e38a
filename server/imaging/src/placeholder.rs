//! What can be shown before an image is there: a few bytes that hold its blurred copy, and one colour.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::decode::still;
use crate::display::display;
use crate::layout::Layout;
use crate::plane::{Depth, Pixels, Plane};
use crate::raster::Raster;
use crate::region::Region;
use crate::resample::resample;
use crate::step::Resample;
use crate::{
    Header, ImageError, Limits, Output, Plan, Png, ResizeToFit, ScaledDecoding, Size, Spec, course, rounding,
};

/// The longest side of the copy that both are made from: what a thumbhash takes at most.
const LONGEST: u32 = 100;

/// What can be shown before an image is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// The ThumbHash of the image as it is shown: about 25 bytes, <https://evanw.github.io/thumbhash/>.
    pub thumbhash: Vec<u8>,
    /// The colour that most of it has: red, green, blue.
    pub dominant_color: [u8; 3],
}

/// Plans the cheap decode that a source's placeholder is made from, as small as the format allows.
///
/// # Errors
/// Those of [`Plan::new`].
pub fn placeholder_plan(header: &Header, source_bytes: u64, limits: &Limits) -> Result<Plan, ImageError> {
    let fit = ResizeToFit { width: LONGEST, height: LONGEST, ..ResizeToFit::default() };
    let spec = Spec {
        scaled_decoding: ScaledDecoding::Speed,
        ..Spec::new(vec![fit.into()], Output::Png(Png::default()))
    };
    Plan::new(header, source_bytes, &spec, limits)
}

/// Makes the placeholder of a source by a plan that [`placeholder_plan`] made for the same bytes.
///
/// # Errors
/// Those of [`crate::decode`].
pub fn placeholder(bytes: &[u8], header: &Header, plan: &Plan) -> Result<Placeholder, ImageError> {
    let plane = still(bytes, header, plan.decode())?;
    let budget = Budget::start(plan.limits.cpu_time);
    let (image, _) = course::take(Cow::Owned(plane), &plan.course, &plan.limits, Depth::Eight, &budget)?;
    of(image.into_owned())
}

/// The placeholder of a finished image.
pub(crate) fn of(image: Plane) -> Result<Placeholder, ImageError> {
    let image = display(Cow::Owned(image), Depth::Eight)?.into_owned().with_layout(Layout::Rgba)?;
    let Pixels::Eight(raster) = image.pixels else {
        return Err(ImageError::unsupported("a placeholder of 16 bits a sample"));
    };
    let raster = small(raster)?;
    let (width, height) = (raster.size.width as usize, raster.size.height as usize);
    Ok(Placeholder {
        thumbhash: thumbhash::rgba_to_thumb_hash(width, height, &raster.samples),
        dominant_color: dominant_color(&raster),
    })
}

fn small(raster: Raster) -> Result<Raster, ImageError> {
    let longest = raster.size.longest();
    if longest <= LONGEST {
        return Ok(raster);
    }
    let side = |side: u32| rounding::side(f64::from(side) * f64::from(LONGEST) / f64::from(longest));
    let size = Size::new(side(raster.size.width), side(raster.size.height));
    resample(&raster, &Resample { frame: None, region: Region::whole(raster.size), size })
}

/// The mean of the colours in the fullest of 512 equal boxes of the colour space, each counted by its alpha. White where all is
/// transparent.
fn dominant_color(raster: &Raster) -> [u8; 3] {
    let mut boxes = vec![(0u64, [0u64; 3]); 512];
    for pixel in raster.pixels() {
        let index = pixel[..3].iter().fold(0, |index, sample| index << 3 | usize::from(sample >> 5));
        let (count, sums) = &mut boxes[index];
        let alpha = u64::from(pixel[3]);
        *count += alpha;
        sums.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += u64::from(*sample) * alpha);
    }
    let fullest = boxes.into_iter().max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0);
    fullest.map_or([255; 3], |(count, sums)| sums.map(|sum| ((sum + count / 2) / count) as u8))
}
