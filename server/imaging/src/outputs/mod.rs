//! What renditions are written as, one file each: options, validation, canonical encoding.

mod auto;
mod jpeg;
mod png;
mod webp;

pub use auto::Auto;
pub use jpeg::Jpeg;
pub use png::{Compression, Png};
pub use webp::Webp;
