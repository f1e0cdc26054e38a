//! Estimates of what renditions take that stay in luma and chroma.

use super::passes::{Passes, Side};
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
    /// What the resizer holds between its passes, and the result; chroma is copied where it has samples beyond the image, under
    /// pixels that are repeated at its edges.
    fn peak(&self) -> u64 {
        let Resample { frame, region, size } = self.resample;
        let read = frame.map_or(self.input, |cut| cut.size);
        let luma = Passes::new(*region, read, *size).between(Depth::Eight) + size.pixels();
        let (chroma, padded) = (self.from.chroma(read), self.to.padded(*size));
        let side = |start: f64, length: f64, share: u8, from: u32, padded: u32, size: u32, to: u32| {
            let beyond = f64::from(padded) / f64::from(size.max(1));
            let reaching = (f64::from(from) * beyond).ceil() as u32 + if padded == size { 0 } else { 2 };
            let share = f64::from(share);
            // Samples beyond may stand on either side, and shift the others by a fraction.
            let start = if padded == size { start / share } else { 0.5 };
            (Side::new(start, length * beyond / share, reaching, to), reaching)
        };
        let made = self.to.chroma(*size);
        let Sampling { across, down } = self.from;
        let (across, width) =
            side(region.x, region.width, across, chroma.width, padded.width, size.width, made.width);
        let (down, height) =
            side(region.y, region.height, down, chroma.height, padded.height, size.height, made.height);
        let copy = if padded == *size { 0 } else { Size::new(width, height).pixels() };
        let chroma = Passes { across, down }.between(Depth::Eight) + copy + self.to.samples(*size);
        luma.max(chroma)
    }
}
