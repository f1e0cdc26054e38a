//! The table of operations. A new one is a file in `ops/` and a line in here.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::step::{Extent, Step};
use crate::{
    AddBorder, Adjust, ColorOverlay, Crop, Extend, GaussianBlur, Grayscale, InvalidSpec, MakeOpaque, Overlay,
    Pixelate, Reflection, Resize, ResizeCanvas, ResizeToCover, ResizeToFill, ResizeToFit, Rotate, SetOpacity,
    Sharpen, Size, SmartCrop, SmartResize, Thumbnail, Transpose, Trim,
};

/// What the API's descriptors must say of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// The name of its field in `rendition.v1.Operation`.
    pub name: &'static str,
    /// The number of that field.
    pub number: u32,
    /// The revision of its pixels, from 1; part of every key.
    pub revision: u32,
    /// The fields of its message by name and number, in ascending order.
    pub fields: &'static [(&'static str, u32)],
}

/// What every operation can do. The files in `ops/` hold one implementation each.
pub(crate) trait Operate {
    /// What the table says of it.
    fn info(&self) -> &'static OperationInfo;
    /// The same operation with every length in pixels `ratio` times as long, and with percents as pixels where the size
    /// of what it works on is known.
    fn folded(&self, ratio: f64, input: Option<Size>) -> Operation;
    /// Refuses values outside the ranges that the API documents.
    fn validate(&self, place: &Place) -> Result<(), InvalidSpec>;
    /// The fields of its canonical encoding, without the revision.
    fn fields(&self) -> Fields;
    /// The size of the result where it depends on no input.
    fn fixed_size(&self) -> Option<Size>;
    /// What it does to an image of this size, neither of whose sides is zero. A step whose size the pixels decide may
    /// only be the last.
    fn steps(&self, input: Size) -> Vec<Step>;
    /// The size of the result for an image of this size; none where the pixels decide it.
    fn size(&self, input: Size) -> Option<Size> {
        self.steps(input).iter().try_fold(input, |_, step| match step.extent() {
            Extent::Exactly(size) => Some(size),
            Extent::AtMost(_) => None,
        })
    }
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// One step on the pixels. All coordinates mean the oriented image.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operation {
            $($(#[$doc])* $name($name),)*
        }

        /// Every operation, in ascending order of the numbers.
        pub const OPERATIONS: &[OperationInfo] = &[$($name::INFO),*];

        impl Operation {
            pub(crate) fn operate(&self) -> &dyn Operate {
                match self {
                    $(Operation::$name(operation) => operation,)*
                }
            }
        }

        $(
            impl From<$name> for Operation {
                fn from(operation: $name) -> Operation {
                    Operation::$name(operation)
                }
            }
        )*
    };
}

operations! {
    /// To an exact size.
    Resize,
    /// Into a box, keeping the aspect ratio.
    ResizeToFit,
    /// Around a box, keeping the aspect ratio.
    ResizeToCover,
    /// To an exact size, keeping the aspect ratio, cutting off what is too much.
    ResizeToFill,
    /// A box cut out of the image.
    Crop,
    /// To an exact size, keeping the aspect ratio, cutting off what matters least.
    SmartResize,
    /// Filled where both sides are given, fitted where one is.
    Thumbnail,
    /// A box cut out of the image where most is to be seen.
    SmartCrop,
    /// Cuts off a border of one colour.
    Trim,
    /// More or less room around the image, which is not resized.
    ResizeCanvas,
    /// A border around the image.
    AddBorder,
    /// Mirrors the image or turns it by quarters.
    Transpose,
    /// Turns the image by any angle.
    Rotate,
    /// Adds room until the image has an aspect ratio.
    Extend,
    /// Saturation, brightness, contrast and sharpness.
    Adjust,
    /// Takes the colours away.
    Grayscale,
    /// Blurs.
    GaussianBlur,
    /// Sharpens.
    Sharpen,
    /// Large squares of one colour each.
    Pixelate,
    /// Lays a colour over the image.
    ColorOverlay,
    /// Lays the image on a colour.
    MakeOpaque,
    /// Makes the image more transparent.
    SetOpacity,
    /// Mirrors the image below itself, fading out.
    Reflection,
    /// Lays a configured image, such as a watermark, over this one.
    Overlay,
}
