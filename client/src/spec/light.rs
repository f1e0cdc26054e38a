//! The light that images are resized in.

use crate::wire_enum::choice;

choice! {
    /// The light that images are resized in.
    Light: "light" {
        /// In the numbers as they are, like nearly all programs do; the default.
        Gamma = "gamma",
        /// In amounts of light: truer brightness of fine detail, several times slower.
        Linear = "linear",
    }
}
