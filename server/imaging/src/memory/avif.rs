//! An estimate of what the encoder of AVIF takes, its output included: measured with libaom 3.11, by counting what it asks for.

use crate::layout::Layout;
use crate::{Avif, Size, Subsampling};

/// From this length of the shorter side on the default speed searches less.
const LARGE: u32 = 1080;

/// What the encoder takes beside the image.
pub(super) fn encoder_bytes(options: &Avif, size: Size, layout: Layout) -> u64 {
    let is_large = size.width.min(size.height) >= LARGE;
    let (fixed, search) = match options.speed() {
        0..=4 => (5 << 19, 47),
        5 => (1 << 18, 47),
        6 if !is_large => (1 << 18, 44),
        _ => (1 << 18, 28),
    };
    let chroma = match options.subsampling.at(options.quality()) {
        _ if layout.is_gray() => -4,
        Subsampling::Whole => 18,
        Subsampling::Half => 7,
        Subsampling::Quarter | Subsampling::Unspecified => 0,
    };
    let alpha = if layout.has_alpha() { 3 } else { 0 };
    fixed + size.pixels() * (search + chroma + alpha) as u64
}
