//! The best of several formats that the caller accepts.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Avif, Gif, Jpeg, OutputFormat, Png, UnknownSpec, Webp};

/// The first of its formats that the request's `accept` names; when it names none, the last of
/// them. The key names the format itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auto {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    formats: Vec<OutputFormat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jpeg: Option<Jpeg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    png: Option<Png>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webp: Option<Webp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    avif: Option<Avif>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gif: Option<Gif>,
}

impl Auto {
    /// With the defaults: WebP, then JPEG.
    pub const fn new() -> Self {
        Self { formats: Vec::new(), jpeg: None, png: None, webp: None, avif: None, gif: None }
    }

    /// The formats to choose from, best first, without repetition.
    pub fn formats(mut self, formats: impl IntoIterator<Item = OutputFormat>) -> Self {
        self.formats = formats.into_iter().collect();
        self
    }

    /// How a JPEG is written when it is chosen.
    pub fn jpeg(mut self, jpeg: impl Into<Jpeg>) -> Self {
        self.jpeg = Some(jpeg.into());
        self
    }

    /// How a PNG is written when it is chosen.
    pub fn png(mut self, png: impl Into<Png>) -> Self {
        self.png = Some(png.into());
        self
    }

    /// How a WebP is written when it is chosen.
    pub fn webp(mut self, webp: impl Into<Webp>) -> Self {
        self.webp = Some(webp.into());
        self
    }

    /// How an AVIF is written when it is chosen.
    pub fn avif(mut self, avif: impl Into<Avif>) -> Self {
        self.avif = Some(avif.into());
        self
    }

    /// How a GIF is written when it is chosen.
    pub fn gif(mut self, gif: impl Into<Gif>) -> Self {
        self.gif = Some(gif.into());
        self
    }
}

impl From<Auto> for v1::Auto {
    fn from(auto: Auto) -> Self {
        Self {
            formats: auto.formats.into_iter().map(OutputFormat::to_wire).collect(),
            jpeg: auto.jpeg.map(Into::into),
            png: auto.png.map(Into::into),
            webp: auto.webp.map(Into::into),
            avif: auto.avif.map(Into::into),
            gif: auto.gif.map(Into::into),
        }
    }
}

impl TryFrom<v1::Auto> for Auto {
    type Error = UnknownSpec;

    fn try_from(auto: v1::Auto) -> Result<Self, UnknownSpec> {
        Ok(Self {
            formats: auto
                .formats
                .into_iter()
                .filter_map(|format| OutputFormat::from_wire(format).transpose())
                .collect::<Result<_, _>>()?,
            jpeg: auto.jpeg.map(TryInto::try_into).transpose()?,
            png: auto.png.map(TryInto::try_into).transpose()?,
            webp: auto.webp.map(TryInto::try_into).transpose()?,
            avif: auto.avif.map(TryInto::try_into).transpose()?,
            gif: auto.gif.map(TryInto::try_into).transpose()?,
        })
    }
}
