//! Estimates of what the encoders of still images take. How long a file becomes nobody knows before; it is taken to be about as
//! long as that of noise, and the buffers that it grows in by doubling to be held twice for a moment.

use super::{Estimate, avif};
use crate::layout::Layout;
use crate::plane::Depth;
use crate::{Jpeg, Output, Size, SourceFormat, Subsampling, Webp, write};

impl Estimate<'_> {
    /// The peak from when the last step has left an image of so many bytes, which has this depth, until the file is there;
    /// what is held by all of the work is left out.
    pub(super) fn encoding(&self, size: Size, layout: Layout, depth: Depth, image: u64) -> u64 {
        let bytes = |layout: Layout| size.pixels() * layout.channels() as u64 * depth.bytes();
        // Alpha that makes nothing transparent is left off in a copy.
        let opaque = if layout.has_alpha() { image + bytes(layout.without_alpha()) } else { image };
        let (copied, image) = match self.output {
            Output::Jpeg(_) if layout.has_alpha() => (opaque, bytes(layout.without_alpha())),
            // WebP knows no grey.
            Output::Webp(_) | Output::Auto(_) if layout.is_gray() => {
                (image + bytes(layout.colored()), bytes(layout.colored()))
            }
            _ => (opaque, image),
        };
        copied.max(image + self.encoder(size, layout, depth))
    }

    /// What an encoder takes beside the image, its file included.
    pub(super) fn encoder(&self, size: Size, layout: Layout, depth: Depth) -> u64 {
        let pixels = size.pixels();
        match self.output {
            Output::Jpeg(jpeg) => coefficients(jpeg, size, layout) + file(pixels, jpeg.quality()) * 3,
            // Room for the greatest length at once, and in the end the file as long as it is.
            Output::Png(_) => (1 << 20) + write::most_png_bytes(size, layout, depth.bytes()) * 2,
            Output::Webp(webp) if webp.lossless => {
                lossless(pixels, self.header.format == SourceFormat::Gif && self.steps.is_empty())
            }
            Output::Webp(webp) => lossy(pixels, layout, webp),
            Output::Auto(_) => lossy(pixels, layout, &Webp::default()),
            Output::Avif(options) => avif::encoder_bytes(options, size, layout),
            Output::Gif(_) => (2 << 20) + pixels * 10,
        }
    }
}

/// Optimised Huffman tables need all coefficients, two bytes each, of whole blocks.
fn coefficients(jpeg: &Jpeg, size: Size, layout: Layout) -> u64 {
    let blocks = |side: u32| u64::from(side).next_multiple_of(16);
    let (luma, chroma) = match jpeg.subsampling.at(jpeg.quality()) {
        _ if layout.is_gray() => (2, 0),
        Subsampling::Whole => (2, 4),
        Subsampling::Half => (2, 2),
        Subsampling::Quarter | Subsampling::Unspecified => (2, 1),
    };
    blocks(size.width) * blocks(size.height) * (luma + chroma)
}

/// How long a lossy file may become.
fn file(pixels: u64, quality: u32) -> u64 {
    let quality = f64::from(quality) / 100.0;
    (pixels as f64 * (0.1 + 1.5 * quality.powi(8))) as u64
}

/// The hash chain and the references of a lossless image, and the histograms of its tiles: two of each, of 3.3 KB and 1304
/// numbers. There are at most 2600 tiles, of at least 8 x 8 pixels, or 32 x 32 where there is a palette; a header tells of one
/// only if it is a GIF's.
pub(super) fn lossless(pixels: u64, has_palette: bool) -> u64 {
    let tiles = pixels / if has_palette { 1024 } else { 64 } + 64;
    pixels * 32 + tiles.min(2600) * 17_000
}

/// Luma, chroma and tokens of a lossy image; its alpha is a lossless image of its own.
fn lossy(pixels: u64, layout: Layout, webp: &Webp) -> u64 {
    let alpha = if layout.has_alpha() { pixels * 18 + (pixels * 32).min(4 << 20) } else { 0 };
    alpha + pixels * 3 + file(pixels, webp.quality()) * 3 + (256 << 10)
}
