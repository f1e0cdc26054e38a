//! The image formats that are read, and how bytes are told apart.

use crate::ImageError;

/// A format that sources may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceFormat {
    /// JPEG.
    Jpeg,
    /// PNG, of which the first frame is read.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// AVIF; of a sequence the first frame is read.
    Avif,
    /// TIFF, of which the first page is read.
    Tiff,
    /// BMP.
    Bmp,
    /// ICO, of which the largest image is read.
    Ico,
}

impl SourceFormat {
    /// The media type, e.g. `image/gif`.
    pub const fn media_type(self) -> &'static str {
        match self {
            SourceFormat::Jpeg => "image/jpeg",
            SourceFormat::Png => "image/png",
            SourceFormat::Webp => "image/webp",
            SourceFormat::Gif => "image/gif",
            SourceFormat::Avif => "image/avif",
            SourceFormat::Tiff => "image/tiff",
            SourceFormat::Bmp => "image/bmp",
            SourceFormat::Ico => "image/vnd.microsoft.icon",
        }
    }

    /// Tells the format by the first bytes; file names never matter.
    pub(crate) fn detect(bytes: &[u8]) -> Result<SourceFormat, ImageError> {
        if bytes.is_empty() {
            return Err(ImageError::undecodable("the file is empty"));
        }
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Ok(SourceFormat::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(SourceFormat::Png)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Ok(SourceFormat::Gif)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Ok(SourceFormat::Webp)
        } else if TIFF.iter().any(|magic| bytes.starts_with(&magic[..])) {
            Ok(SourceFormat::Tiff)
        } else if bytes.starts_with(b"BM") {
            Ok(SourceFormat::Bmp)
        } else if bytes.starts_with(b"\0\0\x01\0") {
            Ok(SourceFormat::Ico)
        } else if is_avif(bytes) {
            Ok(SourceFormat::Avif)
        } else if let Some(name) = recognised(bytes) {
            Err(ImageError::unsupported(format!(
                "{name} images are not supported: convert it to jpeg, png, webp, gif, tiff, bmp or ico"
            )))
        } else {
            Err(ImageError::undecodable("the bytes are no image of a known format"))
        }
    }
}

/// The first bytes of TIFF and of BigTIFF, in both orders of bytes.
const TIFF: [&[u8; 4]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];

/// Whether the file type box (ISO 14496-12, section 4.3) names AVIF among its brands; the major brand may be a more general
/// one.
fn is_avif(bytes: &[u8]) -> bool {
    if bytes.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    let brands = bytes.get(8..length.min(bytes.len())).unwrap_or_default();
    brands.chunks_exact(4).enumerate().any(|(index, brand)| index != 1 && matches!(brand, b"avif" | b"avis"))
}

/// The names of formats that are known but not read.
fn recognised(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\0\0\x02\0", "CUR"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"8BPS", "Photoshop"),
        (b"qoif", "QOI"),
        (b"%PDF-", "PDF"),
        (b"\x1f\x8b", "gzipped (SVGZ)"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return match bytes.get(8..12)? {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => Some("HEIF"),
            _ => None,
        };
    }
    let text = &bytes[..bytes.len().min(1024)];
    let is_svg = text.windows(4).any(|window| window.eq_ignore_ascii_case(b"<svg"));
    is_svg.then_some("SVG")
}
