//! What an image says of itself before its pixels.

use crate::sampling::Sampling;
use crate::{ImageError, Orientation, Size, SourceFormat, read};

/// What the header of an image says. Nothing in it is proof that the pixels can be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The format, told by the content.
    pub format: SourceFormat,
    /// The size as coded, before orientation. Of an animation: its canvas.
    pub coded: Size,
    /// The size of all pixels in the file, of which `coded` may be a part: AVIF can say that edges are not shown.
    pub stored: Size,
    /// The size as shown, after orientation.
    pub size: Size,
    /// How the coded image is turned to be shown.
    pub orientation: Orientation,
    /// How many frames there are; 1 where it is not known.
    pub frames: u32,
    /// Whether there may be transparent pixels.
    pub has_alpha: bool,
    /// Bits a sample, or a palette index.
    pub bits: u8,
    /// Whether there is an ICC profile, be it a valid one or not, or numbers that stand for one other than sRGB's.
    pub has_icc: bool,
    /// Whether the image is progressive or interlaced, and so held whole while it is decoded.
    pub progressive: bool,
    /// What the samples stand for.
    pub color: ColorModel,
    /// An estimate of the memory that decoding takes beside source and pixels, at the full size.
    pub decoder_bytes: u64,
    /// How chroma is sampled, where the image is coded as luma and chroma of sRGB, without alpha, and can be decoded to them.
    pub(crate) planes: Option<Sampling>,
    /// Whether a part of the image can be decoded for less than the whole.
    pub(crate) has_parts: bool,
}

impl Header {
    /// Whether it is an animation that can stay one. Of other formats with several images in a file, only one is read.
    pub fn is_animated(&self) -> bool {
        self.frames > 1 && matches!(self.format, SourceFormat::Gif | SourceFormat::Webp)
    }
}

/// What the samples of an image stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColorModel {
    /// Lightness.
    Gray,
    /// Red, green and blue, also by palette or as luma and chroma.
    Rgb,
    /// Four inks.
    Cmyk,
}

/// Reads the header alone. The format is told by the content. A prefix of a file is enough if it
/// holds the header; what stands behind the pixels (the number of frames, say) is then not seen.
///
/// # Errors
/// [`ImageError::Unsupported`] names a known format that is not read; everything else that is no
/// image is [`ImageError::Undecodable`].
pub fn inspect(bytes: &[u8]) -> Result<Header, ImageError> {
    let header = match SourceFormat::detect(bytes)? {
        SourceFormat::Jpeg => read::jpeg::header(bytes)?,
        SourceFormat::Png => read::png::header(bytes)?,
        SourceFormat::Webp => read::webp::header(bytes)?,
        SourceFormat::Gif => read::gif::header(bytes)?,
        SourceFormat::Avif => read::avif::header(bytes)?,
        SourceFormat::Tiff => read::tiff::header(bytes)?,
        SourceFormat::Bmp => read::bmp::header(bytes)?,
        SourceFormat::Ico => read::ico::header(bytes)?,
    };
    if header.coded.is_empty() {
        return Err(ImageError::undecodable(format!("the image has no pixels: {}", header.coded)));
    }
    Ok(header)
}
