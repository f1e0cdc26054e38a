//! AVIF, in a build without its decoder.

use crate::attached::Source;
use crate::budget::Budget;
use crate::plane::Plane;
use crate::{DecodePlan, Header, ImageError};

fn absent() -> ImageError {
    ImageError::unsupported("this build does not read AVIF images: build it with the feature `avif`")
}

/// Says that it can't be read.
pub(crate) fn header(_bytes: &[u8]) -> Result<Header, ImageError> {
    Err(absent())
}

/// Nothing.
pub(crate) fn attached(_bytes: &[u8]) -> Source<'_> {
    Source::default()
}

/// Says that it can't be read.
pub(crate) fn pixels(
    _bytes: &[u8],
    _header: &Header,
    _plan: &DecodePlan,
    _budget: &Budget,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    Err(absent())
}
