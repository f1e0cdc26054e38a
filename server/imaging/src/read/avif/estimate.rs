//! What the decoder holds, foreseen from the boxes and the headers of the bitstreams.

use super::content::Content;
use super::extents::Extents;
use super::mosaic::Mosaic;
use crate::av1;

/// What the decoder holds of the largest part: the bitstream, its pictures in blocks of 128 by 128 pixels, and what it notes of
/// each block; measured by counting what it asks for. [`super::pixels`] refuses a bitstream that would make it hold more.
pub(super) fn decoder_bytes(content: &Content<'_>) -> u64 {
    of(&content.color).max(content.alpha.as_ref().map_or(0, of)).saturating_add(640 << 10)
}

fn of(mosaic: &Mosaic<'_>) -> u64 {
    let doubled_samples = match (mosaic.config.is_gray, mosaic.config.subsampling) {
        (true, _) => 2,
        (false, (true, true)) => 3,
        (false, (true, false)) => 4,
        (false, _) => 6,
    };
    let bytes = if mosaic.config.bits > 8 { 2 } else { 1 };
    let side = |side: u32| u64::from(side).next_multiple_of(128);
    // Rows are a little longer, so that they do not all lie in the same lines of the processor's cache.
    let pixels = (side(mosaic.tile.width) + 64).saturating_mul(side(mosaic.tile.height));
    let picture = pixels.saturating_mul(doubled_samples * bytes) / 2;
    let part = |data: &Extents<'_>| {
        let frames = data.frames() as u64;
        let pictures = frames + extra_pictures(mosaic, data);
        // Frames that are held for others have their motion with them, and how likely each symbol is.
        let notes = pixels / 8 * 5 + (pixels / 8 + (64 << 10)) * (frames - 1);
        picture.saturating_mul(pictures).saturating_add(notes).saturating_add(data.held_bytes())
    };
    mosaic.tiles.iter().map(part).max().unwrap_or(0)
}

/// The pictures that a frame needs beside its own: one before it is stretched, and one with grain of film on it. Where the
/// header of the bitstream is not there yet, it may need both.
fn extra_pictures(mosaic: &Mosaic<'_>, data: &Extents<'_>) -> u64 {
    let sequence = av1::sequence(data.beginning()).or_else(|| av1::sequence(mosaic.config.units));
    sequence.map_or(2, |sequence| u64::from(sequence.is_stretched) + u64::from(sequence.has_grain))
}
