//! What the decoder takes on trust, and must not: it reads tables of any length, makes rows and tiles as large as they say that
//! they are, undoes predictors with the wrong number of samples, and lets JPEG streams be larger than what they are to fill.

use tiff::TiffResult;
use tiff::decoder::ChunkType;
use tiff::tags::{CompressionMethod, Tag};

use super::directory::{Directory, Entry};
use super::{Arrangement, Kind, Tiff, failed, stream};
use crate::{ImageError, Size};

/// The most values of a table of strips or tiles, of which the decoder makes 32 bytes each: more than a source may have rows,
/// and a table of four planes of them.
const MOST_VALUES: u64 = 1 << 19;
/// The tags that the decoder reads before it can be given limits, and how many values each may have.
const COUNTS: [(&[u16], u64); 4] = [
    // Offsets and lengths of strips and tiles.
    (&[273, 279, 324, 325], MOST_VALUES),
    // Bits, kinds and meanings of samples, and palettes.
    (&[258, 320, 338, 339], 1 << 16),
    // What all JPEG streams begin with.
    (&[347], 1 << 14),
    // Numbers.
    (&[256, 257, 259, 262, 266, 277, 278, 284, 317, 322, 323, 530], 16),
];
/// The types of values that the decoder knows (TIFF 6.0, section 2, and BigTIFF). It reads a directory otherwise than it is
/// meant where there is another one.
const TYPES: [std::ops::RangeInclusive<u16>; 2] = [1..=13, 16..=18];

/// The most samples a pixel: four colours and as many of which nothing is known.
const MOST_SAMPLES: u16 = 8;
/// The most pixels on a side of a tile in an image that is smaller.
const LARGEST_TILE: u32 = 4096;
/// In how many bytes at the end of a JPEG stream its end marker is looked for: some programs fill up with zeros.
const TAIL: usize = 64;
/// How often the same bytes may be read, all in all.
const MOST_READ: u64 = 4;
/// What a decompressor may read ahead of a strip's end, in bytes: flate2 takes 32 KiB at a time.
const AHEAD: u64 = 40 << 10;
/// The most bytes of shared JPEG tables, once for each strip or tile.
const MOST_SHARED: u64 = 256 << 20;

/// Refuses tables that are longer than any image needs.
pub(super) fn check_tables(bytes: &[u8]) -> Result<(), ImageError> {
    let Some(directory) = Directory::first_of(bytes) else { return Ok(()) };
    for Entry { tag, kind, count, .. } in directory.entries() {
        let most = COUNTS.iter().find(|(tags, _)| tags.contains(&tag)).map_or(u64::MAX, |(_, most)| *most);
        if count > most {
            let message = format!("tiff: the tag {tag} has {count} values, more than {most}");
            return Err(ImageError::undecodable(message));
        }
        if directory.is_big && !TYPES.iter().any(|types| types.contains(&kind)) {
            return Err(ImageError::undecodable(format!(
                "tiff: the tag {tag} has values of the unknown type {kind}"
            )));
        }
    }
    Ok(())
}

/// Refuses what the decoder would make too much of, or the wrong thing.
pub(super) fn check(tiff: &mut Tiff<'_>, kind: Kind) -> Result<(), ImageError> {
    let mut tag = |tag| tiff.find_tag_unsigned::<u32>(tag).map_err(failed);
    let samples = tag(Tag::SamplesPerPixel)?.unwrap_or(1);
    let (across, down) = (tag(Tag::TileWidth)?, tag(Tag::TileLength)?);
    let predicted = tag(Tag::Predictor)?.unwrap_or(1) != 1;
    let (width, height) = tiff.dimensions().map_err(failed)?;
    if samples > MOST_SAMPLES.into() {
        let message =
            format!("tiff images of {samples} samples a pixel are not supported: at most {MOST_SAMPLES} are");
        return Err(ImageError::unsupported(message));
    }
    for (tile, side) in [(across, width), (down, height)] {
        if tile.is_some_and(|tile| tile > rounded_up(side).max(LARGEST_TILE)) {
            return Err(ImageError::undecodable("tiff: the tiles are far larger than the image"));
        }
    }
    // The decoder takes the last tiles of all planes but the first for whole ones, and panics.
    if kind.arrangement == Arrangement::Planes && down.is_some_and(|tile| !height.is_multiple_of(tile)) {
        let message = "tiff images with a plane for each colour, in tiles that do not end with the image, are not supported";
        return Err(ImageError::unsupported(message));
    }
    let has_more = kind.arrangement == Arrangement::Pixels && samples > kind.color.num_samples().into();
    if has_more && (predicted || across.is_some()) {
        let message = "tiff images with samples beside colours and alpha are not supported where they are predicted, or in tiles: \
                       save it without them";
        return Err(ImageError::unsupported(message));
    }
    Ok(())
}

