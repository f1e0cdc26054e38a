//! Reading: one file for each source format, with its header and its pixels.

mod exif;
pub(crate) mod gif;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod webp;
