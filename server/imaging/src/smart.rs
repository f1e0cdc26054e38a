//! Which part of an image matters most.

mod attention;
mod entropy;

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::plane::Plane;
use crate::region::Cut;
use crate::step::{Extent, Seek};
use crate::{ImageError, Size};

/// How it is told which part of an image matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmartMode {
    /// By edges, saturation and contrast.
    #[default]
    Attention,
    /// By the entropy of the histogram, slice by slice, as pilkit's `SmartCrop` does.
    Entropy,
}

impl SmartMode {
    pub(crate) const fn number(self) -> u32 {
        match self {
            SmartMode::Attention => 1,
            SmartMode::Entropy => 2,
        }
    }
}

/// The box of this size that matters most. It has to fit into the image.
#[derive(Clone, Debug)]
pub(crate) struct Smart {
    pub size: Size,
    pub mode: SmartMode,
}

impl Seek for Smart {
    fn extent(&self) -> Extent {
        Extent::Exactly(self.size)
    }

    fn needs_display(&self) -> bool {
        true
    }

    fn find(&self, plane: &Plane, budget: &Budget) -> Result<Cut, ImageError> {
        match self.mode {
            SmartMode::Attention => attention::find(plane, self.size, budget),
            SmartMode::Entropy => entropy::find(plane, self.size, budget),
        }
    }
}
