//! AVIF, which is told apart from HEIF but not decoded yet.

use crate::plane::Plane;
use crate::{DecodePlan, Header, ImageError};

/// Reads the header.
pub(crate) fn header(_bytes: &[u8]) -> Result<Header, ImageError> {
    Err(ImageError::unsupported("this build does not read AVIF images"))
}

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(
    _bytes: &[u8],
    _header: &Header,
    _plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    Err(ImageError::unsupported("this build does not read AVIF images"))
}
