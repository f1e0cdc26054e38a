//! What imaging says of an image, in the words of the domain.

use rendition_imaging::ImageError;

use super::workers::Panicked;
use crate::model::{Error, Reason};

/// The domain's error for an image that cannot be made into a rendition.
pub(super) fn of(error: &ImageError) -> Error {
    match error {
        ImageError::Undecodable { .. } => Error::new(Reason::SourceUndecodable, error.to_string()),
        ImageError::Unsupported { .. } => Error::new(Reason::SourceUnsupported, error.to_string()),
        ImageError::LimitExceeded { limit, value, maximum, .. } => {
            Error::new(Reason::SourceLimitExceeded, error.to_string())
                .with("limit", *limit)
                .with("value", value.to_string())
                .with("maximum", maximum.to_string())
        }
    }
}

/// The domain's error for bytes on which a codec panicked.
pub(super) fn panicked(panicked: &Panicked) -> Error {
    Error::new(Reason::SourceUndecodable, "the decoder gave up on it: replace the source")
        .with("cause", "panicked")
        .with("panic", panicked.message.clone())
}
