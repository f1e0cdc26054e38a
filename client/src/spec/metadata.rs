//! What becomes of metadata.

use crate::wire_enum::choice;

choice! {
    /// What becomes of metadata. The orientation is always reset, because the pixels are turned.
    Metadata: "metadata" {
        /// None is kept; the default.
        Strip = "strip",
        /// Colours become sRGB, and a profile that says so is written.
        Icc = "icc",
        /// The copyright and the artist of EXIF, and the profile as with `Icc`.
        Copyright = "copyright",
        /// EXIF without GPS and thumbnail, XMP, and the profile as with `Icc`.
        All = "all",
    }
}
