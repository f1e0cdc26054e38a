//! Writing images that are in luma and chroma: the formats that code them so take them as they are.

use std::borrow::Cow;

use super::fit::fitted;
use super::{attach, jpeg};
use crate::budget::Budget;
use crate::sampling::Sampling;
use crate::ycc::{Range, Ycc};
use crate::{Encoded, Format, ImageError, Jpeg, Output, Webp, libwebp, placeholder};

/// How chroma is sampled, and which levels there are, in what is written from luma and chroma; none where it is written from
/// pixels.
pub(crate) fn form(output: &Output) -> Option<(Sampling, Range)> {
    match output {
        Output::Jpeg(options) if jpeg::ENCODES_PLANES => {
            let sampling = options.sampling();
            // The sampling may depend on the quality, and so on the size of the file.
            let lowest = Jpeg { quality: Some(1), ..options.clone() }.sampling();
            (options.max_bytes == 0 || lowest == sampling).then_some((sampling, Range::Full))
        }
        // With sharp colours, chroma is made of pixels in a way of its own.
        Output::Webp(options) if !options.lossless && !options.sharp_yuv => {
            Some((Sampling::QUARTER, Range::Video))
        }
        _ => None,
    }
}

/// Encodes an image in sRGB whose chroma is sampled as [`form`] says.
pub(crate) fn encode_planes(
    image: Cow<'_, Ycc>,
    output: &Output,
    budget: &Budget,
) -> Result<Encoded, ImageError> {
    let placeholder = placeholder::of_planes(&image)?;
    let (size, is_damaged, attached) = (image.size, image.is_damaged, image.attached.clone());
    let in_range = |range| match image.range == range {
        true => image,
        false => Cow::Owned(image.into_owned().in_range(range)),
    };
    let (bytes, format) = match output {
        Output::Jpeg(options) => {
            let image = in_range(Range::Full);
            let encode =
                |quality| jpeg::encode_planes(&image, &Jpeg { quality: Some(quality), ..options.clone() });
            (fitted((1, options.quality()), options.max_bytes, budget, encode)?, Format::Jpeg)
        }
        Output::Webp(options) => {
            let image = in_range(Range::Video);
            let encode = |quality| {
                libwebp::encode_planes(&image, &Webp { quality: Some(quality), ..options.clone() }, budget)
            };
            (fitted((0, options.quality()), options.max_bytes, budget, encode)?, Format::Webp)
        }
        _ => return Err(ImageError::unsupported("luma and chroma in a format that takes pixels")),
    };
    let bytes = attach::attach(bytes, format, (size, false), &attached)?;
    Ok(Encoded { bytes, format, size, frames: 1, is_damaged, placeholder })
}
