//! `jpeg`: JPEG with optimised Huffman tables.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::sampling::Sampling;
use crate::{InvalidSpec, OutputInfo, Subsampling};

/// How a JPEG is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jpeg {
    /// 1 to 100. Default: 80.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u32>,
    /// What shows through transparent parts: `#rgb` or `#rrggbb`. Empty: white.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub background: String,
    /// Whether it is written in several scans, each of which shows the whole image better.
    pub progressive: bool,
    /// How many pixels share their colour.
    pub subsampling: Subsampling,
    /// The most bytes that the file may have; 0: not bounded. The quality is lowered until it fits; if it never does, the
    /// smallest file is the result.
    pub max_bytes: u32,
}

impl Jpeg {
    /// The quality where none is given.
    pub const DEFAULT_QUALITY: u32 = 80;

    pub(crate) const INFO: OutputInfo = OutputInfo {
        name: "jpeg",
        number: 1,
        revision: 1,
        fields: &[
            ("quality", 1),
            ("background", 2),
            ("progressive", 3),
            ("subsampling", 4),
            ("max_bytes", 5),
        ],
    };

    /// The quality to encode with.
    pub(crate) fn quality(&self) -> u32 {
        self.quality.unwrap_or(Jpeg::DEFAULT_QUALITY)
    }

    /// How chroma is sampled.
    pub(crate) fn sampling(&self) -> Sampling {
        match self.subsampling.at(self.quality()) {
            Subsampling::Whole => Sampling::WHOLE,
            Subsampling::Half => Sampling::HALF,
            Subsampling::Quarter | Subsampling::Unspecified => Sampling::QUARTER,
        }
    }

    /// The colour under transparent parts; white for one that [`Jpeg::validate`] refuses.
    pub(crate) fn background(&self) -> Color {
        Color::of(&self.background, Color::WHITE)
    }

    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("quality", self.quality(), 1, 100)?;
        Color::validate_opaque(&self.background, "background", place)
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.quality(), 80);
        fields.bytes(2, &self.background().canonical(), &[255, 255, 255]);
        fields.varint(3, u32::from(self.progressive), 0);
        fields.varint(4, self.subsampling.number(), 0);
        fields.varint(5, self.max_bytes, 0);
        fields
    }
}
