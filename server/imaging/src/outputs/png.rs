//! `png`: PNG, 8 bits a sample.

use serde::{Deserialize, Serialize};

use crate::OutputInfo;
use crate::canonical::Fields;

/// How a PNG is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Png {
    /// How hard to compress.
    pub compression: Compression,
}

/// How hard a PNG is compressed. The pixels are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Quickly.
    #[default]
    Fast,
    /// About a tenth smaller, many times slower.
    Balanced,
    /// As small as the encoder can.
    High,
}

impl Compression {
    const fn number(self) -> u32 {
        match self {
            Compression::Fast => 1,
            Compression::Balanced => 2,
            Compression::High => 3,
        }
    }
}

impl Png {
    pub(crate) const INFO: OutputInfo =
        OutputInfo { name: "png", number: 2, revision: 1, fields: &[("compression", 1)] };

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.compression.number(), Compression::Fast.number());
        fields
    }
}
