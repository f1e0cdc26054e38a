//! Filled where both sides are given, fitted where one is.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Anchor, FocalPoint, SmartMode, UnknownSpec, Upscale, defaults::is_default};

/// With both sides given, resizes to fill them; with one, to fit it.
///
/// An anchor, a focal point and what matters most exclude each other; the one set last holds. None of
/// them: what matters most, told by attention.
///
/// ```
/// use rendition_client::{Anchor, Spec, Thumbnail};
///
/// let spec = Spec::builder().thumbnail(Thumbnail::new(200, 200).anchor(Anchor::Top)).webp(());
/// assert_eq!(spec.operations()[0].name(), "thumbnail");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Thumbnail {
    width: u32,
    height: u32,
    upscale: Upscale,
    position: Option<Position>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Position {
    Anchor(Anchor),
    FocalPoint(FocalPoint),
    Smart(SmartMode),
}

impl Thumbnail {
    /// Of `width` x `height` pixels, each 1 to 65535; 0: that side is not given.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height, upscale: Upscale::Never, position: None }
    }

    /// Of at most `width` pixels from left to right, 1 to 65535.
    pub const fn width(width: u32) -> Self {
        Self::new(width, 0)
    }

    /// Of at most `height` pixels from top to bottom, 1 to 65535.
    pub const fn height(height: u32) -> Self {
        Self::new(0, height)
    }

    /// Whether pixels may be enlarged, as in [`ResizeToFill`](crate::ResizeToFill) and
    /// [`ResizeToFit`](crate::ResizeToFit).
    pub const fn upscale(mut self, upscale: Upscale) -> Self {
        self.upscale = upscale;
        self
    }

    /// The side or corner that is kept.
    pub const fn anchor(mut self, anchor: Anchor) -> Self {
        self.position = Some(Position::Anchor(anchor));
        self
    }

    /// The point that keeps its place: what is cut off before and after it is in its proportion.
    pub fn focal_point(mut self, point: impl Into<FocalPoint>) -> Self {
        self.position = Some(Position::FocalPoint(point.into()));
        self
    }

    /// What matters most is kept, told so.
    pub const fn smart(mut self, mode: SmartMode) -> Self {
        self.position = Some(Position::Smart(mode));
        self
    }
}

impl From<(u32, u32)> for Thumbnail {
    fn from((width, height): (u32, u32)) -> Self {
        Self::new(width, height)
    }
}

impl From<Thumbnail> for v1::Thumbnail {
    fn from(operation: Thumbnail) -> Self {
        use v1::thumbnail::Position as Wire;
        Self {
            width: operation.width,
            height: operation.height,
            upscale: operation.upscale.to_wire(),
            position: operation.position.map(|position| match position {
                Position::Anchor(anchor) => Wire::Anchor(anchor.to_wire()),
                Position::FocalPoint(point) => Wire::FocalPoint(point.into()),
                Position::Smart(mode) => Wire::Smart(mode.to_wire()),
            }),
        }
    }
}

impl TryFrom<v1::Thumbnail> for Thumbnail {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Thumbnail) -> Result<Self, UnknownSpec> {
        use v1::thumbnail::Position as Wire;
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
                Some(Wire::Smart(mode)) => {
                    Some(Position::Smart(SmartMode::from_wire(mode)?.unwrap_or_default()))
                }
            },
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
    #[serde(default, skip_serializing_if = "is_default")]
    upscale: Upscale,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anchor: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    focal_point: Option<FocalPoint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    smart: Option<SmartMode>,
}

impl TryFrom<Fields> for Thumbnail {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, &'static str> {
        let position = match (fields.anchor, fields.focal_point, fields.smart) {
            (None, None, None) => None,
            (Some(anchor), None, None) => Some(Position::Anchor(anchor)),
            (None, Some(point), None) => Some(Position::FocalPoint(point)),
            (None, None, Some(mode)) => Some(Position::Smart(mode)),
            _ => return Err("at most one of anchor, focal_point and smart may be set"),
        };
        Ok(Self { width: fields.width, height: fields.height, upscale: fields.upscale, position })
    }
}

impl From<Thumbnail> for Fields {
    fn from(operation: Thumbnail) -> Self {
        let (anchor, focal_point, smart) = match operation.position {
            None => (None, None, None),
            Some(Position::Anchor(anchor)) => (Some(anchor), None, None),
            Some(Position::FocalPoint(point)) => (None, Some(point), None),
            Some(Position::Smart(mode)) => (None, None, Some(mode)),
        };
        let (width, height, upscale) = (operation.width, operation.height, operation.upscale);
        Self { width, height, upscale, anchor, focal_point, smart }
    }
}
