//! Reading: one file for each source format, with its header and its pixels.

mod attached;
#[cfg(feature = "avif")]
pub(crate) mod avif;
#[cfg(not(feature = "avif"))]
#[path = "no_avif.rs"]
pub(crate) mod avif;
pub(crate) use attached::attached;
pub(crate) mod bmp;
mod decoder;
pub(crate) mod frames;
pub(crate) mod gif;
pub(crate) mod ico;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod screen;
pub(crate) mod tiff;
pub(crate) mod webp;
