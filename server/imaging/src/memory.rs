//! Estimates of the memory that a rendition takes, so that a server can admit no more of them than
//! it can hold. They mean to be at most somewhat too high.

use crate::plane::Layout;
use crate::step::Step;
use crate::{Compression, Header, Orientation, Output, Size};

/// What small buffers and tables take in all.
const FLOOR: u64 = 2 << 20;

/// What the tables of an ICC conversion take at most, as a rule.
const PROFILE: u64 = 2 << 20;

/// The peak in bytes: the source and the plane are held to the end; beside them the decoder, the
/// widest step, or the encoder.
pub(crate) fn estimate(
    header: &Header,
    source_bytes: u64,
    plane: Size,
    layout: Layout,
    steps: &[Step],
    output: &Output,
) -> u64 {
    let bytes = |size: Size| size.pixels() * layout.channels() as u64;
    let mut widest = header.decoder_bytes;
    let mut input = plane;
    let mut held = 0;
    for step in steps {
        widest = widest.max(held + working_bytes(step, input, layout) + bytes(step.size()));
        input = step.size();
        held = bytes(input);
    }
    // Turning, converting colours and leaving off alpha each make a new image of the last one.
    if header.orientation != Orientation::Normal || header.has_icc || layout.has_alpha() {
        widest = widest.max(held + bytes(input));
        held = bytes(input);
    }
    widest = widest.max(held + encoder_bytes(output, input, layout));
    let profile = if header.has_icc { PROFILE } else { 0 };
    FLOOR + profile + source_bytes + bytes(plane) + widest
}

/// The resizer works on a premultiplied copy of what has alpha, and between its two passes holds
/// an image that is as wide as the result and as high as its input.
fn working_bytes(step: &Step, input: Size, layout: Layout) -> u64 {
    let Step::Resample(resample) = step else { return 0 };
    let channels = layout.channels() as u64;
    let premultiplied = if layout.has_alpha() { input.pixels() * channels } else { 0 };
    let rows = (resample.region.height.ceil() as u64).min(input.height.into());
    premultiplied + u64::from(resample.size.width) * rows * channels
}

/// What an encoder takes, its output included: measured.
fn encoder_bytes(output: &Output, size: Size, layout: Layout) -> u64 {
    let channels = layout.channels() as u64;
    let (fixed, a_pixel) = match output {
        // Optimised Huffman tables need all coefficients: two bytes each, 1.5 a pixel.
        Output::Jpeg(_) => (0, 4),
        Output::Png(png) if png.compression == Compression::Fast => (0, channels * 3 / 2 + 1),
        Output::Png(_) => (1 << 20, channels * 3),
        Output::Webp(webp) if webp.lossless => (16 << 20, 30),
        // Alpha is written as a lossless image of its own.
        Output::Webp(_) | Output::Auto(_) if layout.has_alpha() => (4 << 20, 22),
        Output::Webp(_) | Output::Auto(_) => (1 << 19, 4),
    };
    fixed + size.pixels() * a_pixel
}
