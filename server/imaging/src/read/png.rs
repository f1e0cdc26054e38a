//! PNG: all colour types and depths, interlaced or not. Of an APNG the default image is read, which
//! is the first thing that every viewer shows. 16-bit samples are reduced to 8.

use std::io::Cursor;

use crate::header::ColorModel;
use crate::plane::{Layout, Plane, blank};
use crate::read::exif;
use crate::{Header, ImageError, Orientation, Size, SourceFormat};

/// What the decoder may allocate beside the pixels: profiles and other chunks.
const CHUNK_MEMORY: usize = 32 << 20;

/// Reads the chunks up to the end of the bytes; only the first, `IHDR`, has to be there.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let broken = || ImageError::undecodable("the png header is cut off or broken");
    let number =
        |at: usize| -> Option<u32> { bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes) };
    if bytes.get(12..16) != Some(b"IHDR") || number(8) != Some(13) {
        return Err(broken());
    }
    let coded = Size::new(number(16).ok_or_else(broken)?, number(20).ok_or_else(broken)?);
    let (Some(&bits), Some(&color_type), Some(&interlace)) = (bytes.get(24), bytes.get(25), bytes.get(28))
    else {
        return Err(broken());
    };
    let color = match color_type {
        0 | 4 => ColorModel::Gray,
        2 | 3 | 6 => ColorModel::Rgb,
        _ => return Err(ImageError::undecodable(format!("png colour type {color_type} does not exist"))),
    };
    let mut header = Header {
        format: SourceFormat::Png,
        coded,
        size: coded,
        orientation: Orientation::Normal,
        frames: 1,
        has_alpha: matches!(color_type, 4 | 6),
        bits,
        has_icc: false,
        progressive: interlace != 0,
        color,
        decoder_bytes: 256 << 10,
    };
    let mut at = 33;
    while let (Some(length), Some(name)) = (number(at), bytes.get(at + 4..at + 8)) {
        let Some(end) = at.checked_add(8).and_then(|start| start.checked_add(length as usize)) else {
            break;
        };
        let data = bytes.get(at + 8..end);
        match (name, data) {
            (b"tRNS", _) => header.has_alpha = true,
            (b"iCCP", _) => header.has_icc = true,
            (b"acTL", Some(_)) => header.frames = number(at + 8).unwrap_or(1).max(1),
            (b"eXIf", Some(block)) => header.orientation = exif::orientation(block),
            _ => {}
        }
        at = end + 4;
    }
    header.size = header.orientation.apply(coded);
    Ok(header)
}

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(bytes: &[u8], header: &Header) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let failed = |error: png::DecodingError| match error {
        png::DecodingError::LimitsExceeded => {
            ImageError::undecodable("the png needs more memory than an image of its size should")
        }
        error => ImageError::undecodable(format!("png: {error}")),
    };
    let length = Layout::new(header.color, header.has_alpha).bytes(header.coded)?;
    // The decoder counts its own buffers, not ours.
    let limits = png::Limits { bytes: CHUNK_MEMORY.saturating_add(length) };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(failed)?;
    let info = reader.info();
    if Size::new(info.width, info.height) != header.coded {
        return Err(ImageError::undecodable("the png contradicts its header"));
    }
    let profile = info.icc_profile.as_ref().map(|profile| profile.to_vec());
    let (decoded, _) = reader.output_color_type();
    let decoded = match decoded {
        png::ColorType::Grayscale => Layout::Gray,
        png::ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        png::ColorType::Rgb => Layout::Rgb,
        png::ColorType::Rgba => Layout::Rgba,
        png::ColorType::Indexed => return Err(ImageError::undecodable("the png has no palette")),
    };
    let mut pixels = blank(decoded.bytes(header.coded)?);
    if reader.output_buffer_size() != Some(pixels.len()) {
        return Err(ImageError::undecodable("the png contradicts its header"));
    }
    reader.next_frame(&mut pixels).map_err(failed)?;
    Ok((Plane::new(header.coded, decoded, pixels)?, profile))
}
