//! What becomes of an ICC profile.

use crate::wire_enum::choice;

choice! {
    /// What becomes of an ICC profile.
    ColorProfile: "colour profile" {
        /// Colours become sRGB; the default.
        Convert = "convert",
        /// An RGB or grey image keeps its colours and its profile, as long as no operation changes
        /// colours or names one. All others become sRGB.
        Keep = "keep",
    }
}
