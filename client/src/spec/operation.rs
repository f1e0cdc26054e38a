//! The table of operations: one line makes the variant, the conversions both ways, the word in
//! JSON and the builder's method.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{
    AddBorder, Adjust, ColorOverlay, Crop, Extend, GaussianBlur, Grayscale, MakeOpaque, Overlay, Pixelate,
    Reflection, Resize, ResizeCanvas, ResizeToCover, ResizeToFill, ResizeToFit, Rotate, SetOpacity, Sharpen,
    SmartCrop, SmartResize, SpecBuilder, Thumbnail, Transpose, Trim, UnknownSpec,
};

macro_rules! operations {
    ($( $(#[$doc:meta])* $method:ident => $name:ident ),+ $(,)?) => {
        /// One step on the pixels. Coordinates, anchors and focal points mean the oriented image.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Operation { $( $(#[$doc])* $name($name) ),+ }

        impl Operation {
            /// The names of all operations, as in JSON and in the configuration.
            pub const NAMES: &[&str] = &[ $( stringify!($method) ),+ ];

            /// The name of this one.
            pub fn name(&self) -> &'static str {
                match self { $( Self::$name(_) => stringify!($method) ),+ }
            }
        }

        impl SpecBuilder {
            $( $(#[$doc])* pub fn $method(self, operation: impl Into<$name>) -> Self {
                self.operation(operation.into())
            } )+
        }

        $( impl From<$name> for Operation {
            fn from(operation: $name) -> Self {
                Self::$name(operation)
            }
        } )+

        impl From<Operation> for v1::Operation {
            fn from(operation: Operation) -> Self {
                let operation = match operation {
                    $( Operation::$name(operation) => v1::operation::Operation::$name(operation.into()) ),+
                };
                Self { operation: Some(operation) }
            }
        }

        impl TryFrom<v1::Operation> for Operation {
            type Error = UnknownSpec;

            fn try_from(operation: v1::Operation) -> Result<Self, UnknownSpec> {
                match operation.operation {
                    $( Some(v1::operation::Operation::$name(operation)) => Ok(Self::$name(operation.try_into()?)), )+
                    None => Err(UnknownSpec("an operation")),
                }
            }
        }
    };
}

operations! {
    /// To an exact size, changing the aspect ratio if need be.
    resize => Resize,
    /// Into a box, keeping the aspect ratio.
    resize_to_fit => ResizeToFit,
    /// Around a box, keeping the aspect ratio; cuts nothing.
    resize_to_cover => ResizeToCover,
    /// To an exact size, keeping the aspect ratio, cutting off what is too much.
    resize_to_fill => ResizeToFill,
    /// A box cut out of the image.
    crop => Crop,
    /// To an exact size, keeping the aspect ratio, cutting off what matters least.
    smart_resize => SmartResize,
    /// Filled where both sides are given, fitted where one is.
    thumbnail => Thumbnail,
    /// A box cut out of the image where most is to be seen.
    smart_crop => SmartCrop,
    /// Cuts off a border of one colour.
    trim => Trim,
    /// More or less room around the image, which is not resized.
    resize_canvas => ResizeCanvas,
    /// A border around the image.
    add_border => AddBorder,
    /// Mirrors the image or turns it by quarters.
    transpose => Transpose,
    /// Turns the image by any angle.
    rotate => Rotate,
    /// Adds room until the image has an aspect ratio.
    extend => Extend,
    /// Saturation, brightness, contrast and sharpness.
    adjust => Adjust,
    /// Takes the colours away.
    grayscale => Grayscale,
    /// Blurs.
    gaussian_blur => GaussianBlur,
    /// Sharpens.
    sharpen => Sharpen,
    /// Large squares of one colour each.
    pixelate => Pixelate,
    /// Lays a colour over the image.
    color_overlay => ColorOverlay,
    /// Lays the image on a colour.
    make_opaque => MakeOpaque,
    /// Makes the image more transparent.
    set_opacity => SetOpacity,
    /// Mirrors the image below itself, fading out.
    reflection => Reflection,
    /// Lays a configured image, such as a watermark, over this one.
    overlay => Overlay,
}
