//! How many pixels share their colour.

use serde::{Deserialize, Serialize};

/// From this quality on each pixel has its own colour, where nothing else is asked.
const WHOLE_COLOR: u32 = 90;

/// How many pixels share their colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Subsampling {
    /// 4:2:0 below quality 90, else 4:4:4.
    #[default]
    #[serde(rename = "unspecified")]
    Unspecified,
    /// 4:2:0: four, two by two.
    #[serde(rename = "420")]
    Quarter,
    /// 4:2:2: two side by side.
    #[serde(rename = "422")]
    Half,
    /// 4:4:4: none.
    #[serde(rename = "444")]
    Whole,
}

impl Subsampling {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Subsampling::Unspecified => 0,
            Subsampling::Quarter => 1,
            Subsampling::Half => 2,
            Subsampling::Whole => 3,
        }
    }

    /// What it is at a quality; never unspecified.
    pub(crate) const fn at(self, quality: u32) -> Subsampling {
        match self {
            Subsampling::Unspecified if quality < WHOLE_COLOR => Subsampling::Quarter,
            Subsampling::Unspecified => Subsampling::Whole,
            subsampling => subsampling,
        }
    }
}
