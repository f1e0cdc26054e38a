//! Operations. The two `match`es are the table: one line for each operation both ways, and each
//! operation's fields next to each other.

use rendition_imaging as imaging;
use rendition_proto::v1::{self as proto, crop, operation::Operation as Kind, resize_to_fill};

use super::{invalid_spec, unknown_number};
use crate::model::Error;

/// The operation of a message; `field` is its path in the spec.
pub fn operation(message: &proto::Operation, field: &str) -> Result<imaging::Operation, Error> {
    let kind = message.operation.as_ref();
    Ok(
        match kind.ok_or_else(|| {
            invalid_spec(field, "the operation is not set: this server may be older than the caller")
        })? {
            Kind::Resize(message) => imaging::Resize {
                width: message.width,
                height: message.height,
                upscale: upscale(message.upscale, field)?,
            }
            .into(),
            Kind::ResizeToFit(message) => imaging::ResizeToFit {
                width: message.width,
                height: message.height,
                upscale: upscale(message.upscale, field)?,
            }
            .into(),
            Kind::ResizeToCover(message) => imaging::ResizeToCover {
                width: message.width,
                height: message.height,
                upscale: upscale(message.upscale, field)?,
            }
            .into(),
            Kind::ResizeToFill(message) => {
                use resize_to_fill::Position;
                let mut operation = imaging::ResizeToFill {
                    width: message.width,
                    height: message.height,
                    upscale: upscale(message.upscale, field)?,
                    ..Default::default()
                };
                match &message.position {
                    Some(Position::Anchor(number)) => operation.anchor = Some(anchor(*number, field)?),
                    Some(Position::FocalPoint(point)) => operation.focal_point = Some(focal_point(point)),
                    None => {}
                }
                operation.into()
            }
            Kind::Crop(message) => {
                use crop::Position;
                let mut operation =
                    imaging::Crop { width: message.width, height: message.height, ..Default::default() };
                match &message.position {
                    Some(Position::Anchor(number)) => operation.anchor = Some(anchor(*number, field)?),
                    Some(Position::FocalPoint(point)) => operation.focal_point = Some(focal_point(point)),
                    Some(Position::Offset(offset)) => {
                        operation.offset = Some(imaging::Offset { x: offset.x, y: offset.y });
                    }
                    None => {}
                }
                operation.into()
            }
        },
    )
}

/// The message of an operation.
pub fn operation_message(operation: &imaging::Operation) -> proto::Operation {
    use imaging::Operation;
    let kind = match operation {
        Operation::Resize(operation) => Kind::Resize(proto::Resize {
            width: operation.width,
            height: operation.height,
            upscale: upscale_number(operation.upscale),
        }),
        Operation::ResizeToFit(operation) => Kind::ResizeToFit(proto::ResizeToFit {
            width: operation.width,
            height: operation.height,
            upscale: upscale_number(operation.upscale),
        }),
        Operation::ResizeToCover(operation) => Kind::ResizeToCover(proto::ResizeToCover {
            width: operation.width,
            height: operation.height,
            upscale: upscale_number(operation.upscale),
        }),
        Operation::ResizeToFill(operation) => {
            use resize_to_fill::Position;
            let anchor = operation.anchor.map(|anchor| Position::Anchor(anchor_number(anchor)));
            let focal_point =
                operation.focal_point.map(|point| Position::FocalPoint(focal_point_message(point)));
            Kind::ResizeToFill(proto::ResizeToFill {
                width: operation.width,
                height: operation.height,
                upscale: upscale_number(operation.upscale),
                position: focal_point.or(anchor),
            })
        }
        Operation::Crop(operation) => {
            use crop::Position;
            let anchor = operation.anchor.map(|anchor| Position::Anchor(anchor_number(anchor)));
            let focal_point =
                operation.focal_point.map(|point| Position::FocalPoint(focal_point_message(point)));
            let offset =
                operation.offset.map(|offset| Position::Offset(proto::Offset { x: offset.x, y: offset.y }));
            Kind::Crop(proto::Crop {
                width: operation.width,
                height: operation.height,
                position: offset.or(focal_point).or(anchor),
            })
        }
    };
    proto::Operation { operation: Some(kind) }
}

fn upscale(number: i32, field: &str) -> Result<imaging::Upscale, Error> {
    match proto::Upscale::try_from(number) {
        Ok(proto::Upscale::Unspecified | proto::Upscale::Never) => Ok(imaging::Upscale::Never),
        Ok(proto::Upscale::Allow) => Ok(imaging::Upscale::Allow),
        Err(_) => Err(unknown_number(&format!("{field}.upscale"), number)),
    }
}

fn upscale_number(upscale: imaging::Upscale) -> i32 {
    match upscale {
        imaging::Upscale::Never => proto::Upscale::Never.into(),
        imaging::Upscale::Allow => proto::Upscale::Allow.into(),
    }
}

fn anchor(number: i32, field: &str) -> Result<imaging::Anchor, Error> {
    use imaging::Anchor;
    use proto::Anchor as Wire;
    Ok(match Wire::try_from(number).map_err(|_| unknown_number(&format!("{field}.anchor"), number))? {
        Wire::Unspecified | Wire::Center => Anchor::Center,
        Wire::Top => Anchor::Top,
        Wire::TopRight => Anchor::TopRight,
        Wire::Right => Anchor::Right,
        Wire::BottomRight => Anchor::BottomRight,
        Wire::Bottom => Anchor::Bottom,
        Wire::BottomLeft => Anchor::BottomLeft,
        Wire::Left => Anchor::Left,
        Wire::TopLeft => Anchor::TopLeft,
    })
}

fn anchor_number(anchor: imaging::Anchor) -> i32 {
    use imaging::Anchor;
    use proto::Anchor as Wire;
    match anchor {
        Anchor::Center => Wire::Center,
        Anchor::Top => Wire::Top,
        Anchor::TopRight => Wire::TopRight,
        Anchor::Right => Wire::Right,
        Anchor::BottomRight => Wire::BottomRight,
        Anchor::Bottom => Wire::Bottom,
        Anchor::BottomLeft => Wire::BottomLeft,
        Anchor::Left => Wire::Left,
        Anchor::TopLeft => Wire::TopLeft,
    }
    .into()
}

fn focal_point(message: &proto::FocalPoint) -> imaging::FocalPoint {
    imaging::FocalPoint { x: message.x, y: message.y }
}

fn focal_point_message(point: imaging::FocalPoint) -> proto::FocalPoint {
    proto::FocalPoint { x: point.x, y: point.y }
}
