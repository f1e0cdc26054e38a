//! A distance from the top left corner of an image.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::{InvalidSpec, MAX_SIDE, length};

/// A distance from the top left corner, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Offset {
    /// From the left side, 0 to 65535.
    pub x: u32,
    /// From the top side, 0 to 65535.
    pub y: u32,
}

impl Offset {
    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("x", self.x, 0, MAX_SIDE)?;
        place.between("y", self.y, 0, MAX_SIDE)
    }

    /// The same place on a screen with `ratio` times as many pixels a point.
    pub(crate) fn scaled(self, ratio: f64) -> Offset {
        Offset { x: length::scaled(self.x, ratio), y: length::scaled(self.y, ratio) }
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.x, 0);
        fields.varint(2, self.y, 0);
        fields
    }
}
