//! The point of an image that matters most.

use serde::{Deserialize, Serialize};

use crate::InvalidSpec;
use crate::canonical::Fields;
use crate::invalid_spec::Place;

/// A point as fractions of the image's size: (0, 0) is the top left corner, (1, 1) the bottom right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FocalPoint {
    /// From the left side, 0 to 1.
    pub x: f64,
    /// From the top side, 0 to 1.
    pub y: f64,
}

impl FocalPoint {
    pub(crate) fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        for (name, value) in [("x", self.x), ("y", self.y)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(place.refuse(name, value, "must be between 0 and 1"));
            }
        }
        Ok(())
    }

    /// Whether it is the exact centre, which is what a missing position means.
    pub(crate) fn is_center(&self) -> bool {
        self.x == 0.5 && self.y == 0.5
    }

    pub(crate) fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.double(1, self.x);
        fields.double(2, self.y);
        fields
    }
}
