//! What a rendition is written as, and the table of outputs.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::{Auto, Avif, Format, Gif, InvalidSpec, Jpeg, Png, Webp};

/// What the API's descriptors must say of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputInfo {
    /// The name of its field in `rendition.v1.Output`.
    pub name: &'static str,
    /// The number of that field.
    pub number: u32,
    /// The revision of its encoder, from 1; part of every key.
    pub revision: u32,
    /// The fields of its message by name and number, in ascending order.
    pub fields: &'static [(&'static str, u32)],
}

/// Every output, in ascending order of the numbers.
pub const OUTPUTS: &[OutputInfo] = &[Jpeg::INFO, Png::INFO, Webp::INFO, Avif::INFO, Gif::INFO, Auto::INFO];

/// What a rendition is written as.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// JPEG. Transparent parts are laid on a background.
    Jpeg(Jpeg),
    /// PNG, 8 bits a sample, or 16 if the source has more than 8.
    Png(Png),
    /// WebP, lossy or lossless, animated if the source is.
    Webp(Webp),
    /// AVIF.
    Avif(Avif),
    /// GIF, animated if the source is.
    Gif(Gif),
    /// The best of several formats that the caller accepts.
    Auto(Auto),
}

impl Output {
    /// The format; none for an `auto` that is not resolved.
    pub fn format(&self) -> Option<Format> {
        match self {
            Output::Jpeg(_) => Some(Format::Jpeg),
            Output::Png(_) => Some(Format::Png),
            Output::Webp(_) => Some(Format::Webp),
            Output::Avif(_) => Some(Format::Avif),
            Output::Gif(_) => Some(Format::Gif),
            Output::Auto(_) => None,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), InvalidSpec> {
        match self {
            Output::Jpeg(jpeg) => jpeg.validate(&Place::At(format_args!("output.jpeg"))),
            Output::Png(_) | Output::Gif(_) => Ok(()),
            Output::Webp(webp) => webp.validate(&Place::At(format_args!("output.webp"))),
            Output::Avif(avif) => avif.validate(&Place::At(format_args!("output.avif"))),
            Output::Auto(auto) => auto.validate(&Place::At(format_args!("output.auto"))),
        }
    }

    /// The canonical encoding; an `auto` is encoded as its last format.
    pub(crate) fn fields(&self) -> Fields {
        let (info, mut fields) = match self {
            Output::Jpeg(jpeg) => (&Jpeg::INFO, jpeg.fields()),
            Output::Png(png) => (&Png::INFO, png.fields()),
            Output::Webp(webp) => (&Webp::INFO, webp.fields()),
            Output::Avif(avif) => (&Avif::INFO, avif.fields()),
            Output::Gif(gif) => (&Gif::INFO, gif.fields()),
            Output::Auto(auto) => return auto.last().fields(),
        };
        fields.revision(info.revision);
        let mut output = Fields::new();
        output.message(info.number, fields);
        output
    }
}
