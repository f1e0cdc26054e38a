//! Estimates of the memory that a rendition takes, so that a server can admit no more of them than
//! it can hold. They mean to be at most somewhat too high.

mod avif;
mod written;

use crate::layout::Layout;
use crate::plane::Depth;
use crate::step::Step;
use crate::{Compression, Header, Output, Size};
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
        let mut widest = self.header.decoder_bytes;
        let mut input = self.plane;
        let mut layout = self.layout;
        let mut held = 0;
        for step in self.steps {
            let (working, after) = match step {
                Step::Work(work) => {
                    (work.working_samples(input, layout) * self.depth.bytes(), work.layout(layout))
                }
                step => (working_samples(step, input, layout) * self.depth.bytes(), layout),
            };
            widest = widest.max(held + working + bytes(step.size(), after));
            (input, layout) = (step.size(), after);
            held = bytes(input, layout);
        }
        // Converting colours and leaving off alpha each make a new image of the last one.
        if self.header.has_icc || (layout.has_alpha() && !self.animated) {
            widest = widest.max(held + bytes(input, layout));
            held = bytes(input, layout);
        }
        if self.animated {
            let written = Written { header: self.header, source_bytes: self.source_bytes, size: input };
            let encoder = written.encoder(self.output, self.steps.is_empty());
            // Frames in linear light are made from a canvas that is not.
            let canvas = if self.depth == Depth::Sixteen { self.header.coded.pixels() * 4 } else { 0 };
            widest = canvas + self.header.decoder_bytes + encoder.held + widest.max(held + encoder.adding);
        } else {
            widest = widest.max(held + encoder_bytes(self.output, input, layout, self.depth));
        }
        let profile = if self.header.has_icc { PROFILE } else { 0 };
        FLOOR + profile + self.source_bytes + bytes(self.plane, self.layout) + widest
    }
}

/// The resizer works on a premultiplied copy of what has alpha, and between its two passes holds
/// an image that is as wide as the result and as high as its input.
fn working_samples(step: &Step, input: Size, layout: Layout) -> u64 {
    let Step::Resample(resample) = step else { return 0 };
    let channels = layout.channels() as u64;
    let premultiplied = if layout.has_alpha() { input.pixels() * channels } else { 0 };
    let rows = (resample.region.height.ceil() as u64).min(input.height.into());
    premultiplied + u64::from(resample.size.width) * rows * channels
}

/// What an encoder takes, its output included: measured.
fn encoder_bytes(output: &Output, size: Size, layout: Layout, depth: Depth) -> u64 {
    let channels = layout.channels() as u64 * depth.bytes();
    let (fixed, a_pixel) = match output {
        // Optimised Huffman tables need all coefficients: two bytes each, 1.5 a pixel.
        Output::Jpeg(_) => (0, 4),
        Output::Png(png) if png.compression == Compression::Fast => (0, channels * 3 / 2 + 1),
        Output::Png(_) => (1 << 20, channels * 3),
        Output::Webp(webp) if webp.lossless => (16 << 20, 30),
        // Alpha is written as a lossless image of its own.
        Output::Webp(_) | Output::Auto(_) if layout.has_alpha() => (4 << 20, 22),
        Output::Webp(_) | Output::Auto(_) => (1 << 19, 4),
        Output::Avif(options) => return avif::encoder_bytes(options, size, layout),
        Output::Gif(_) => (2 << 20, 7),
    };
    fixed + size.pixels() * a_pixel
}
