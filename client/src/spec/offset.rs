//! A distance from an image's top left corner.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

/// A distance from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offset {
    /// Pixels from the left side, 0 to 65535.
    pub x: u32,
    /// Pixels from the top side, 0 to 65535.
    pub y: u32,
}

impl Offset {
    /// `x` pixels from the left side and `y` from the top, each 0 to 65535.
    pub const fn new(x: u32, y: u32) -> Self {
        Self { x, y }
    }
}

impl From<(u32, u32)> for Offset {
    fn from((x, y): (u32, u32)) -> Self {
        Self::new(x, y)
    }
}

impl From<Offset> for v1::Offset {
    fn from(Offset { x, y }: Offset) -> Self {
        Self { x, y }
    }
}

impl From<v1::Offset> for Offset {
    fn from(v1::Offset { x, y }: v1::Offset) -> Self {
        Self { x, y }
    }
}
