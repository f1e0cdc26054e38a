//! What the decoders of the crate `image` have in common: they are read here to 8 bits a sample.

use image::error::{ImageError as Failure, LimitErrorKind};
use image::{ColorType, ImageDecoder};

use crate::header::ColorModel;
use crate::layout::Layout;
use crate::plane::Plane;
use crate::raster::{Raster, blank};
use crate::{Header, ImageError, Orientation, Size, SourceFormat};

/// What a decoder complains of.
pub(crate) fn failed(format: &'static str) -> impl Fn(Failure) -> ImageError {
    move |error| match error {
        Failure::Unsupported(error) => ImageError::unsupported(format!("{format}: {error}")),
        Failure::Limits(error) if matches!(error.kind(), LimitErrorKind::Unsupported { .. }) => {
            ImageError::unsupported(format!("{format}: {error}"))
        }
        error => ImageError::undecodable(format!("{format}: {error}")),
    }
}

fn layout(color: ColorType, format: &str) -> Result<Layout, ImageError> {
    match color {
        ColorType::L8 => Ok(Layout::Gray),
        ColorType::La8 => Ok(Layout::GrayAlpha),
        ColorType::Rgb8 => Ok(Layout::Rgb),
        ColorType::Rgba8 => Ok(Layout::Rgba),
        other => Err(ImageError::unsupported(format!("{format} images of {other:?} are not supported"))),
    }
}

/// What a decoder that has read the header says of the image.
pub(crate) fn header(decoder: &mut impl ImageDecoder, format: SourceFormat) -> Result<Header, ImageError> {
    let (width, height) = decoder.dimensions();
    let coded = Size::new(width, height);
    let layout = layout(decoder.color_type(), format.media_type())?;
    Ok(Header {
        format,
        coded,
        stored: coded,
        size: coded,
        orientation: Orientation::Normal,
        frames: 1,
        has_alpha: layout.has_alpha(),
        bits: 8,
        has_icc: decoder.icc_profile().ok().flatten().is_some(),
        progressive: false,
        color: if layout.is_gray() { ColorModel::Gray } else { ColorModel::Rgb },
        // An embedded PNG is held whole beside the pixels.
        decoder_bytes: coded.pixels().saturating_mul(4).saturating_add(256 << 10),
        planes: None,
        has_parts: false,
    })
}

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(
    mut decoder: impl ImageDecoder,
    header: &Header,
    format: &'static str,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let (width, height) = decoder.dimensions();
    let layout = layout(decoder.color_type(), format)?;
    let length = layout.samples(header.coded)?;
    if Size::new(width, height) != header.coded || decoder.total_bytes() != length as u64 {
        return Err(ImageError::undecodable(format!("the {format} contradicts its header")));
    }
    let profile = decoder.icc_profile().ok().flatten();
    let mut samples = blank(length);
    decoder.read_image(&mut samples).map_err(failed(format))?;
    Ok((Raster::new(header.coded, layout, samples)?.into(), profile))
}
