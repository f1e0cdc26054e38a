//! How far an image may be reduced while it is decoded (JPEG, PNG and WebP).

use crate::wire_enum::choice;

choice! {
    /// How far an image may be reduced while it is decoded (JPEG, PNG and WebP), when the first operation resizes it.
    ScaledDecoding: "scaled decoding" {
        /// To no less than twice the size that the resize needs: as similar as a full decode.
        Quality = "quality",
        /// To no less than the size that the resize needs: faster, a little softer.
        Speed = "speed",
    }
}
