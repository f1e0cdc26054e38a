//! To an exact size, keeping the aspect ratio, cutting off what is too much.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, FocalPoint, UnknownSpec, Upscale};

/// Resizes to cover width x height and cuts the rest off, so that the result has exactly that size.
///
/// An anchor and a focal point exclude each other; the one set last holds. Neither: the centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct ResizeToFill {
    width: u32,
    height: u32,
    upscale: Upscale,
    position: Option<Position>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Position {
    Anchor(Anchor),
    FocalPoint(FocalPoint),
}

impl ResizeToFill {
    /// To `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never, position: None }
    }

    /// Whether pixels may be enlarged. If not, the result is the largest box of the asked aspect
    /// ratio that the image can fill.
    pub const fn upscale(mut self, upscale: Upscale) -> Self {
        self.upscale = upscale;
        self
    }

    /// The side or corner that is kept.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.position = Some(Position::Anchor(anchor));
        self
    }

    /// The point that stays as near to the middle of the result as the image allows.
    pub fn focal_point(mut self, point: impl Into<FocalPoint>) -> Self {
        self.position = Some(Position::FocalPoint(point.into()));
        self
    }
}

impl From<(u32, u32)> for ResizeToFill {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<ResizeToFill> for v1::ResizeToFill {
    fn from(operation: ResizeToFill) -> Self {
        use v1::resize_to_fill::Position as Wire;
        Self {
            width: operation.width,
            height: operation.height,
            upscale: operation.upscale.to_wire(),
            position: operation.position.map(|position| match position {
                Position::Anchor(anchor) => Wire::Anchor(anchor.to_wire()),
                Position::FocalPoint(point) => Wire::FocalPoint(point.into()),
            }),
        }
    }
}

impl TryFrom<v1::ResizeToFill> for ResizeToFill {
    type Error = UnknownSpec;

    fn try_from(operation: v1::ResizeToFill) -> Result<Self, UnknownSpec> {
        use v1::resize_to_fill::Position as Wire;
        Ok(Self {
            width: operation.width,
            height: operation.height,
            upscale: Upscale::from_wire(operation.upscale)?.unwrap_or_default(),
            position: match operation.position {
                None => None,
                Some(Wire::Anchor(anchor)) => {
                    Some(Position::Anchor(Anchor::from_wire(anchor)?.unwrap_or_default()))
                }
                Some(Wire::FocalPoint(point)) => Some(Position::FocalPoint(point.into())),
            },
        })
    }
}

/// The shape in JSON, where the position is spread over its alternatives.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    width: u32,
    height: u32,
    #[serde(default, skip_serializing_if = "Upscale::is_default")]
    upscale: Upscale,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    focal_point: Option<FocalPoint>,
}

impl TryFrom<Fields> for ResizeToFill {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, &'static str> {
        let position = match (fields.anchor, fields.focal_point) {
            (None, None) => None,
            (Some(anchor), None) => Some(Position::Anchor(anchor)),
            (None, Some(point)) => Some(Position::FocalPoint(point)),
            _ => return Err("at most one of anchor and focal_point may be set"),
        };
        Ok(Self { width: fields.width, height: fields.height, upscale: fields.upscale, position })
    }
}

impl From<ResizeToFill> for Fields {
    fn from(operation: ResizeToFill) -> Self {
        let (anchor, focal_point) = match operation.position {
            None => (None, None),
            Some(Position::Anchor(anchor)) => (Some(anchor), None),
            Some(Position::FocalPoint(point)) => (None, Some(point)),
        };
        Self {
            width: operation.width,
            height: operation.height,
            upscale: operation.upscale,
            anchor,
            focal_point,
        }
    }
}
