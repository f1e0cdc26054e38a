//! `thumbnail`: filled where both sides are given, fitted where one is.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::step::Step;
use crate::{
    Anchor, FocalPoint, InvalidSpec, MAX_SIDE, Operation, OperationInfo, ResizeToFill, ResizeToFit, Size,
    SmartMode, SmartResize, Upscale, length,
};

/// With both sides given, resizes to fill them; with one, to fit it. Like pilkit's `Thumbnail`, but the part that is kept is
/// the one that matters most as long as none is named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thumbnail {
    /// Pixels, 1 to 65535; 0: not given. At least one side must be.
    pub width: u32,
    /// Pixels, 1 to 65535; 0: not given. At least one side must be.
    pub height: u32,
    /// Whether pixels may be enlarged, as in [`ResizeToFill`] and [`ResizeToFit`].
    pub upscale: Upscale,
    /// The side or corner that is kept where both sides are given. This, `focal_point` and `smart` exclude each other; none of
    /// them: what matters most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// The point that keeps its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPoint>,
    /// What matters most, told so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart: Option<SmartMode>,
}

impl Thumbnail {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "thumbnail",
        number: 7,
        revision: 1,
        fields: &[
            ("width", 1),
            ("height", 2),
            ("upscale", 3),
            ("anchor", 4),
            ("focal_point", 5),
            ("smart", 6),
        ],
    };

    /// The operation that does it.
    fn operation(&self) -> Operation {
        let Thumbnail { width, height, upscale, anchor, focal_point, smart } = self.clone();
        if width == 0 || height == 0 {
            ResizeToFit { width, height, upscale, ..ResizeToFit::default() }.into()
        } else if anchor.is_some() || focal_point.is_some() {
            ResizeToFill { width, height, upscale, anchor, focal_point }.into()
        } else {
            SmartResize { width, height, upscale, mode: smart.unwrap_or_default() }.into()
        }
    }
}

impl Operate for Thumbnail {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        Thumbnail {
            width: length::scaled(self.width, ratio),
            height: length::scaled(self.height, ratio),
            ..self.clone()
        }
        .into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        if self.width == 0 && self.height == 0 {
            return Err(place.refuse("width", 0, "width, height or both must be between 1 and 65535"));
        }
        place.between("width", self.width, 0, MAX_SIDE)?;
        place.between("height", self.height, 0, MAX_SIDE)?;
        place.at_most_one(&[
            ("anchor", self.anchor.is_some()),
            ("focal_point", self.focal_point.is_some()),
            ("smart", self.smart.is_some()),
        ])?;
        self.focal_point.map_or(Ok(()), |point| point.validate(&place.child("focal_point")))
    }

    /// The default is not the centre here, so the centre is written as the anchor, whichever way it was said. Where one side
    /// is given nothing is cut off, and it does not matter where.
    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.varint(3, self.upscale.number(), Upscale::Never.number());
        if self.width == 0 || self.height == 0 {
            return fields;
        }
        match (self.focal_point, self.anchor) {
            (Some(point), _) if !point.is_center() => fields.message(5, point.fields()),
            (Some(_), _) => fields.varint(4, Anchor::Center.number(), 0),
            (None, Some(anchor)) => fields.varint(4, anchor.number(), 0),
            (None, None) => {
                fields.varint(6, self.smart.unwrap_or_default().number(), SmartMode::Attention.number());
            }
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        self.operation().operate().fixed_size()
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        self.operation().operate().steps(input)
    }
}
