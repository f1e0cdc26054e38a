//! `avif`: AVIF, 8 bits a sample.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::{InvalidSpec, OutputInfo, Subsampling};

/// How an AVIF is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Avif {
    /// 1 to 100. Default: 55.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u32>,
    /// 0 (small) to 10 (fast). Default: 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<u32>,
    /// How many pixels share their colour.
    pub subsampling: Subsampling,
    /// The most bytes that the file may have; 0: not bounded. The quality is lowered until it fits; if it never does, the
    /// smallest file is the result.
    pub max_bytes: u32,
}

impl Avif {
    /// The quality where none is given.
    pub const DEFAULT_QUALITY: u32 = 55;
    /// The speed where none is given.
    pub const DEFAULT_SPEED: u32 = 6;

    pub(crate) const INFO: OutputInfo = OutputInfo {
        name: "avif",
        number: 4,
        revision: 2,
        fields: &[("quality", 1), ("speed", 2), ("subsampling", 3), ("max_bytes", 4)],
    };

    /// The quality to encode with.
    pub(crate) fn quality(&self) -> u32 {
        self.quality.unwrap_or(Avif::DEFAULT_QUALITY)
    }

    /// The speed to encode with.
    pub(crate) fn speed(&self) -> u32 {
        self.speed.unwrap_or(Avif::DEFAULT_SPEED)
    }

    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("quality", self.quality(), 1, 100)?;
        place.between("speed", self.speed(), 0, 10)
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.quality(), 55);
        fields.varint(2, self.speed(), 6);
        fields.varint(3, self.subsampling.number(), 0);
        fields.varint(4, self.max_bytes, 0);
        fields
    }
}
