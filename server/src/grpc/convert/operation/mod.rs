//! Operations. The table has one line for each; its fields stand next to each other both ways, by
//! what the operation changes: the sizes and places of pixels (`geometry`, `room`) or their look.

mod geometry;
mod look;
mod room;
mod words;

use std::fmt::Arguments;

use rendition_imaging as imaging;
use rendition_proto::v1::{self as proto, operation::Operation as Kind};

use super::invalid_spec;
use crate::model::Error;

/// A message of one operation, both ways.
trait Message: Sized {
    /// The operation that it stands for.
    type Model;

    /// The operation of the message; `field` is its path in the spec.
    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error>;

    /// The message of an operation.
    fn write(model: &Self::Model) -> Self;
}

macro_rules! operations {
    ($($field:literal: $name:ident),* $(,)?) => {
        /// The operation of a message; `field` is its path in the spec.
        pub fn operation(message: &proto::Operation, field: Arguments<'_>) -> Result<imaging::Operation, Error> {
            Ok(match &message.operation {
                $(Some(Kind::$name(message)) => message.read(format_args!("{field}.{}", $field))?.into(),)*
                None => {
                    let message = "the operation is not set: this server may be older than the caller";
                    return Err(invalid_spec(field, message));
                }
            })
        }

        /// The message of an operation.
        pub fn operation_message(operation: &imaging::Operation) -> proto::Operation {
            let kind = match operation {
                $(imaging::Operation::$name(operation) => Kind::$name(Message::write(operation)),)*
            };
            proto::Operation { operation: Some(kind) }
        }
    };
}

operations! {
    "resize": Resize,
    "resize_to_fit": ResizeToFit,
    "resize_to_cover": ResizeToCover,
    "resize_to_fill": ResizeToFill,
    "crop": Crop,
    "smart_resize": SmartResize,
    "thumbnail": Thumbnail,
    "smart_crop": SmartCrop,
    "trim": Trim,
    "resize_canvas": ResizeCanvas,
    "add_border": AddBorder,
    "transpose": Transpose,
    "rotate": Rotate,
    "extend": Extend,
    "adjust": Adjust,
    "grayscale": Grayscale,
    "gaussian_blur": GaussianBlur,
    "sharpen": Sharpen,
    "pixelate": Pixelate,
    "color_overlay": ColorOverlay,
    "make_opaque": MakeOpaque,
    "set_opacity": SetOpacity,
    "reflection": Reflection,
    "overlay": Overlay,
}
