//! What becomes of a source of which pixels are missing.

use serde::{Deserialize, Serialize};

/// What becomes of a source of which pixels are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDamaged {
    /// It is refused.
    #[default]
    Refuse,
    /// It is taken if at least 90 % of its rows are there, as far as its format tells: JPEG (by the C decoder), WebP, and PNG that
    /// is not interlaced. Others are refused.
    Accept,
}

/// The least part of the rows that has to be there of an image that is taken although pixels are missing.
pub(crate) const LEAST_ROWS: f64 = 0.9;

impl OnDamaged {
    pub(crate) const fn number(self) -> u32 {
        match self {
            OnDamaged::Refuse => 1,
            OnDamaged::Accept => 2,
        }
    }
}
