//! `jpeg`: JPEG, baseline, 4:2:0 chroma, optimised Huffman tables.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::{InvalidSpec, OutputInfo};

/// How a JPEG is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jpeg {
    /// 1 to 100. Default: 80.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u32>,
    /// What shows through transparent parts: `#rgb` or `#rrggbb`. Empty: white.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub background: String,
}

impl Jpeg {
    /// The quality where none is given.
    pub const DEFAULT_QUALITY: u32 = 80;

    pub(crate) const INFO: OutputInfo =
        OutputInfo { name: "jpeg", number: 1, revision: 1, fields: &[("quality", 1), ("background", 2)] };

    /// The quality to encode with.
    pub(crate) fn quality(&self) -> u32 {
        self.quality.unwrap_or(Jpeg::DEFAULT_QUALITY)
    }

    /// The colour under transparent parts; white for one that [`Jpeg::validate`] refuses.
    pub(crate) fn background(&self) -> Color {
        Color::parse(&self.background).unwrap_or(Color::WHITE)
    }

    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("quality", self.quality(), 1, 100)?;
        if !self.background.is_empty() && Color::parse(&self.background).is_none() {
            return Err(place.refuse(
                "background",
                &self.background,
                "must be a colour like \"#fff\" or \"#ffffff\"",
            ));
        }
        Ok(())
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.quality(), 80);
        fields.bytes(2, &self.background().0, &[255, 255, 255]);
        fields
    }
}
