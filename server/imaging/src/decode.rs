//! From bytes to pixels: no more of them than the plan's first step reads. An animation is decoded frame by frame while it
//! is rendered, so that no more than one of them is held.

use std::sync::Arc;
use std::time::Duration;

use crate::attached::Attached;
use crate::budget::Budget;
use crate::display::linear;
use crate::libwebp::Filter;
use crate::plane::{Depth, Plane};
use crate::profile::{self, Profile};
use crate::region::Cut;
use crate::resample::reach;
use crate::sampling::Sampling;
use crate::shrink::shrunk;
use crate::step::{Resample, Step};
use crate::ycc::Ycc;
use crate::{
    Header, ImageError, Light, Metadata, OnDamaged, ScaledDecoding, Size, SourceFormat, exif, read, xmp,
};

/// How a source is decoded. Plans whose decode plans are equal can be rendered from one plane.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecodePlan {
    /// The sides of the plane, in eighths of the coded image's, each rounded up.
    pub(crate) eighths: u8,
    /// How many pixels a side become one while rows are decoded, for formats without scales of their own.
    pub(crate) shrink: u32,
    /// Whether all of the image is spread over all of the shrunk plane. Else its last column and row may be partly empty.
    pub(crate) spread: bool,
    /// The part of that plane that is decoded; none: all of it.
    pub(crate) part: Option<Cut>,
    /// How chroma is sampled, where it and luma stay in planes of their own.
    pub(crate) planes: Option<Sampling>,
    /// Whether the seams between the blocks of a WebP in planes are smoothed.
    pub(crate) filter: Filter,
    /// The samples of the plane; in linear light they are of 16 bits whatever this says.
    pub(crate) depth: Depth,
    /// The light of the plane.
    pub(crate) light: Light,
    /// Whether colours stay as the profile describes them, which goes with them.
    pub(crate) keeps_profile: bool,
    /// What becomes of a source of which pixels are missing.
    pub(crate) on_damaged: OnDamaged,
    /// What of the source's metadata goes with the plane.
    pub(crate) metadata: Metadata,
    /// Whether all frames are wanted, and not the first alone.
    pub(crate) animated: bool,
    /// The most of a processor's time that it may take.
    pub(crate) cpu_time: Duration,
}

/// What renditions are made from: the pixels of a still image, or the bytes of an animation.
#[derive(Debug)]
pub struct Decoded<'a> {
    pub(crate) content: Content<'a>,
    /// What it took of the processor's time.
    pub(crate) took: Duration,
}

#[derive(Debug)]
pub(crate) enum Content<'a> {
    Still(Plane),
    Planes(Ycc),
    Animation { bytes: &'a [u8], header: Header },
}

impl Decoded<'_> {
    /// Width and height as held in memory: coded, and reduced if the decoding was scaled.
    pub fn size(&self) -> Size {
        match &self.content {
            Content::Still(plane) => plane.size(),
            Content::Planes(image) => image.size,
            Content::Animation { header, .. } => header.coded,
        }
    }

    /// What it takes in memory, the source's bytes left out.
    pub fn memory_bytes(&self) -> u64 {
        match &self.content {
            Content::Still(plane) => plane.memory_bytes(),
            Content::Planes(image) => image.memory_bytes(),
            Content::Animation { .. } => 0,
        }
    }
}

impl DecodePlan {
    /// All of it, 8 bits a sample.
    pub(crate) const FULL: DecodePlan = DecodePlan {
        eighths: 8,
        shrink: 1,
        spread: false,
        part: None,
        planes: None,
        filter: Filter::Applied,
        depth: Depth::Eight,
        light: Light::Gamma,
        keeps_profile: false,
        on_damaged: OnDamaged::Refuse,
        metadata: Metadata::Strip,
        animated: false,
        cpu_time: Duration::from_secs(60),
    };

