//! Writing: one file for each output format.

mod animation;
mod attach;
#[cfg(feature = "avif")]
mod avif;
#[cfg(not(feature = "avif"))]
#[path = "no_avif.rs"]
mod avif;
mod dither;
mod fit;
mod gif;
mod jpeg;
mod palette;
mod planes;
mod png;

use std::sync::Arc;

use crate::attached::Attached;
use crate::budget::Budget;
use crate::flatten::flattened;
use crate::plane::{Pixels, Plane};
use crate::raster::Raster;
use crate::{Avif, Encoded, Format, ImageError, Jpeg, Output, Webp, libwebp, placeholder};

use fit::fitted;

pub(crate) use animation::Animation;
pub(crate) use planes::{encode_planes, form};
pub(crate) use png::most_bytes as most_png_bytes;

/// Encodes a plane in sRGB, and makes its placeholder. Alpha that makes nothing transparent is left off.
pub(crate) fn encode(image: Plane, output: &Output, budget: &Budget) -> Result<Encoded, ImageError> {
    let placeholder = placeholder::of(&image)?;
    let opaque = image.layout().has_alpha() && image.is_opaque();
    let layout = image.layout();
    let image = if opaque { image.with_layout(layout.without_alpha())? } else { image };
    let (size, is_damaged) = (image.size(), image.is_damaged);
    let (attached, layout) = (attached(&image), image.layout());
    let (bytes, format) = match output {
        Output::Jpeg(options) => {
            let image = flattened(eight(image)?, options.background())?;
            let encode = |quality| jpeg::encode(&image, &Jpeg { quality: Some(quality), ..options.clone() });
            (fitted((1, options.quality()), options.max_bytes, budget, encode)?, Format::Jpeg)
        }
        Output::Png(options) => (png::encode(&image.pixels, options.compression, budget)?, Format::Png),
        Output::Webp(options) => {
            // WebP knows no grey.
            let image = eight(image)?;
            let layout = image.layout.colored();
            let image = image.with_layout(layout)?;
            let encode = |quality| {
                libwebp::encode(&image, &Webp { quality: Some(quality), ..options.clone() }, budget)
            };
            (fitted((0, options.quality()), options.max_bytes, budget, encode)?, Format::Webp)
        }
        Output::Avif(options) => {
            let image = eight(image)?;
            let encode = |quality| {
                avif::encode(&image, &Avif { quality: Some(quality), ..options.clone() }, &attached, budget)
            };
            (fitted((1, options.quality()), options.max_bytes, budget, encode)?, Format::Avif)
        }
        Output::Gif(options) => (gif::encode(&eight(image)?, options, budget)?, Format::Gif),
        Output::Auto(auto) => return encode(image, &auto.choose(&[]), budget),
    };
    let bytes = attach::attach(bytes, format, (size, layout.has_alpha()), &attached)?;
    Ok(Encoded { bytes, format, size, frames: 1, is_damaged, placeholder })
}

/// The animation with blocks of metadata in it.
pub(crate) fn with_metadata(encoded: Encoded, attached: &Attached) -> Result<Encoded, ImageError> {
    // The container of an animation tells itself whether there is alpha.
    let bytes = attach::attach(encoded.bytes, encoded.format, (encoded.size, false), attached)?;
    Ok(Encoded { bytes, ..encoded })
}

/// What is written beside the pixels. A profile of RGB does not describe grey ones, which need none.
fn attached(image: &Plane) -> Arc<Attached> {
    let is_rgb = image.attached.icc.get(16..20) == Some(b"RGB ");
    if !is_rgb || !image.layout().is_gray() {
        return image.attached.clone();
    }
    Arc::new(Attached { icc: Vec::new(), ..(*image.attached).clone() })
}

/// The raster of an image for a format that holds 8 bits.
fn eight(image: Plane) -> Result<Raster, ImageError> {
    match image.pixels {
        Pixels::Eight(raster) => Ok(raster),
        Pixels::Sixteen(_) => Err(ImageError::unsupported("16 bits a sample in a format that holds 8")),
    }
}
