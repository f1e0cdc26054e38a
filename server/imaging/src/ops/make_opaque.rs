//! `make_opaque`: lays the image on a colour.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::color::Color;
use crate::flatten::flattened;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::plane::{Plane, map_depth};
use crate::step::{Step, Work};
use crate::{ImageError, InvalidSpec, Operation, OperationInfo, Size};

/// Lays the image on a colour, so that nothing is transparent any more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MakeOpaque {
    /// `#rgb` or `#rrggbb`. Empty: white.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
}

impl MakeOpaque {
    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "make_opaque", number: 21, revision: 1, fields: &[("color", 1)] };

    fn color(&self) -> Color {
        Color::of(&self.color, Color::WHITE)
    }
}

impl Operate for MakeOpaque {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, _ratio: f64, _input: Option<Size>) -> Operation {
        self.clone().into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        Color::validate_opaque(&self.color, "color", place)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.bytes(1, &self.color().canonical(), &[255, 255, 255]);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        vec![Step::work(Flatten { size: input, color: self.color() })]
    }
}

#[derive(Debug)]
struct Flatten {
    size: Size,
    color: Color,
}

impl Work for Flatten {
    fn size(&self) -> Size {
        self.size
    }

    fn layout(&self, input: Layout) -> Layout {
        if input.has_alpha() { self.color.fits(input).without_alpha() } else { input }
    }

    fn run(&self, plane: Plane, _budget: &Budget) -> Result<Plane, ImageError> {
        Ok(Plane { pixels: map_depth!(plane.pixels, raster => flattened(raster, self.color)?), ..plane })
    }
}