/// To whole blocks of a JPEG.
fn rounded_up(side: u32) -> u32 {
    side.checked_next_multiple_of(16).unwrap_or(side)
}

/// The size of a tile, or of a strip, which may say that it is higher than the image.
pub(super) fn chunk(tiff: &mut Tiff<'_>) -> TiffResult<Size> {
    let (width, height) = tiff.chunk_dimensions();
    let most = match tiff.get_chunk_type() {
        ChunkType::Strip => rounded_up(tiff.dimensions()?.1),
        ChunkType::Tile => u32::MAX,
    };
    Ok(Size::new(width, height.min(most)))
}

/// What the decoder may read for all strips and tiles: the file some times over, which no program writes, what its buffers read
/// ahead, and, where nothing is compressed, the image.
pub(super) fn most_read(file: usize, chunks: u32, image: u64) -> u64 {
    (file as u64).saturating_mul(MOST_READ).saturating_add(u64::from(chunks) * AHEAD).saturating_add(image)
}

/// Refuses JPEG streams within the file that are larger than their strip or tile, or not there to their end.
pub(super) fn check_streams(tiff: &mut Tiff<'_>, kind: Kind, bytes: &[u8]) -> Result<(), ImageError> {
    let compression = tiff.find_tag_unsigned::<u16>(Tag::Compression).map_err(failed)?;
    if compression != Some(CompressionMethod::ModernJPEG.to_u16()) {
        return Ok(());
    }
    let (offsets, lengths) = match tiff.get_chunk_type() {
        ChunkType::Tile => (Tag::TileOffsets, Tag::TileByteCounts),
        ChunkType::Strip => (Tag::StripOffsets, Tag::StripByteCounts),
    };
    let mut table = |tag| tiff.find_tag_unsigned_vec::<u64>(tag).map_err(failed);
    let (offsets, lengths) = (table(offsets)?.unwrap_or_default(), table(lengths)?.unwrap_or_default());
    let shared = tiff.find_tag(Tag::JPEGTables).map_err(failed)?.map(|value| value.into_u8_vec());
    let shared = shared.transpose().map_err(failed)?.unwrap_or_default();
    if !shared.is_empty() && stream::head(&shared)?.is_some() {
        return Err(ImageError::undecodable("tiff: the shared jpeg tables hold an image"));
    }
    if (shared.len() as u64).saturating_mul(offsets.len() as u64) > MOST_SHARED {
        return Err(ImageError::undecodable(
            "tiff: the jpeg tables are too long for so many strips or tiles",
        ));
    }
    let samples = match kind.arrangement {
        Arrangement::Pixels => {
            tiff.find_tag_unsigned::<u16>(Tag::SamplesPerPixel).map_err(failed)?.unwrap_or(1)
        }
        Arrangement::Planes => 1,
    };
    let chunk = chunk(tiff).map_err(failed)?;
    let mut left = (bytes.len() as u64).saturating_mul(MOST_READ);
    for (offset, length) in offsets.into_iter().zip(lengths) {
        let stream = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
        let stream = stream.and_then(|(offset, length)| bytes.get(offset..offset.checked_add(length)?));
        let whole = stream.filter(|stream| {
            let tail = &stream[stream.len().saturating_sub(TAIL)..];
            tail.windows(2).any(|pair| pair == [0xff, 0xd9])
        });
        let Some(stream) = whole else {
            return Err(ImageError::undecodable("the tiff is cut off: a jpeg stream has no end"));
        };
        left = left.checked_sub(length).ok_or_else(|| {
            ImageError::undecodable("tiff: the same jpeg stream stands for many strips or tiles")
        })?;
        let frame = stream::head(stream)?;
        let Some(frame) = frame.filter(|frame| u16::from(frame.components) <= samples) else {
            return Err(ImageError::undecodable("tiff: a jpeg stream has no image, or too many components"));
        };
        if frame.size.width > chunk.width || frame.size.height > chunk.height {
            let message = format!("tiff: a jpeg stream has {} pixels, its strip or tile {chunk}", frame.size);
            return Err(ImageError::undecodable(message));
        }
    }
    Ok(())
}
