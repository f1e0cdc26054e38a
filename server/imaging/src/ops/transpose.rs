//! `transpose`: mirrors the image or turns it by quarters.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::step::Step;
use crate::{InvalidSpec, Operation, OperationInfo, Orientation, Size};

/// Mirrors the image or turns it by quarters. Nothing is lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transpose {
    /// How.
    pub method: TransposeMethod,
}

/// How an image is mirrored or turned. Angles are counterclockwise, as in pilkit and Pillow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransposeMethod {
    /// Left and right are exchanged.
    FlipHorizontal,
    /// Top and bottom are exchanged.
    FlipVertical,
    /// A quarter counterclockwise.
    #[serde(rename = "rotate_90")]
    Rotate90,
    /// Upside down.
    #[serde(rename = "rotate_180")]
    Rotate180,
    /// A quarter clockwise.
    #[serde(rename = "rotate_270")]
    Rotate270,
    /// Mirrored along the diagonal from the top left: rows become columns.
    Transpose,
    /// Mirrored along the other diagonal.
    Transverse,
}

impl TransposeMethod {
    const fn number(self) -> u32 {
        match self {
            TransposeMethod::FlipHorizontal => 1,
            TransposeMethod::FlipVertical => 2,
            TransposeMethod::Rotate90 => 3,
            TransposeMethod::Rotate180 => 4,
            TransposeMethod::Rotate270 => 5,
            TransposeMethod::Transpose => 6,
            TransposeMethod::Transverse => 7,
        }
    }

    /// The same as an orientation, whose angles are clockwise.
    const fn orientation(self) -> Orientation {
        match self {
            TransposeMethod::FlipHorizontal => Orientation::MirrorHorizontal,
            TransposeMethod::FlipVertical => Orientation::MirrorVertical,
            TransposeMethod::Rotate90 => Orientation::Rotate270,
            TransposeMethod::Rotate180 => Orientation::Rotate180,
            TransposeMethod::Rotate270 => Orientation::Rotate90,
            TransposeMethod::Transpose => Orientation::Transpose,
            TransposeMethod::Transverse => Orientation::Transverse,
        }
    }
}

impl Transpose {
    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "transpose", number: 12, revision: 1, fields: &[("method", 1)] };
}

impl Operate for Transpose {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, _place: &Place) -> Result<(), InvalidSpec> {
        Ok(())
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.method.number(), 0);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let orientation = self.method.orientation();
        vec![Step::Turn(orientation, orientation.apply(input))]
    }
}
