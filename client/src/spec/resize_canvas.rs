//! More or less room around the image.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, Offset, UnknownSpec, defaults::is_default};

/// Puts the image on a canvas of width x height, without resizing it; what reaches out is cut off.
///
/// An anchor and an offset exclude each other; the one set last holds. Neither: the centre.
///
/// ```
/// use rendition_client::{Anchor, ResizeCanvas, Spec};
///
/// let canvas = ResizeCanvas::new(400, 300).color("#eee").anchor(Anchor::Top);
/// let spec = Spec::builder().resize_canvas(canvas).webp(());
/// assert_eq!(spec.operations()[0].name(), "resize_canvas");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct ResizeCanvas {
    width: u32,
    height: u32,
    color: String,
    position: Option<Position>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Anchor(Anchor),
    Offset(Offset),
}

impl ResizeCanvas {
    /// A canvas of `width` x `height` pixels, each 1 to 65535.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, color: String::new(), position: None }
    }

    /// The canvas: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Default: transparent.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }

    /// The side or corner at which the image lies.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.position = Some(Position::Anchor(anchor));
        self
    }

    /// Where the image's top left corner lies.
    pub fn offset(mut self, offset: impl Into<Offset>) -> Self {
        self.position = Some(Position::Offset(offset.into()));
        self
    }
}

impl From<(u32, u32)> for ResizeCanvas {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<ResizeCanvas> for v1::ResizeCanvas {
    fn from(operation: ResizeCanvas) -> Self {
        use v1::resize_canvas::Position as Wire;
        Self {
            width: operation.width,
            height: operation.height,
            color: operation.color,
            position: operation.position.map(|position| match position {
                Position::Anchor(anchor) => Wire::Anchor(anchor.to_wire()),
                Position::Offset(offset) => Wire::Offset(offset.into()),
            }),
        }
    }
}

impl TryFrom<v1::ResizeCanvas> for ResizeCanvas {
    type Error = UnknownSpec;

    fn try_from(operation: v1::ResizeCanvas) -> Result<Self, UnknownSpec> {
        use v1::resize_canvas::Position as Wire;
        Ok(Self {
            width: operation.width,
            height: operation.height,
            color: operation.color,
            position: match operation.position {
                None => None,
                Some(Wire::Anchor(anchor)) => {
                    Some(Position::Anchor(Anchor::from_wire(anchor)?.unwrap_or_default()))
                }
                Some(Wire::Offset(offset)) => Some(Position::Offset(offset.into())),
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
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offset: Option<Offset>,
}

impl TryFrom<Fields> for ResizeCanvas {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, &'static str> {
        let position = match (fields.anchor, fields.offset) {
            (None, None) => None,
            (Some(anchor), None) => Some(Position::Anchor(anchor)),
            (None, Some(offset)) => Some(Position::Offset(offset)),
            _ => return Err("at most one of anchor and offset may be set"),
        };
        Ok(Self { width: fields.width, height: fields.height, color: fields.color, position })
    }
}

impl From<ResizeCanvas> for Fields {
    fn from(operation: ResizeCanvas) -> Self {
        let (anchor, offset) = match operation.position {
            None => (None, None),
            Some(Position::Anchor(anchor)) => (Some(anchor), None),
            Some(Position::Offset(offset)) => (None, Some(offset)),
        };
        Self { width: operation.width, height: operation.height, color: operation.color, anchor, offset }
    }
}