    /// The smallest scale that leaves the first step enough pixels and puts its frame on whole ones;
    /// and of the image at this scale the part that the step reads. `first` is that step in
    /// coordinates of the coded image, and `full` what all of it would be decoded to. Scaled decoding
    /// averages in gamma light, so in linear light all is decoded.
    pub(crate) fn new(
        header: &Header,
        first: Option<&Step>,
        mode: ScaledDecoding,
        full: DecodePlan,
    ) -> DecodePlan {
        let Some(first) = first else { return full };
        if header.format != SourceFormat::Jpeg {
            let shrink = if shrinks(header, &full) { shrink(first, mode) } else { 1 };
            return DecodePlan { shrink, spread: shrink > 1 && header.format == SourceFormat::Webp, ..full };
        }
        let eighths = match first {
            Step::Resample(step) if full.light == Light::Gamma => {
                read::jpeg::SCALES.iter().copied().find(|eighths| suits(step, *eighths, mode)).unwrap_or(8)
            }
            _ => 8,
        };
        let whole = DecodePlan { eighths, ..full };
        if !header.has_parts {
            return whole;
        }
        let plane = whole.size(header.coded);
        let Some(edges) = reads(&whole.adapt(first, header.coded)) else { return whole };
        let part = read::jpeg::part(edges, plane, eighths);
        // A slightly smaller plane is worth less than one that other renditions can share.
        let part = Some(part).filter(|part| part.size.pixels() * 8 < plane.pixels() * 7);
        DecodePlan { part, ..whole }
    }

    /// The depth of the plane that comes out.
    pub(crate) fn plane_depth(&self) -> Depth {
        if self.light == Light::Linear { Depth::Sixteen } else { self.depth }
    }

    /// The size of the plane.
    pub(crate) fn size(&self, coded: Size) -> Size {
        self.part.map_or(shrunk(scaled(coded, self.eighths), self.shrink), |part| part.size)
    }

    /// How many pixels of the plane one of the coded image is, across and down.
    fn factors(&self, coded: Size) -> (f64, f64) {
        if self.spread {
            let plane = self.size(coded);
            let factor = |plane: u32, coded: u32| f64::from(plane) / f64::from(coded);
            return (factor(plane.width, coded.width), factor(plane.height, coded.height));
        }
        let factor = f64::from(self.eighths) / 8.0 / f64::from(self.shrink);
        (factor, factor)
    }

    /// The first step in coordinates of the plane instead of the coded image's. A scaled plane's
    /// sides are rounded up, so the box to resample is the exact fraction of what was coded: the last
    /// column and row of the plane may be partly empty.
    pub(crate) fn adapt(&self, first: &Step, coded: Size) -> Step {
        debug_assert!(self.shrink == 1 || self.part.is_none());
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
            Step::Cut(cut) => Step::Cut(place(*cut)),
            Step::Resample(Resample { frame, region, size }) => {
                let (across, down) = self.factors(coded);
                let mut region = region.scaled(across, down);
                if frame.is_none() {
                    region.x -= f64::from(corner.0);
                    region.y -= f64::from(corner.1);
                }
                Step::Resample(Resample { frame: frame.map(place), region, size: *size })
            }
            step => step.clone(),
        }
    }
}

/// Smaller images are not shrunk while they are decoded: they gain less by it than by a decode that all their renditions share.
/// (A fuzzer's images are small, and what shrinks them is to be fuzzed, too.)
const LEAST_SHRUNK: u64 = if cfg!(fuzzing) { 1 << 9 } else { 1 << 19 };

/// Whether the decoder of this image can give means of squares, and it is worth while.
fn shrinks(header: &Header, full: &DecodePlan) -> bool {
    let can = match header.format {
        SourceFormat::Png => !header.progressive,
        SourceFormat::Webp => header.frames == 1,
        _ => false,
    };
    can && header.coded.pixels() >= LEAST_SHRUNK
        && full.light == Light::Gamma
        && full.on_damaged == OnDamaged::Refuse
}

/// The most pixels a side that may become one before this step: a power of two, so that renditions of several sizes share a
/// decode, which costs the same at every scale.
fn shrink(first: &Step, mode: ScaledDecoding) -> u32 {
    let Step::Resample(Resample { frame: None, region, size }) = first else { return 1 };
    let room = |have: f64, want: u32| have / (f64::from(want) * mode.oversampling());
    let most = room(region.width, size.width).min(room(region.height, size.height));
    [32, 16, 8, 4, 2].into_iter().find(|factor| f64::from(*factor) <= most).unwrap_or(1)
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

/// The pixels that a step reads: left, top, right, bottom. They may lie outside the image. None: all of them.
fn reads(step: &Step) -> Option<[f64; 4]> {
    let edges = |cut: &Cut| {
        let (x, y) = (f64::from(cut.x), f64::from(cut.y));
        [x, y, x + f64::from(cut.size.width), y + f64::from(cut.size.height)]
    };
    match step {
        Step::Cut(cut) | Step::Resample(Resample { frame: Some(cut), .. }) => Some(edges(cut)),
        Step::Resample(Resample { frame: None, region, size }) => {
            let (x, y) = (reach(region.width, size.width), reach(region.height, size.height));
            Some([region.x - x, region.y - y, region.x + region.width + x, region.y + region.height + y])
        }
        _ => None,
    }
}

/// Decodes a source's pixels; those of an animation that stays one are decoded by [`crate::render`].
/// `header` is what [`crate::inspect`] said of the same bytes; limits are not checked here but when a
/// [`crate::Plan`] is made.
///
/// # Errors
/// [`ImageError::Undecodable`] for broken or truncated pixels; [`ImageError::LimitExceeded`] where the time runs out.
pub fn decode<'a>(bytes: &'a [u8], header: &Header, plan: &DecodePlan) -> Result<Decoded<'a>, ImageError> {
    let budget = Budget::start(plan.cpu_time);
    let content = match plan.planes {
        _ if plan.animated => Content::Animation { bytes, header: header.clone() },
        Some(sampling) => Content::Planes(planes(bytes, header, sampling, plan)?),
        None => Content::Still(still(bytes, header, plan, &budget)?),
    };
    budget.check()?;
    Ok(Decoded { content, took: budget.used() })
}

