//! ICO: of the images in it the largest and deepest, be it a BMP or a PNG.

use std::io::Cursor;

use image::codecs::ico::IcoDecoder;

use crate::plane::Plane;
use crate::read::decoder;
use crate::{DecodePlan, Header, ImageError, SourceFormat};

fn open(bytes: &[u8]) -> Result<IcoDecoder<Cursor<&[u8]>>, ImageError> {
    IcoDecoder::new(Cursor::new(bytes)).map_err(decoder::failed("ico"))
}

/// Reads the header of the image that is taken.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    decoder::header(&mut open(bytes)?, SourceFormat::Ico)
}

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    _plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    decoder::pixels(open(bytes)?, header, "ico")
}
