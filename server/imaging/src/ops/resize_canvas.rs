//! `resize_canvas`: more or less room around the image.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::canvas::Canvas;
use crate::color::Color;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::step::Step;
use crate::{Anchor, InvalidSpec, Offset, Operation, OperationInfo, Size, length};

/// Puts the image on a canvas of width x height, without resizing it; what reaches out is cut off. Offsets are those of
/// pilkit's `ResizeCanvas`: the anchor's fraction of the room, truncated to whole pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResizeCanvas {
    /// Pixels, 1 to 65535.
    pub width: u32,
    /// Pixels, 1 to 65535.
    pub height: u32,
    /// The canvas: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Empty: transparent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// The side or corner at which the image lies; excludes `offset`. Neither: the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// Where the image's top left corner lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
}

impl ResizeCanvas {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "resize_canvas",
        number: 10,
        revision: 1,
        fields: &[("width", 1), ("height", 2), ("color", 3), ("anchor", 4), ("offset", 5)],
    };

    fn color(&self) -> Color {
        Color::of(&self.color, Color::TRANSPARENT)
    }

    fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

impl Operate for ResizeCanvas {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        ResizeCanvas {
            width: length::scaled(self.width, ratio),
            height: length::scaled(self.height, ratio),
            offset: self.offset.map(|offset| offset.scaled(ratio)),
            ..self.clone()
        }
        .into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.side("width", self.width)?;
        place.side("height", self.height)?;
        place.at_most_one(&[("anchor", self.anchor.is_some()), ("offset", self.offset.is_some())])?;
        self.offset.map_or(Ok(()), |offset| offset.validate(&place.child("offset")))?;
        Color::validate(&self.color, "color", place)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.width, 0);
        fields.varint(2, self.height, 0);
        fields.bytes(3, &self.color().canonical(), &Color::TRANSPARENT.canonical());
        if let Some(offset) = self.offset {
            fields.message(5, offset.fields());
        } else {
            fields.varint(4, self.anchor.unwrap_or_default().number(), Anchor::Center.number());
        }
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        Some(self.size())
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        let (size, color) = (self.size(), self.color());
        let canvas = match self.offset {
            Some(offset) => Canvas { size, corner: (offset.x.into(), offset.y.into()), color },
            None => Canvas::anchored(size, input, self.anchor.unwrap_or_default(), color),
        };
        if size == input && canvas.corner == (0, 0) {
            return vec![Step::Keep(input)];
        }
        vec![Step::work(canvas)]
    }
}
