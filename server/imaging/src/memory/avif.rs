//! An estimate of what the encoder of AVIF takes, its output included: measured with libaom 3.11, by counting what it asks for.

use crate::layout::Layout;
use crate::{Avif, Size, Subsampling};

/// From this length of the shorter side on the default speed searches less.
const LARGE: u32 = 1080;

/// What the encoder takes beside the image: so much always; so much a pixel for what it notes, of whole blocks of 64 by 64
/// pixels; and so much a pixel of the pictures that it holds, which have 64 more around.
pub(super) fn encoder_bytes(options: &Avif, size: Size, layout: Layout) -> u64 {
    let is_large = size.width.min(size.height) >= LARGE;
    let (fixed, notes, pictures) = match options.speed() {
        0..=4 => (4_300_000, 17, 16),
        5 => (2_000_000, 17, 15),
        6 if !is_large => (2_000_000, 15, 14),
        _ => (2_500_000, 10, 9),
    };
    let (chroma_notes, chroma_pictures) = match options.subsampling.at(options.quality()) {
        _ if layout.is_gray() => (-2, -1),
        Subsampling::Whole => (12, 5),
        Subsampling::Half => (5, 3),
        Subsampling::Quarter | Subsampling::Unspecified => (0, 0),
    };
    let blocks = |side: u32| u64::from(side).next_multiple_of(64);
    let noted = blocks(size.width) * blocks(size.height);
    let pictured = (blocks(size.width) + 128) * (blocks(size.height) + 128);
    let alpha = if layout.has_alpha() { size.pixels() * 3 } else { 0 };
    fixed + noted * (notes + chroma_notes) as u64 + pictured * (pictures + chroma_pictures) as u64 + alpha
}
