//! A point in fractions of an image's size.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

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
    /// The point `x` from the left side and `y` from the top, each 0 to 1.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

impl From<(f64, f64)> for FocalPoint {
    fn from((x, y): (f64, f64)) -> Self {
        Self::new(x, y)
    }
}

impl From<FocalPoint> for v1::FocalPoint {
    fn from(FocalPoint { x, y }: FocalPoint) -> Self {
        Self { x, y }
    }
}

impl From<v1::FocalPoint> for FocalPoint {
    fn from(v1::FocalPoint { x, y }: v1::FocalPoint) -> Self {
        Self { x, y }
    }
}
