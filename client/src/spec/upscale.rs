//! Whether an operation may invent pixels.

use crate::wire_enum::choice;

choice! {
    /// Whether an operation may invent pixels.
    #[derive(Default)]
    Upscale: "upscale" {
        /// Images smaller than asked are not enlarged.
        #[default]
        Never = "never",
        /// Images smaller than asked are enlarged.
        Allow = "allow",
    }
}

impl Upscale {
    /// Whether it is the default; serde leaves it out then.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
