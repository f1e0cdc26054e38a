//! Writing: one file for each output format.

mod alpha;
mod jpeg;
mod png;

use std::borrow::Cow;

use crate::plane::{Layout, Plane};
use crate::{Encoded, Format, ImageError, Output, Webp, libwebp};

/// Encodes a plane in sRGB. Alpha that makes nothing transparent is left off.
pub(crate) fn encode(image: Cow<'_, Plane>, output: &Output) -> Result<Encoded, ImageError> {
    let image = if image.layout.has_alpha() && image.is_opaque() {
        Cow::Owned(alpha::dropped(&image)?)
    } else {
        image
    };
    let size = image.size;
    let (bytes, format) = match output {
        Output::Jpeg(options) => {
            let image = alpha::on_background(image, options.background())?;
            (jpeg::encode(&image, options.quality())?, Format::Jpeg)
        }
        Output::Png(options) => (png::encode(&image, options.compression)?, Format::Png),
        Output::Webp(options) => (webp(&image, options)?, Format::Webp),
        Output::Auto(auto) => return encode(image, &auto.choose(&[])),
    };
    Ok(Encoded { bytes, format, size, frames: 1 })
}

/// WebP knows no grey.
fn webp(image: &Plane, options: &Webp) -> Result<Vec<u8>, ImageError> {
    match image.layout {
        Layout::Rgb | Layout::Rgba => libwebp::encode(image, options),
        Layout::Gray | Layout::GrayAlpha => libwebp::encode(&alpha::colored(image)?, options),
    }
}
