//! An image format that Rendition writes.

use crate::wire_enum::choice;

choice! {
    /// An image format that Rendition writes.
    OutputFormat: "format" {
        /// `image/jpeg`.
        Jpeg = "jpeg",
        /// `image/png`.
        Png = "png",
        /// `image/webp`.
        Webp = "webp",
        /// `image/avif`.
        Avif = "avif",
        /// `image/gif`.
        Gif = "gif",
    }
}
