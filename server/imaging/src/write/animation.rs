//! Animations as they are written, frame by frame.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::plane::{Pixels, Plane};
use crate::write::gif;
use crate::{Encoded, Format, ImageError, Output, Placeholder, Size, libwebp, read};

/// An animation that is being written.
pub(crate) struct Animation<'a> {
    size: Size,
    writer: Writer<'a>,
}

enum Writer<'a> {
    // Much larger than the other.
    Gif(Box<gif::Animation<'a>>),
    Webp(libwebp::Animation<'a>),
}

impl<'a> Animation<'a> {
    /// Begins an animation that is played so often; 0: without end.
    pub fn new(
        size: Size,
        plays: u16,
        output: &Output,
        budget: &'a Budget,
    ) -> Result<Animation<'a>, ImageError> {
        let writer = match output {
            Output::Gif(options) => {
                Writer::Gif(Box::new(gif::Animation::new(size, Some(plays), options, budget)?))
            }
            Output::Webp(options) => Writer::Webp(libwebp::Animation::new(size, plays, options, budget)?),
            Output::Auto(auto) => return Animation::new(size, plays, &auto.choose(&[]), budget),
            Output::Jpeg(_) | Output::Png(_) | Output::Avif(_) => {
                return Err(ImageError::unsupported("animations are written as gif and webp only"));
            }
        };
        Ok(Animation { size, writer })
    }

    /// Adds a frame in sRGB that is shown for so many ms. Its alpha is left to the encoders, which see for themselves
    /// where a frame is opaque.
    pub fn add(&mut self, frame: Cow<'_, Plane>, milliseconds: u32) -> Result<(), ImageError> {
        let layout = frame.layout().colored();
        // What is in the right layout is not copied.
        let frame = if frame.layout() == layout {
            frame
        } else {
            Cow::Owned(frame.into_owned().with_layout(layout)?)
        };
        let Pixels::Eight(raster) = &frame.pixels else {
            return Err(ImageError::unsupported("an animation of 16 bits a sample"));
        };
        match &mut self.writer {
            Writer::Gif(animation) => animation.add(raster, milliseconds),
            Writer::Webp(animation) => animation.add(raster, milliseconds),
        }
    }

    /// The file; `placeholder` is that of its first frame.
    pub fn finish(self, placeholder: Placeholder) -> Result<Encoded, ImageError> {
        let size = self.size;
        match self.writer {
            Writer::Gif(animation) => {
                let (bytes, frames) = animation.finish()?;
                Ok(Encoded { bytes, format: Format::Gif, size, frames, is_damaged: false, placeholder })
            }
            Writer::Webp(animation) => {
                let bytes = animation.finish()?;
                // Frames that show nothing new have become one.
                let frames = read::webp::header(&bytes)?.frames;
                Ok(Encoded { bytes, format: Format::Webp, size, frames, is_damaged: false, placeholder })
            }
        }
    }
}
