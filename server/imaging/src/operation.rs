//! The table of operations. A new one is a file in `ops/` and a line in here.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::step::Step;
use crate::{Crop, InvalidSpec, Resize, ResizeToCover, ResizeToFill, ResizeToFit, Size};

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
    /// Refuses values outside the ranges that the API documents.
    fn validate(&self, place: &Place) -> Result<(), InvalidSpec>;
    /// The fields of its canonical encoding, without the revision.
    fn fields(&self) -> Fields;
    /// The size of the result where it depends on no input.
    fn fixed_size(&self) -> Option<Size>;
    /// What it does to an image of this size, neither of whose sides is zero.
    fn step(&self, input: Size) -> Step;
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
}
