//! What becomes of an animated source.

use serde::{Deserialize, Serialize};

/// What becomes of an animated source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Animation {
    /// It stays one where the format can hold it; else the first frame is taken.
    #[default]
    Keep,
    /// The first frame is taken.
    FirstFrame,
    /// It is refused.
    Reject,
}

impl Animation {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Animation::Keep => 1,
            Animation::FirstFrame => 2,
            Animation::Reject => 3,
        }
    }
}
