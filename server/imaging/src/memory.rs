//! Estimates of the memory that a rendition takes, so that a server can admit no more of them than
//! it can hold. They are never below what is taken, and at most somewhat too high: `tests/memory` compares.

mod encoder;
mod written;

use crate::layout::Layout;
use crate::plane::Depth;
use crate::shrink::Shrink;
use crate::step::Step;
use crate::{Header, Output, Size, SourceFormat};
use written::Written;

/// What small buffers and tables take in all.
const FLOOR: u64 = 2 << 20;

/// What the tables of an ICC conversion take at most, as a rule.
const PROFILE: u64 = 2 << 20;

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
        let bytes =
            |size: Size, layout: Layout| size.pixels() * layout.channels() as u64 * self.depth.bytes();
        // Before it is made linear, the plane has the depth that is written.
        let before = if self.linear {
            bytes(self.plane, self.layout) * self.written.bytes() / self.depth.bytes()
        } else {
            0
        };
        let mut widest = self.header.decoder_bytes + before + self.shrinking();
        let mut input = self.plane;
        let mut layout = self.layout;
        let mut held = 0;
        for step in self.steps {
            let (working, after) = match step {
                Step::Work(work) => {
                    (work.working_samples(input, layout) * self.depth.bytes(), work.layout(layout))
                }
                step => (working_bytes(step, input, layout, self.depth), layout),
            };
            widest = widest.max(held + working + bytes(step.size(), after));
            (input, layout) = (step.size(), after);
            held = bytes(input, layout);
        }
        if held == 0 && !self.animated {
            // What no step has made anew is copied.
            held = bytes(input, layout);
        }
        if self.depth != self.written {
            let narrowed = input.pixels() * layout.channels() as u64 * self.written.bytes();
            widest = widest.max(held + narrowed);
            held = narrowed;
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
        FLOOR + profile + self.source_bytes + bytes(self.plane, self.layout) + widest
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

/// Between its two passes the resizer holds an image that is as wide as the result and as high as its input. What has alpha
/// is resized in 16 bits, from a copy to a result of its own.
fn working_bytes(step: &Step, input: Size, layout: Layout, depth: Depth) -> u64 {
    let Step::Resample(resample) = step else { return 0 };
    let rows = (resample.region.height.ceil() as u64).min(input.height.into());
    let between = u64::from(resample.size.width) * rows * layout.channels() as u64;
    if !layout.has_alpha() {
        return between * depth.bytes();
    }
    let read = resample.frame.map_or(input, |cut| cut.size);
    (between + (read.pixels() + resample.size.pixels()) * layout.channels() as u64) * Depth::Sixteen.bytes()
}
