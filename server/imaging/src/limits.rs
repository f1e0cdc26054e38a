//! What an image may cost, checked before any pixel is decoded.

/// Bounds on sources and results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most pixels that a source may have. Default: 100 million.
    pub max_source_pixels: u64,
    /// The most pixels that a result, or the result of any operation on the way, may have.
    /// Default: 100 million.
    pub max_output_pixels: u64,
    /// The most pixels on a side of a result. Default: 65535.
    pub max_side: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { max_source_pixels: 100_000_000, max_output_pixels: 100_000_000, max_side: 65_535 }
    }
}
