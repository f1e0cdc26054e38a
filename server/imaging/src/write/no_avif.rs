//! AVIF, in a build without its encoder.

use crate::attached::Attached;
use crate::budget::Budget;
use crate::raster::Raster;
use crate::{Avif, ImageError};

/// Says that it can't be written.
pub(super) fn encode(
    _image: &Raster,
    _options: &Avif,
    _attached: &Attached,
    _budget: &Budget,
) -> Result<Vec<u8>, ImageError> {
    Err(ImageError::unsupported("this build does not write AVIF images: build it with the feature `avif`"))
}
