//! Estimates of what the encoders of animations take. How well frames compress, and how much of each changes, nobody
//! knows before; the numbers are measured on photographs, drawings and screen recordings, and lie in the upper part of
//! what was seen.

use super::encoder::lossless;
use crate::{Header, Output, Size, SourceFormat};

/// An animation that is written.
pub(super) struct Written<'a> {
    pub header: &'a Header,
    pub source_bytes: u64,
    pub size: Size,
}

/// What an encoder takes, in bytes.
pub(super) struct Encoder {
    /// From the first frame to the last.
    pub held: u64,
    /// While it adds a frame, beside the frame.
    pub adding: u64,
}

impl Written<'_> {
    /// `as_it_was`: whether the frames are written as they were read, in as few colours.
    pub fn encoder(&self, output: &Output, as_it_was: bool) -> Encoder {
        let few_colors = as_it_was && self.header.format == SourceFormat::Gif;
        let pixels = self.size.pixels();
        match output {
            // What is seen, and the frame that waits. The file grows by doubling.
            Output::Gif(_) => {
                Encoder { held: pixels * 8 + self.file(0.5, 4.0) * 3 / 2, adding: (1 << 20) + pixels * 12 }
            }
            // The frame, what was before it, and that disposed of. Each frame of the file, the file, and its copy.
            Output::Webp(webp) if webp.lossless => {
                let held = pixels * 12 + self.file(1.0, 8.0) * 3;
                Encoder { held, adding: if few_colors { pixels * 12 } else { lossless(pixels, false) } }
            }
            _ => Encoder { held: pixels * 12 + self.file(0.5, 26.0) * 3, adding: pixels * 18 },
        }
    }

    /// How long the file becomes: so many bytes a pixel and frame, but not many times as long as the source. Enlarged
    /// frames have more pixels, but not more in them.
    fn file(&self, a_pixel: f64, a_byte: f64) -> u64 {
        let source = self.header.coded.pixels().max(1) as f64;
        let scale = self.size.pixels() as f64 / source;
        let growth = scale.max(1.0).powf(0.75);
        let pixels = source * scale.min(1.0) * growth * f64::from(self.header.frames);
        (pixels * a_pixel).min(self.source_bytes as f64 * growth * a_byte) as u64
    }
}
