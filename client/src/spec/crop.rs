//! A box cut out of the image.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, FocalPoint, Offset, UnknownSpec, defaults::is_default};

/// Cuts a box of width x height out of the image. A box larger than the image is cut down to it.
///
/// An anchor, a focal point and an offset exclude each other; the one set last holds. None of
/// them: the centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Crop {
    width: u32,
    height: u32,
    position: Option<Position>,
    width_percent: f64,
    height_percent: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Position {
    Anchor(Anchor),
    FocalPoint(FocalPoint),
    Offset(Offset),
}

impl Crop {
    /// A box of `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, position: None, width_percent: 0.0, height_percent: 0.0 }
    }

    /// A box of these percents of the image's width and height, each above 0 to 100.
    pub const fn percent(width: f64, height: f64) -> Self {
        Self::new(0, 0).width_percent(width).height_percent(height)
    }

    /// Instead of the width in pixels: percents of the image's width, above 0 to 100.
    pub const fn width_percent(mut self, percent: f64) -> Self {
        (self.width, self.width_percent) = (0, percent);
        self
    }

    /// Instead of the height in pixels: percents of the image's height, above 0 to 100.
    pub const fn height_percent(mut self, percent: f64) -> Self {
        (self.height, self.height_percent) = (0, percent);
        self
    }

    /// The side or corner at which the box lies.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.position = Some(Position::Anchor(anchor));
        self
    }

    /// The point that the box is laid around, moved inside the image if it reaches out.
    pub fn focal_point(mut self, point: impl Into<FocalPoint>) -> Self {
        self.position = Some(Position::FocalPoint(point.into()));
        self
    }

    /// The box's top left corner, moved inside the image if the box reaches out.
    pub fn offset(mut self, offset: impl Into<Offset>) -> Self {
        self.position = Some(Position::Offset(offset.into()));
        self
    }
}

impl From<(u32, u32)> for Crop {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<Crop> for v1::Crop {
    fn from(operation: Crop) -> Self {
        use v1::crop::Position as Wire;
        Self {
            width: operation.width,
            height: operation.height,
            position: operation.position.map(|position| match position {
                Position::Anchor(anchor) => Wire::Anchor(anchor.to_wire()),
                Position::FocalPoint(point) => Wire::FocalPoint(point.into()),
                Position::Offset(offset) => Wire::Offset(offset.into()),
            }),
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        }
    }
}

impl TryFrom<v1::Crop> for Crop {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Crop) -> Result<Self, UnknownSpec> {
        use v1::crop::Position as Wire;
        Ok(Self {
            width: operation.width,
            height: operation.height,
            position: match operation.position {
                None => None,
                Some(Wire::Anchor(anchor)) => {
                    Some(Position::Anchor(Anchor::from_wire(anchor)?.unwrap_or_default()))
                }
                Some(Wire::FocalPoint(point)) => Some(Position::FocalPoint(point.into())),
                Some(Wire::Offset(offset)) => Some(Position::Offset(offset.into())),
            },
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        })
    }
}

/// The shape in JSON, where the position is spread over its alternatives.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default, skip_serializing_if = "is_default")]
    width: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    height: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    focal_point: Option<FocalPoint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offset: Option<Offset>,
    #[serde(default, skip_serializing_if = "is_default")]
    width_percent: f64,
    #[serde(default, skip_serializing_if = "is_default")]
    height_percent: f64,
}

impl TryFrom<Fields> for Crop {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, &'static str> {
        let position = match (fields.anchor, fields.focal_point, fields.offset) {
            (None, None, None) => None,
            (Some(anchor), None, None) => Some(Position::Anchor(anchor)),
            (None, Some(point), None) => Some(Position::FocalPoint(point)),
            (None, None, Some(offset)) => Some(Position::Offset(offset)),
            _ => return Err("at most one of anchor, focal_point and offset may be set"),
        };
        Ok(Self {
            width: fields.width,
            height: fields.height,
            position,
            width_percent: fields.width_percent,
            height_percent: fields.height_percent,
        })
    }
}

impl From<Crop> for Fields {
    fn from(operation: Crop) -> Self {
        let (anchor, focal_point, offset) = match operation.position {
            None => (None, None, None),
            Some(Position::Anchor(anchor)) => (Some(anchor), None, None),
            Some(Position::FocalPoint(point)) => (None, Some(point), None),
            Some(Position::Offset(offset)) => (None, None, Some(offset)),
        };
        Self {
            width: operation.width,
            height: operation.height,
            anchor,
            focal_point,
            offset,
            width_percent: operation.width_percent,
            height_percent: operation.height_percent,
        }
    }
}
