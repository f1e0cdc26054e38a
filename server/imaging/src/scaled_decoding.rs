//! How far an image may be reduced while it is decoded (JPEG, PNG and WebP).

use serde::{Deserialize, Serialize};

/// How far an image may be reduced while it is decoded (JPEG, PNG and WebP), when the first operation resizes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaledDecoding {
    /// To no less than twice the size that the resize needs.
    #[default]
    Quality,
    /// To no less than the size that the resize needs.
    Speed,
}

impl ScaledDecoding {
    /// How many times the size needed has to be decoded at least.
    pub(crate) const fn oversampling(self) -> f64 {
        match self {
            ScaledDecoding::Quality => 2.0,
            ScaledDecoding::Speed => 1.0,
        }
    }

    pub(crate) const fn number(self) -> u32 {
        match self {
            ScaledDecoding::Quality => 1,
            ScaledDecoding::Speed => 2,
        }
    }
}
