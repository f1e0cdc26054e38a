//! The frames of an animation, each composed onto its canvas, one at a time.

use crate::read::screen::Shown;
use crate::read::{gif, webp};
use crate::{Header, ImageError, SourceFormat};

/// The frames of an animation of either format.
pub(crate) enum Frames<'a> {
    // Much larger than the other.
    Gif(Box<gif::Frames<'a>>),
    Webp(webp::Frames<'a>),
}

impl<'a> Frames<'a> {
    /// Begins with the first.
    pub fn new(bytes: &'a [u8], header: &Header) -> Result<Frames<'a>, ImageError> {
        match header.format {
            SourceFormat::Gif => Ok(Frames::Gif(Box::new(gif::Frames::new(bytes, header)?))),
            SourceFormat::Webp => webp::Frames::new(bytes, header).map(Frames::Webp),
            _ => Err(ImageError::unsupported("an animation in a format other than gif and webp")),
        }
    }

    /// How often the animation is played; 0: without end.
    pub fn plays(&self) -> u16 {
        match self {
            Frames::Gif(frames) => frames.plays(),
            Frames::Webp(frames) => frames.plays(),
        }
    }

    /// The next frame as it is shown; none after the last.
    pub fn next(&mut self) -> Result<Option<Shown<'_>>, ImageError> {
        match self {
            Frames::Gif(frames) => frames.next(),
            Frames::Webp(frames) => frames.next(),
        }
    }
}
