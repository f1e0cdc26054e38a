//! Sides and corners that a cut leaves whole.

use serde::{Deserialize, Serialize};

/// A side, a corner or the centre of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The centre.
    #[default]
    Center,
    /// The middle of the top side.
    Top,
    /// The top right corner.
    TopRight,
    /// The middle of the right side.
    Right,
    /// The bottom right corner.
    BottomRight,
    /// The middle of the bottom side.
    Bottom,
    /// The bottom left corner.
    BottomLeft,
    /// The middle of the left side.
    Left,
    /// The top left corner.
    TopLeft,
}

impl Anchor {
    /// Where the anchor is, as fractions of the image's width and height.
    pub(crate) const fn fractions(self) -> (f64, f64) {
        match self {
            Anchor::Center => (0.5, 0.5),
            Anchor::Top => (0.5, 0.0),
            Anchor::TopRight => (1.0, 0.0),
            Anchor::Right => (1.0, 0.5),
            Anchor::BottomRight => (1.0, 1.0),
            Anchor::Bottom => (0.5, 1.0),
            Anchor::BottomLeft => (0.0, 1.0),
            Anchor::Left => (0.0, 0.5),
            Anchor::TopLeft => (0.0, 0.0),
        }
    }

    pub(crate) const fn number(self) -> u32 {
        match self {
            Anchor::Center => 1,
            Anchor::Top => 2,
            Anchor::TopRight => 3,
            Anchor::Right => 4,
            Anchor::BottomRight => 5,
            Anchor::Bottom => 6,
            Anchor::BottomLeft => 7,
            Anchor::Left => 8,
            Anchor::TopLeft => 9,
        }
    }
}
