//! `gif`: GIF, 256 colours a frame, of which one may be transparent.

use serde::{Deserialize, Serialize};

use crate::OutputInfo;
use crate::canonical::Fields;

/// How a GIF is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gif {
    /// Whether the colours that are missing are mixed from dots of those that are there. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dither: Option<bool>,
}

impl Gif {
    pub(crate) const INFO: OutputInfo =
        OutputInfo { name: "gif", number: 5, revision: 1, fields: &[("dither", 1)] };

    /// Whether to dither.
    pub(crate) fn dither(&self) -> bool {
        self.dither.unwrap_or(true)
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, u32::from(self.dither()), 1);
        fields
    }
}
