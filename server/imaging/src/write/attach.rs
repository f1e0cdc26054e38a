//! Blocks of metadata, put into a file that an encoder has written.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::attached::Attached;
use crate::{Format, ImageError, Size};

/// The most bytes of an ICC profile in one segment of a JPEG.
const ICC_PIECE: usize = 65_535 - 2 - 14;

/// The file with the blocks in it. GIF takes none, and those of an AVIF are written with it.
pub(super) fn attach(
    file: Vec<u8>,
    format: Format,
    (size, has_alpha): (Size, bool),
    attached: &Attached,
) -> Result<Vec<u8>, ImageError> {
    if attached.is_empty() {
        return Ok(file);
    }
    match format {
        Format::Jpeg => Ok(jpeg(&file, attached)),
        Format::Png => png(&file, attached),
        Format::Webp => Ok(webp(&file, size, has_alpha, attached)),
        Format::Avif | Format::Gif => Ok(file),
    }
}

/// Segments after JFIF's, which has to be the first one.
fn jpeg(file: &[u8], attached: &Attached) -> Vec<u8> {
    let mut segments = Vec::new();
    let mut segment = |marker: u8, parts: &[&[u8]]| {
        let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
        segments.extend_from_slice(&[0xff, marker, (length >> 8) as u8, length as u8]);
        parts.iter().for_each(|part| segments.extend_from_slice(part));
    };
    if !attached.exif.is_empty() {
        segment(0xe1, &[b"Exif\0\0", &attached.exif]);
    }
    if !attached.xmp.is_empty() {
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", &attached.xmp]);
    }
    // The pieces are counted by a byte; a profile of more is none that anybody writes.
    let pieces = attached.icc.len().div_ceil(ICC_PIECE);
    if pieces <= 255 {
        for (number, piece) in (1..).zip(attached.icc.chunks(ICC_PIECE)) {
            segment(0xe2, &[b"ICC_PROFILE\0", &[number, pieces as u8], piece]);
        }
    }
    let first = match file.get(2..6) {
        Some(&[0xff, 0xe0, high, low]) => 4 + (usize::from(high) << 8 | usize::from(low)),
        _ => 2,
    };
    insert(file, first, &segments)
}

/// Chunks after the header, where those about colour have to be.
fn png(file: &[u8], attached: &Attached) -> Result<Vec<u8>, ImageError> {
    let mut chunks = Vec::new();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        let mut checksum = flate2::Crc::new();
        checksum.update(name);
        checksum.update(data);
        chunks.extend_from_slice(&(data.len() as u32).to_be_bytes());
        chunks.extend_from_slice(name);
        chunks.extend_from_slice(data);
        chunks.extend_from_slice(&checksum.sum().to_be_bytes());
    };
    if !attached.icc.is_empty() {
        let failed = |error: std::io::Error| {
            ImageError::unsupported(format!("the colour profile could not be compressed: {error}"))
        };
        let mut encoder = ZlibEncoder::new(b"ICC profile\0\0".to_vec(), Compression::default());
        encoder.write_all(&attached.icc).map_err(failed)?;
        chunk(b"iCCP", &encoder.finish().map_err(failed)?);
    }
    if !attached.exif.is_empty() {
        chunk(b"eXIf", &attached.exif);
    }
    if !attached.xmp.is_empty() {
        // Not compressed, without a language.
        let mut text = b"XML:com.adobe.xmp\0\0\0\0\0".to_vec();
        text.extend_from_slice(&attached.xmp);
        chunk(b"iTXt", &text);
    }
    // The signature and the header chunk.
    Ok(insert(file, 8 + 25, &chunks))
}

/// The extended container (RFC 9649, section 2.7): a header that tells what is there, the profile before the image, the rest
/// behind it.
fn webp(file: &[u8], size: Size, has_alpha: bool, attached: &Attached) -> Vec<u8> {
    let chunk = |out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]| {
        out.extend_from_slice(name);
        out.extend_from_slice(&(data.len() as u32).to_le_bytes());
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(2), 0);
    };
    let mut image = file.get(12..).unwrap_or_default();
    let mut header = [0; 10];
    if image.starts_with(b"VP8X") {
        // The encoder has written one; it knows of alpha and animation.
        header.copy_from_slice(&image[8..18]);
        image = &image[18..];
    } else {
        header[0] = if has_alpha { 0x10 } else { 0 };
        header[4..7].copy_from_slice(&(size.width - 1).to_le_bytes()[..3]);
        header[7..10].copy_from_slice(&(size.height - 1).to_le_bytes()[..3]);
    }
    let flags = [(0x20, &attached.icc), (0x08, &attached.exif), (0x04, &attached.xmp)];
    header[0] |= flags.iter().filter(|(_, block)| !block.is_empty()).fold(0, |flags, (flag, _)| flags | flag);
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    chunk(&mut out, b"VP8X", &header);
    if !attached.icc.is_empty() {
        chunk(&mut out, b"ICCP", &attached.icc);
    }
    out.extend_from_slice(image);
    if !attached.exif.is_empty() {
        chunk(&mut out, b"EXIF", &attached.exif);
    }
    if !attached.xmp.is_empty() {
        chunk(&mut out, b"XMP ", &attached.xmp);
    }
    let length = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    out
}

fn insert(file: &[u8], at: usize, what: &[u8]) -> Vec<u8> {
    let at = at.min(file.len());
    let mut out = Vec::with_capacity(file.len() + what.len());
    out.extend_from_slice(&file[..at]);
    out.extend_from_slice(what);
    out.extend_from_slice(&file[at..]);
    out
}
