//! Whether an operation may invent pixels.

use serde::{Deserialize, Serialize};

use crate::{Size, rounding};

/// Whether an operation may give more pixels than it got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upscale {
    /// Images smaller than asked are not enlarged.
    #[default]
    Never,
    /// Images smaller than asked are enlarged.
    Allow,
}

impl Upscale {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Upscale::Never => 1,
            Upscale::Allow => 2,
        }
    }

    /// The box asked for, or, where it would enlarge, the largest one of its aspect inside `input`.
    pub(crate) fn bounded(self, asked: Size, input: Size) -> Size {
        let factor = (f64::from(input.width) / f64::from(asked.width))
            .min(f64::from(input.height) / f64::from(asked.height));
        if self == Upscale::Allow || factor >= 1.0 {
            return asked;
        }
        Size::new(
            rounding::side(f64::from(asked.width) * factor).min(input.width),
            rounding::side(f64::from(asked.height) * factor).min(input.height),
        )
    }
}
