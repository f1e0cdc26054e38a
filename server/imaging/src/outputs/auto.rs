//! `auto`: the best of several formats that the caller accepts.

use serde::{Deserialize, Serialize};

use crate::invalid_spec::Place;
use crate::{Avif, Format, Gif, InvalidSpec, Jpeg, Output, OutputInfo, Png, Webp};

/// The first of `formats` that the caller accepts; when none is accepted, the last of them. What this build does not write is
/// passed over, unless nothing else is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auto {
    /// Best first, without repetition. Empty: WebP, then JPEG.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<Format>,
    /// How a JPEG is written when it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jpeg: Option<Jpeg>,
    /// How a PNG is written when it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub png: Option<Png>,
    /// How a WebP is written when it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webp: Option<Webp>,
    /// How an AVIF is written when it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avif: Option<Avif>,
    /// How a GIF is written when it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gif: Option<Gif>,
}

impl Auto {
    pub(crate) const INFO: OutputInfo = OutputInfo {
        name: "auto",
        number: 6,
        revision: 1,
        fields: &[("formats", 1), ("jpeg", 2), ("png", 3), ("webp", 4), ("avif", 5), ("gif", 6)],
    };

    /// The formats to choose from, best first; never empty.
    pub(crate) fn formats(&self) -> &[Format] {
        if self.formats.is_empty() { &[Format::Webp, Format::Jpeg] } else { &self.formats }
    }

    /// The output that a caller who accepts these formats gets.
    pub(crate) fn choose(&self, accept: &[Format]) -> Output {
        let mut written = self.formats().iter().filter(|format| format.is_written());
        let accepted = written.clone().find(|format| accept.contains(format)).or(written.next_back());
        accepted.map_or_else(|| self.last(), |format| self.output(*format))
    }

    /// What the last format is written as, whatever this build can write.
    pub(crate) fn last(&self) -> Output {
        self.output(self.formats().last().copied().unwrap_or(Format::Jpeg))
    }

    /// What this format is written as.
    pub(crate) fn output(&self, format: Format) -> Output {
        match format {
            Format::Jpeg => Output::Jpeg(self.jpeg.clone().unwrap_or_default()),
            Format::Png => Output::Png(self.png.clone().unwrap_or_default()),
            Format::Webp => Output::Webp(self.webp.clone().unwrap_or_default()),
            Format::Avif => Output::Avif(self.avif.clone().unwrap_or_default()),
            Format::Gif => Output::Gif(self.gif.clone().unwrap_or_default()),
        }
    }

    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        for (index, format) in self.formats.iter().enumerate() {
            if self.formats.iter().take(index).any(|earlier| earlier == format) {
                let field = format!("formats[{index}]");
                return Err(place.refuse(&field, format, "is named twice; name each format once"));
            }
        }
        if let Some(jpeg) = &self.jpeg {
            jpeg.validate(&place.child("jpeg"))?;
        }
        if let Some(webp) = &self.webp {
            webp.validate(&place.child("webp"))?;
        }
        if let Some(avif) = &self.avif {
            avif.validate(&place.child("avif"))?;
        }
        Ok(())
    }
}
