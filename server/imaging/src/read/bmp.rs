//! BMP: every depth, palettes, bit fields and run lengths that the decoder knows.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;

use crate::plane::Plane;
use crate::read::decoder;
use crate::{DecodePlan, Header, ImageError, SourceFormat};

fn open(bytes: &[u8]) -> Result<BmpDecoder<Cursor<&[u8]>>, ImageError> {
    BmpDecoder::new(Cursor::new(bytes)).map_err(decoder::failed("bmp"))
}

/// Reads the header.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    decoder::header(&mut open(bytes)?, SourceFormat::Bmp)
}

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    _plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    decoder::pixels(open(bytes)?, header, "bmp")
}
