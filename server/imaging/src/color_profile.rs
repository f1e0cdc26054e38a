//! What becomes of an ICC profile.

use serde::{Deserialize, Serialize};

/// What becomes of an ICC profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorProfile {
    /// Colours become sRGB.
    #[default]
    Convert,
    /// An RGB or grey image keeps its colours and its profile, as long as no operation changes colours or names one. All others
    /// become sRGB.
    Keep,
}

impl ColorProfile {
    pub(crate) const fn number(self) -> u32 {
        match self {
            ColorProfile::Convert => 1,
            ColorProfile::Keep => 2,
        }
    }
}
