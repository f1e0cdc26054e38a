//! What renditions are written as, one file each: options, validation, canonical encoding.

mod auto;
mod avif;
mod gif;
mod jpeg;
mod png;
mod subsampling;
mod webp;

pub use auto::Auto;
pub use avif::Avif;
pub use gif::Gif;
pub use jpeg::Jpeg;
pub use png::{Compression, Png};
pub use subsampling::Subsampling;
pub use webp::Webp;
