//! How it is told which part of an image matters.

use crate::wire_enum::choice;

choice! {
    /// How it is told which part of an image matters.
    #[derive(Default)]
    SmartMode: "mode" {
        /// By edges, saturation and contrast.
        #[default]
        Attention = "attention",
        /// By the entropy of the histogram, slice by slice.
        Entropy = "entropy",
    }
}
