//! The operations, one file each: fields, validation, canonical encoding, sizes, pixels.

mod crop;
mod resize;
mod resize_to_cover;
mod resize_to_fill;
mod resize_to_fit;

pub use crop::Crop;
pub use resize::Resize;
pub use resize_to_cover::ResizeToCover;
pub use resize_to_fill::ResizeToFill;
pub use resize_to_fit::ResizeToFit;
