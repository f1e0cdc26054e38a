//! Estimates of what renditions take that stay in luma and chroma.

use super::{Estimate, FLOOR, weights};
use crate::layout::Layout;
use crate::plane::Depth;
use crate::sampling::Sampling;
use crate::step::{Resample, Step};
use crate::ycc::Range;
use crate::{Output, Size, SourceFormat, write};

/// What the codecs take however small the image is, beside what all renditions do: measured.
const CODECS: u64 = 3 << 19;

impl Estimate<'_> {
    /// As [`Estimate::peak`], where luma and chroma stay in planes of their own, decoded with this sampling. The decoder and
    /// the encoder take memory from the allocator of C, and what the steps gave back to the other one does not serve them.
    pub(super) fn peak_of_planes(&self, sampling: Sampling) -> u64 {
        let (written, range) = write::form(self.output).unwrap_or((sampling, Range::Full));
        let decoded = if self.header.format == SourceFormat::Webp { Range::Video } else { Range::Full };
        let (mut input, mut from, mut held, mut widest) = (self.plane, sampling, 0, 0);
        for step in self.steps {
            let size = step.size();
            let after = written.samples(size);
            match step {
                Step::Keep(_) | Step::Display(_) => continue,
                Step::Resample(resample) => {
                    let resampling = Resampling { resample, input, from, to: written };
                    widest = widest.max(held + resampling.peak() + weights(step));
                    from = written;
                }
                _ => widest = widest.max(held + after),
            }
            (input, held) = (size, after);
        }
        // Levels are changed in a copy, for other renditions may need what was decoded.
        if held == 0 && decoded != range {
            widest = sampling.samples(input);
        }
        // A WebP is whole before it shrinks, and shrinks in its place.
        let decoded_size = if decoded == Range::Video { self.header.coded } else { self.plane };
        // WebP's encoder makes luma and chroma of pixels, but not of what is luma and chroma already.
        let made = if matches!(self.output, Output::Jpeg(_)) { 0 } else { input.pixels() * 3 / 2 };
        let encoder = self.encoder(input, Layout::Rgb, Depth::Eight).saturating_sub(made);
        let codec = self.header.decoder_bytes.max(encoder);
        FLOOR + CODECS + self.source_bytes + sampling.samples(decoded_size) + widest + codec
    }
}

/// Planes that are resampled, one after the other.
struct Resampling<'a> {
    resample: &'a Resample,
    input: Size,
    from: Sampling,
    to: Sampling,
}

impl Resampling<'_> {
    /// Between its two passes the resizer holds a plane that is as wide as its input and as high as the result. The
    /// result is there as well, and under odd sizes a copy of the chroma.
    fn peak(&self) -> u64 {
        let size = self.resample.size;
        let columns = (self.resample.region.width.ceil() as u64).min(self.input.width.into());
        let luma = columns * u64::from(size.height) + size.pixels();
        let chroma = self.to.chroma(size);
        let copy = if self.to.padded(size) == size { 0 } else { self.from.chroma(self.input).pixels() };
        let columns = columns.div_ceil(self.from.across.into());
        let with_chroma = columns * u64::from(chroma.height) + copy + self.to.samples(size);
        luma.max(with_chroma)
    }
}
