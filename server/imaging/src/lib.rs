//! Rendition's imaging: a [`Spec`] says what to make; bytes go in, bytes come out.
//!
//! Synchronous, without I/O. What comes out depends on the source's bytes and the spec alone.
//! The steps may be taken one by one, so that a caller can refuse, queue and share work:
//! [`inspect`] reads a header, [`Plan::new`] tells size and memory before any pixel is touched,
//! [`decode`] gives a [`Plane`] that serves every plan with an equal [`DecodePlan`], and [`render`]
//! carries a plan out on it. [`generate`] does all of it in a row.

#[cfg(not(any(feature = "turbojpeg", feature = "pure-rust-jpeg")))]
compile_error!("one of the features `turbojpeg` and `pure-rust-jpeg` must be on");

mod anchor;
mod canonical;
mod color;
mod decode;
mod error;
mod focal_point;
mod format;
mod generate;
mod header;
mod invalid_spec;
mod libwebp;
mod limits;
mod memory;
mod offset;
mod operation;
mod ops;
mod orientation;
mod output;
mod outputs;
mod plan;
mod plane;
mod profile;
mod read;
mod region;
mod render;
mod resample;
mod rounding;
mod scaled_decoding;
mod size;
mod source_format;
mod spec;
mod step;
mod turn;
mod upscale;
mod write;

pub use anchor::Anchor;
pub use decode::{DecodePlan, decode};
pub use error::ImageError;
pub use focal_point::FocalPoint;
pub use format::Format;
pub use generate::generate;
pub use header::{ColorModel, Header, inspect};
pub use invalid_spec::InvalidSpec;
pub use limits::Limits;
pub use offset::Offset;
pub use operation::{OPERATIONS, Operation, OperationInfo};
pub use ops::{Crop, Resize, ResizeToCover, ResizeToFill, ResizeToFit};
pub use orientation::Orientation;
pub use output::{OUTPUTS, Output, OutputInfo};
pub use outputs::{Auto, Compression, Jpeg, Png, Webp};
pub use plan::Plan;
pub use plane::Plane;
pub use render::{Encoded, render};
pub use scaled_decoding::ScaledDecoding;
pub use size::Size;
pub use source_format::SourceFormat;
pub use spec::{MAX_OPERATIONS, MAX_SIDE, Spec};
pub use upscale::Upscale;
