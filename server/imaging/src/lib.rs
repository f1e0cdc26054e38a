//! Rendition's imaging: a [`Spec`] says what to make; bytes go in, bytes come out.
//!
//! Synchronous, without I/O. What comes out depends on the source's bytes and the spec alone.
//! The steps may be taken one by one, so that a caller can refuse, queue and share work:
//! [`inspect`] reads a header, [`Plan::new`] tells size and memory before any pixel is touched,
//! [`decode`] gives what serves every plan with an equal [`DecodePlan`], and [`render`]
//! carries a plan out on it. [`generate`] does all of it in a row.

#[cfg(not(any(feature = "turbojpeg", feature = "pure-rust-jpeg")))]
compile_error!("one of the features `turbojpeg` and `pure-rust-jpeg` must be on");

mod alpha;
mod anchor;
mod animation;
mod attached;
#[cfg(feature = "avif")]
mod av1;
mod blur;
mod bt601;
mod budget;
mod canonical;
mod canvas;
#[cfg(feature = "avif")]
mod cicp;
mod color;
mod color_profile;
mod course;
#[cfg(feature = "avif")]
mod dav1d;
mod decode;
mod display;
mod ends;
mod error;
mod exif;
mod flatten;
mod focal_point;
mod format;
mod generate;
mod header;
mod invalid_spec;
mod layout;
mod length;
#[cfg(feature = "avif")]
mod libaom;
mod libwebp;
mod light;
mod limits;
mod luma;
mod memory;
mod metadata;
mod offset;
mod on_damaged;
mod operation;
mod ops;
mod orientation;
mod output;
mod outputs;
mod overlay_image;
mod paint;
mod placeholder;
mod plan;
mod planar;
mod plane;
mod profile;
mod raster;
mod read;
mod region;
mod render;
mod resample;
mod rounding;
mod sample;
mod sampling;
mod scaled_decoding;
mod shrink;
mod size;
mod smart;
mod source_format;
mod spec;
mod step;
mod turn;
mod upscale;
mod write;
mod xmp;
mod ycc;

pub use anchor::Anchor;
pub use animation::Animation;
pub use color_profile::ColorProfile;
pub use decode::{DecodePlan, Decoded, decode};
pub use ends::{TAIL, ends_whole};
pub use error::ImageError;
pub use focal_point::FocalPoint;
pub use format::Format;
pub use generate::generate;
pub use header::{ColorModel, Header, inspect};
pub use invalid_spec::InvalidSpec;
pub use light::Light;
pub use limits::Limits;
pub use metadata::Metadata;
pub use offset::Offset;
pub use on_damaged::OnDamaged;
pub use operation::{OPERATIONS, Operation, OperationInfo};
pub use ops::{
    AddBorder, Adjust, ColorOverlay, Crop, Extend, GaussianBlur, Grayscale, MakeOpaque, Overlay, Pixelate,
    Reflection, Resize, ResizeCanvas, ResizeToCover, ResizeToFill, ResizeToFit, Rotate, SetOpacity, Sharpen,
    Side, SmartCrop, SmartResize, Thumbnail, Transpose, TransposeMethod, Trim,
};
pub use orientation::Orientation;
pub use output::{OUTPUTS, Output, OutputInfo};
pub use outputs::{Auto, Avif, Compression, Gif, Jpeg, Png, Subsampling, Webp};
pub use overlay_image::OverlayImage;
pub use placeholder::{Placeholder, placeholder, placeholder_spec};
pub use plan::Plan;
pub use render::{Encoded, render};
pub use scaled_decoding::ScaledDecoding;
pub use size::Size;
pub use smart::SmartMode;
pub use source_format::SourceFormat;
pub use spec::{MAX_OPERATIONS, MAX_SIDE, Spec};
pub use upscale::Upscale;
