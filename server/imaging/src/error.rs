//! What can go wrong with an image.

/// Why no rendition can be made of an image. All of these are verdicts on the bytes and the spec:
/// trying again gives the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes are not an image, or a broken one.
    #[error("undecodable: {message}")]
    Undecodable {
        /// What is wrong with them.
        message: String,
    },
    /// The bytes are, or the spec asks for, something that is not supported.
    #[error("unsupported: {message}")]
    Unsupported {
        /// What it is.
        message: String,
    },
    /// The image or the result is larger than a limit allows.
    #[error("limit exceeded: {message}")]
    LimitExceeded {
        /// The name of the limit, e.g. `max_source_pixels`.
        limit: &'static str,
        /// What the image has.
        value: u64,
        /// What the limit allows.
        maximum: u64,
        /// Both in words.
        message: String,
    },
}

impl ImageError {
    pub(crate) fn undecodable(message: impl Into<String>) -> ImageError {
        ImageError::Undecodable { message: message.into() }
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> ImageError {
        ImageError::Unsupported { message: message.into() }
    }
}