impl Decoded<'_> {
    /// Parts it from the source's bytes, which are needed no more.
    ///
    /// # Errors
    /// An animation is given back as it is: its frames are decoded when they are rendered.
    #[expect(clippy::result_large_err, reason = "it is moved once for each decode")]
    pub fn parted(self) -> Result<Decoded<'static>, Self> {
        let content = match self.content {
            Content::Still(plane) => Content::Still(plane),
            Content::Planes(planes) => Content::Planes(planes),
            Content::Animation { .. } => return Err(self),
        };
        Ok(Decoded { content, took: self.took })
    }
}

/// Decodes one picture to luma and chroma. If there is a profile, it changes no colours.
fn planes(bytes: &[u8], header: &Header, sampling: Sampling, plan: &DecodePlan) -> Result<Ycc, ImageError> {
    let (image, profile) = match header.format {
        SourceFormat::Jpeg => read::jpeg::planes(bytes, header, sampling, plan)?,
        SourceFormat::Webp => read::webp::planes(bytes, header, plan)?,
        format => {
            let name = format.media_type();
            return Err(ImageError::unsupported(format!("{name} images in luma and chroma")));
        }
    };
    let mut attached = attach(bytes, header, plan.metadata);
    if let Some(icc) = profile.filter(|icc| plan.keeps_profile && icc.len() as u64 <= profile::MOST_BYTES) {
        attached.icc = icc;
    }
    Ok(Ycc { attached: Arc::new(attached), ..image })
}

/// Decodes one picture, of an animation the first frame.
pub(crate) fn still(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
    budget: &Budget,
) -> Result<Plane, ImageError> {
    let (mut plane, profile) = match header.format {
        SourceFormat::Jpeg => read::jpeg::pixels(bytes, header, plan)?,
        SourceFormat::Png => read::png::pixels(bytes, header, plan, budget)?,
        SourceFormat::Webp => read::webp::pixels(bytes, header, plan)?,
        SourceFormat::Gif => (read::gif::pixels(bytes, header)?, None),
        SourceFormat::Avif => read::avif::pixels(bytes, header, plan, budget)?,
        SourceFormat::Tiff => read::tiff::pixels(bytes, header, plan)?,
        SourceFormat::Bmp => read::bmp::pixels(bytes, header, plan)?,
        SourceFormat::Ico => read::ico::pixels(bytes, header, plan)?,
    };
    let mut attached = attach(bytes, header, plan.metadata);
    if let Some(icc) = profile.filter(|icc| icc.len() as u64 <= profile::MOST_BYTES) {
        if Profile::is_hdr(&icc) {
            return Err(ImageError::unsupported(
                "images of high dynamic range are not supported: convert them to sRGB",
            ));
        }
        if plan.keeps_profile {
            attached.icc = icc;
        } else {
            Profile::attach(&mut plane, &icc)?;
        }
    }
    if !attached.is_empty() {
        plane.attached = Arc::new(attached);
    }
    if plan.light == Light::Linear { linear(plane) } else { Ok(plane) }
}

/// What is to be written beside the pixels. Where the profile is kept, it takes the place of sRGB's.
pub(crate) fn attach(bytes: &[u8], header: &Header, metadata: Metadata) -> Attached {
    if metadata == Metadata::Strip {
        return Attached::default();
    }
    let source = read::attached(bytes, header.format);
    let exif = exif::kept(source.exif, metadata);
    let xmp = if metadata == Metadata::All { xmp::kept(source.xmp) } else { Vec::new() };
    Attached { icc: Profile::srgb(), exif, xmp }
}
