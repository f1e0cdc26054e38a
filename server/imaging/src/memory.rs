//! Estimates of the memory that a rendition takes, so that a server can admit no more of them than
//! it can hold. They are never below what is taken, and at most somewhat too high: `tests/memory` compares.

mod avif;
mod encoder;
mod passes;
mod planes;
mod written;

use crate::layout::Layout;
use crate::plane::Depth;
use crate::region::Region;
use crate::sampling::Sampling;
use crate::shrink::Shrink;
use crate::step::{Resample, Step};
use crate::{Header, Output, Size, SourceFormat};
use passes::Passes;
use written::Written;

/// What small buffers and tables take in all.
const FLOOR: u64 = 2 << 20;

/// What the tables of an ICC conversion take at most, as a rule.
const PROFILE: u64 = 2 << 20;

/// The longest side of the small copy in which a box is sought.
const SOUGHT_IN: u32 = 256;

/// What is to be estimated.
pub(crate) struct Estimate<'a> {
    pub header: &'a Header,
    /// The length of the source.
    pub source_bytes: u64,
    /// The plane as it is decoded.
    pub plane: Size,
    /// Its samples.
    pub layout: Layout,
    /// Their depth.
    pub depth: Depth,
    /// The depth of what is written.
    pub written: Depth,
    /// Whether the plane is in linear light, and so was made from another one.
    pub linear: bool,
    /// How chroma is sampled, where it and luma stay in planes of their own.
    pub planes: Option<Sampling>,
    /// All that is done to it, the display of its colours at the end left out.
    pub steps: &'a [Step],
    /// How it is written.
    pub output: &'a Output,
    /// Whether all frames are written.
    pub animated: bool,
}

impl Estimate<'_> {
    /// The peak in bytes: the source and the plane are held to the end; beside them the decoder, the
    /// widest step, or the encoder. Of an animation the decoder and the encoder are held as well, the encoder with the
    /// frames that it has written.
    pub fn peak(&self) -> u64 {
        if let Some(sampling) = self.planes {
            return self.peak_of_planes(sampling);
        }
        let mut depth = self.depth;
        let bytes = |size: Size, layout: Layout, depth: Depth| {
            size.pixels() * layout.channels() as u64 * depth.bytes()
        };
        let plane = bytes(self.plane, self.layout, depth);
        // Before it is made linear, the plane has the depth that is written, and the other one is not there yet.
        let mut widest = self.header.decoder_bytes + self.shrinking();
        if self.linear {
            let before = bytes(self.plane, self.layout, self.written);
            widest = before.max((widest + before).saturating_sub(plane));
        }
        let (mut input, mut layout) = (self.plane, self.layout);
        // The image that the last step has made; before the first there is the plane alone.
        let mut held = 0;
        for step in self.steps.iter().chain([&Step::Display(input)]) {
            let (working, after) = match step {
                Step::Keep(_) => continue,
                // A profile changes colours in place, but not those of the plane.
                Step::Display(_) if depth == self.written && (held > 0 || !self.header.has_icc) => continue,
                Step::Display(_) => {
                    depth = self.written;
                    (0, bytes(input, layout, depth))
                }
                Step::Work(work) => {
                    let working = work.working_bytes(input, layout, depth);
                    layout = work.layout(layout);
                    (working, bytes(step.size(), layout, depth))
                }
                step => {
                    let working = working_bytes(step, input, layout, depth) + weights(step);
                    (working, bytes(step.size(), layout, depth))
                }
            };
            widest = widest.max(held + working + after);
            if !matches!(step, Step::Display(_)) {
                input = step.size();
            }
            held = after;
        }
        if held == 0 && !self.animated {
            // What no step has made anew is copied.
            held = plane;
        }
        if self.animated {
            let written = Written { header: self.header, source_bytes: self.source_bytes, size: input };
            let encoder = written.encoder(self.output, self.steps.is_empty());
            // Frames in linear light are made from a canvas that is not.
            let canvas = if self.depth == Depth::Sixteen { self.header.coded.pixels() * 4 } else { 0 };
            widest = canvas + self.header.decoder_bytes + encoder.held + widest.max(held + encoder.adding);
        } else {
            widest = widest.max(self.encoding(input, layout, self.written, held));
        }
        let profile = if self.header.has_icc { PROFILE } else { 0 };
        FLOOR + profile + self.source_bytes + plane + widest
    }

    /// What is gathered of an image that is shrunk row by row.
    fn shrinking(&self) -> u64 {
        let factor = self.header.coded.width.div_ceil(self.plane.width.max(1));
        if self.header.format != SourceFormat::Png || factor < 2 {
            return 0;
        }
        match self.depth {
            Depth::Eight => Shrink::<u8>::memory_bytes(self.header.coded.width, self.layout, factor),
            Depth::Sixteen => Shrink::<u16>::memory_bytes(self.header.coded.width, self.layout, factor),
        }
    }
}

/// What the resizer holds between its passes. What has alpha is resized in 16 bits, from a copy to a result of its own, but as it
/// is where nothing in it is transparent, which is not known yet. What is sought is sought in a small copy.
fn working_bytes(step: &Step, input: Size, layout: Layout, depth: Depth) -> u64 {
    let (region, read, made) = match step {
        Step::Resample(Resample { frame, region, size }) => {
            (*region, frame.map_or(input, |cut| cut.size), *size)
        }
        Step::Seek(_) => (Region::whole(input), input, sought_in(input)),
        _ => return 0,
    };
    let channels = layout.channels() as u64;
    let passes = Passes::new(region, read, made);
    let between = |depth: Depth| passes.between(depth) * channels * depth.bytes();
    if !layout.has_alpha() {
        return between(depth);
    }
    let copies = (read.pixels() + made.pixels()) * channels * Depth::Sixteen.bytes();
    between(depth).max(between(Depth::Sixteen) + copies)
}

/// The size of the small copy in which a box is sought.
fn sought_in(input: Size) -> Size {
    let longest = u64::from(input.longest().max(SOUGHT_IN));
    let side = |side: u32| (u64::from(side) * u64::from(SOUGHT_IN)).div_ceil(longest) as u32;
    Size::new(side(input.width), side(input.height))
}

/// The weights of a filter that reaches three pixels of the smaller image to each side, six a pixel of the larger one, as
/// fractions and as whole numbers.
fn weights(step: &Step) -> u64 {
    let Step::Resample(Resample { region, size, .. }) = step else { return 0 };
    let longer = |from: f64, to: u32| (from.ceil() as u64).max(to.into());
    (longer(region.width, size.width) + longer(region.height, size.height)) * 6 * 12
}
