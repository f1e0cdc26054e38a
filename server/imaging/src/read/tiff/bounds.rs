//! What the decoder takes on trust, and must not: it reads tables of any length, makes rows and tiles as large as they say that
//! they are, undoes predictors with the wrong number of samples, and lets JPEG streams be larger than what they are to fill.

use tiff::TiffResult;
use tiff::decoder::ChunkType;
use tiff::tags::{CompressionMethod, Tag};

use super::directory::Directory;
use super::{Arrangement, Kind, Tiff, failed};
use crate::read::jpeg::Markers;
use crate::{ImageError, Size};

/// The most values of a table, which the decoder reads into 32 bytes each: more strips than a source may have rows, and a
/// table of four planes of them.
const MOST_VALUES: u64 = 1 << 19;
/// The tables that the decoder reads before it can be given limits: of bits, strips, samples, tiles and JPEG.
const TABLES: [u16; 9] = [258, 273, 279, 320, 324, 325, 338, 339, 347];

/// The most samples a pixel: four colours and as many of which nothing is known.
const MOST_SAMPLES: u16 = 8;
/// The most pixels on a side of a tile in an image that is smaller.
const LARGEST_TILE: u32 = 4096;
/// In how many bytes at the end of a JPEG stream its end marker is looked for: some programs fill up with zeros.
const TAIL: usize = 64;
/// How often the same bytes may be decoded, all in all.
const MOST_READ: u64 = 4;

/// Refuses tables that are longer than any image needs.
pub(super) fn check_tables(bytes: &[u8]) -> Result<(), ImageError> {
    let Some(directory) = Directory::first_of(bytes) else { return Ok(()) };
    match directory.entries().find(|entry| TABLES.contains(&entry.tag) && entry.count > MOST_VALUES) {
        Some(entry) => {
            let message =
                format!("tiff: the table {} has {} values, more than {MOST_VALUES}", entry.tag, entry.count);
            Err(ImageError::undecodable(message))
        }
        None => Ok(()),
    }
}

/// Refuses what the decoder would make too much of, or the wrong thing.
pub(super) fn check(tiff: &mut Tiff<'_>, kind: Kind) -> Result<(), ImageError> {
    let mut tag = |tag| tiff.find_tag_unsigned::<u32>(tag).map_err(failed);
    let samples = tag(Tag::SamplesPerPixel)?.unwrap_or(1);
    let (across, down) = (tag(Tag::TileWidth)?, tag(Tag::TileLength)?);
    let predicted = tag(Tag::Predictor)?.unwrap_or(1) != 1;
    let white_is_zero = tag(Tag::PhotometricInterpretation)? == Some(0);
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
    let has_more = kind.arrangement == Arrangement::Pixels && samples > kind.color.num_samples().into();
    if has_more && (predicted || (across.is_some() && (kind.bits == 16 || white_is_zero))) {
        let message = "tiff images with samples beside colours and alpha are not supported where they are predicted, or in tiles \
                       of 16 bits: save it without them";
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

/// Refuses JPEG streams within the file that are larger than their strip or tile, or not there to their end.
pub(super) fn check_streams(tiff: &mut Tiff<'_>, bytes: &[u8]) -> Result<(), ImageError> {
    let compression = tiff.find_tag_unsigned::<u16>(Tag::Compression).map_err(failed)?;
    if compression != Some(CompressionMethod::ModernJPEG.to_u16()) {
        return Ok(());
    }
    let (offsets, lengths) = match tiff.find_tag(Tag::TileOffsets).map_err(failed)? {
        Some(_) => (Tag::TileOffsets, Tag::TileByteCounts),
        None => (Tag::StripOffsets, Tag::StripByteCounts),
    };
    let mut table = |tag| tiff.find_tag_unsigned_vec::<u64>(tag).map_err(failed);
    let (offsets, lengths) = (table(offsets)?.unwrap_or_default(), table(lengths)?.unwrap_or_default());
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
        check_stream(stream, chunk)?;
    }
    Ok(())
}

fn check_stream(stream: &[u8], chunk: Size) -> Result<(), ImageError> {
    let Some(frame) = Markers::read(stream)?.frame else {
        return Err(ImageError::undecodable("tiff: a jpeg stream has no frame header"));
    };
    if frame.size.width > chunk.width || frame.size.height > chunk.height {
        let message = format!("tiff: a jpeg stream has {} pixels, its strip or tile {chunk}", frame.size);
        return Err(ImageError::undecodable(message));
    }
    if frame.progressive || frame.lossless {
        return Err(ImageError::unsupported("tiff images in progressive or lossless jpeg are not supported"));
    }
    if frame.components > 4 {
        return Err(ImageError::undecodable("tiff: a jpeg stream has more than four components"));
    }
    Ok(())
}
