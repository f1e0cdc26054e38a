//! What goes with the pixels of an image: a colour profile, EXIF, XMP.

/// What is written beside the pixels; empty blocks are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attached {
    /// An ICC profile.
    pub icc: Vec<u8>,
    /// An EXIF block, from its TIFF header on.
    pub exif: Vec<u8>,
    /// An XMP packet.
    pub xmp: Vec<u8>,
}

impl Attached {
    pub fn is_empty(&self) -> bool {
        self.icc.is_empty() && self.exif.is_empty() && self.xmp.is_empty()
    }
}

/// What a source has beside its pixels, as it stands in the file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Source<'a> {
    /// With or without `Exif\0\0` before its TIFF header.
    pub exif: &'a [u8],
    pub xmp: &'a [u8],
}
