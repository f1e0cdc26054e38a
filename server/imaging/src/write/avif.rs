//! AVIF, for which no encoder is there yet.

use crate::raster::Raster;
use crate::{Avif, ImageError};

/// Encodes an image of any layout.
pub(super) fn encode(_image: &Raster, _options: &Avif) -> Result<Vec<u8>, ImageError> {
    Err(ImageError::unsupported("this build does not write AVIF images"))
}
