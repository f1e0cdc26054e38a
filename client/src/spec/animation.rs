//! What becomes of an animated source.

use crate::wire_enum::choice;

choice! {
    /// What becomes of an animated source.
    Animation: "animation" {
        /// It stays one where the format can hold it; else the first frame is taken. The default.
        Keep = "keep",
        /// The first frame is taken.
        FirstFrame = "first_frame",
        /// It is refused: `SOURCE_UNSUPPORTED`.
        Reject = "reject",
    }
}
