//! What an image may cost, checked before any pixel is decoded.

use std::time::Duration;

use crate::{Format, Header, ImageError, Size};

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
    /// The most pixels that a result may have that is written as AVIF, which takes a hundred times as long as JPEG.
    /// Default: 4 million.
    pub max_avif_pixels: u64,
    /// The most pixels that all frames of an animation may have together, each as large as the canvas; only where it
    /// stays an animation. Default: 250 million.
    pub max_animation_pixels: u64,
    /// The most frames that an animation may have, only where it stays one. Default: 2000.
    pub max_frames: u32,
    /// The most of a processor's time that decoding and rendering may take together. Default: 60 s.
    pub cpu_time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_source_pixels: 100_000_000,
            max_output_pixels: 100_000_000,
            max_side: 65_535,
            max_avif_pixels: 4_000_000,
            max_animation_pixels: 250_000_000,
            max_frames: 2000,
            cpu_time: Duration::from_secs(60),
        }
    }
}

/// The most pixels on a side of a source: more than any picture has, and few enough that the weights of a filter over all of a
/// row or column fit into some megabytes.
const MAX_SOURCE_SIDE: u32 = 1 << 18;

/// Refuses a value above its limit; `message` says both in words.
pub(crate) fn check(
    maximum: u64,
    value: u64,
    limit: &'static str,
    message: impl FnOnce() -> String,
) -> Result<(), ImageError> {
    if value <= maximum {
        return Ok(());
    }
    Err(ImageError::LimitExceeded { limit, value, maximum, message: message() })
}

/// Refuses a source that is larger than the limits allow.
pub(crate) fn check_source(header: &Header, limits: &Limits) -> Result<(), ImageError> {
    let source = header.stored;
    check(MAX_SOURCE_SIDE.into(), source.longest().into(), "max_source_side", || {
        format!("the image has {source} pixels, more than {MAX_SOURCE_SIDE} a side: use a smaller one")
    })?;
    check(limits.max_source_pixels, source.pixels(), "max_source_pixels", || {
        format!(
            "the image has {source} pixels, more than {} in all: use a smaller one, or raise max_source_pixels",
            limits.max_source_pixels
        )
    })
}

/// Refuses an animation that has more frames than the limits allow, or more pixels in all of them.
pub(crate) fn check_frames(canvas: Size, frames: u32, limits: &Limits) -> Result<(), ImageError> {
    check(limits.max_frames.into(), frames.into(), "max_frames", || {
        format!(
            "the animation has {frames} frames, more than {}: use a shorter one or its first frame, or raise max_frames",
            limits.max_frames
        )
    })?;
    let pixels = canvas.pixels().saturating_mul(frames.into());
    check(limits.max_animation_pixels, pixels, "max_animation_pixels", || {
        let maximum = limits.max_animation_pixels;
        format!(
            "the animation has {frames} frames of {canvas} pixels, more than {maximum} in all: use a smaller one or its first frame, or raise max_animation_pixels"
        )
    })
}

/// Refuses a result, also one on the way, that is larger than the limits allow.
pub(crate) fn check_size(size: Size, limits: &Limits) -> Result<(), ImageError> {
    check(limits.max_side.into(), size.longest().into(), "max_side", || {
        format!(
            "the result would have {size} pixels, more than {} a side: ask for a smaller one",
            limits.max_side
        )
    })?;
    check(limits.max_output_pixels, size.pixels(), "max_output_pixels", || {
        format!(
            "the result would have {size} pixels, more than {} in all: ask for a smaller one, or raise max_output_pixels",
            limits.max_output_pixels
        )
    })
}

/// Refuses a result that the format can't hold, or that takes too long to be written in it.
pub(crate) fn check_format(format: Format, size: Size, limits: &Limits) -> Result<(), ImageError> {
    let maximum = format.max_side();
    check(maximum.into(), size.longest().into(), "max_side", || {
        format!(
            "{format} holds at most {maximum} pixels a side, and the result has {size}: ask for a smaller one, or another format"
        )
    })?;
    if format != Format::Avif {
        return Ok(());
    }
    check(limits.max_avif_pixels, size.pixels(), "max_avif_pixels", || {
        format!(
            "{format} may have at most {} pixels here, and the result has {size}: ask for a smaller one or another format, or raise max_avif_pixels",
            limits.max_avif_pixels
        )
    })
}
