//! The light that images are resized in.

use serde::{Deserialize, Serialize};

/// What the samples' numbers are proportional to while an image is resized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// How bright it looks, about: the numbers as they are, like nearly all programs do.
    #[default]
    Gamma,
    /// Amounts of light: truer brightness of fine detail, several times slower.
    Linear,
}

impl Light {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Light::Gamma => 1,
            Light::Linear => 2,
        }
    }
}
