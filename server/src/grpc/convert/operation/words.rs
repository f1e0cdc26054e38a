//! The enums and points that several operations have, both ways. `field` is the path of the field
//! itself.

use std::fmt::Arguments;

use rendition_imaging as imaging;
use rendition_proto::v1 as proto;

use super::super::unknown_number;
use crate::model::Error;

pub fn upscale(number: i32, field: Arguments<'_>) -> Result<imaging::Upscale, Error> {
    match proto::Upscale::try_from(number) {
        Ok(proto::Upscale::Unspecified | proto::Upscale::Never) => Ok(imaging::Upscale::Never),
        Ok(proto::Upscale::Allow) => Ok(imaging::Upscale::Allow),
        Err(_) => Err(unknown_number(field, number)),
    }
}

pub fn upscale_number(upscale: imaging::Upscale) -> i32 {
    match upscale {
        imaging::Upscale::Never => proto::Upscale::Never.into(),
        imaging::Upscale::Allow => proto::Upscale::Allow.into(),
    }
}

pub fn anchor(number: i32, field: Arguments<'_>) -> Result<imaging::Anchor, Error> {
    use imaging::Anchor;
    use proto::Anchor as Wire;
    Ok(match Wire::try_from(number).map_err(|_| unknown_number(field, number))? {
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

pub fn anchor_number(anchor: imaging::Anchor) -> i32 {
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

pub fn smart_mode(number: i32, field: Arguments<'_>) -> Result<imaging::SmartMode, Error> {
    match proto::SmartMode::try_from(number) {
        Ok(proto::SmartMode::Unspecified | proto::SmartMode::Attention) => Ok(imaging::SmartMode::Attention),
        Ok(proto::SmartMode::Entropy) => Ok(imaging::SmartMode::Entropy),
        Err(_) => Err(unknown_number(field, number)),
    }
}

pub fn smart_mode_number(mode: imaging::SmartMode) -> i32 {
    match mode {
        imaging::SmartMode::Attention => proto::SmartMode::Attention.into(),
        imaging::SmartMode::Entropy => proto::SmartMode::Entropy.into(),
    }
}

pub fn side(number: i32, field: Arguments<'_>) -> Result<imaging::Side, Error> {
    match proto::Side::try_from(number) {
        Ok(proto::Side::Top) => Ok(imaging::Side::Top),
        Ok(proto::Side::Right) => Ok(imaging::Side::Right),
        Ok(proto::Side::Bottom) => Ok(imaging::Side::Bottom),
        Ok(proto::Side::Left) => Ok(imaging::Side::Left),
        Ok(proto::Side::Unspecified) | Err(_) => Err(unknown_number(field, number)),
    }
}

pub fn side_number(side: imaging::Side) -> i32 {
    match side {
        imaging::Side::Top => proto::Side::Top,
        imaging::Side::Right => proto::Side::Right,
        imaging::Side::Bottom => proto::Side::Bottom,
        imaging::Side::Left => proto::Side::Left,
    }
    .into()
}

pub fn transpose_method(number: i32, field: Arguments<'_>) -> Result<imaging::TransposeMethod, Error> {
    use imaging::TransposeMethod;
    use proto::TransposeMethod as Wire;
    match Wire::try_from(number) {
        Ok(Wire::FlipHorizontal) => Ok(TransposeMethod::FlipHorizontal),
        Ok(Wire::FlipVertical) => Ok(TransposeMethod::FlipVertical),
        Ok(Wire::Rotate90) => Ok(TransposeMethod::Rotate90),
        Ok(Wire::Rotate180) => Ok(TransposeMethod::Rotate180),
        Ok(Wire::Rotate270) => Ok(TransposeMethod::Rotate270),
        Ok(Wire::Transpose) => Ok(TransposeMethod::Transpose),
        Ok(Wire::Transverse) => Ok(TransposeMethod::Transverse),
        Ok(Wire::Unspecified) | Err(_) => Err(unknown_number(field, number)),
    }
}

pub fn transpose_method_number(method: imaging::TransposeMethod) -> i32 {
    use imaging::TransposeMethod;
    use proto::TransposeMethod as Wire;
    match method {
        TransposeMethod::FlipHorizontal => Wire::FlipHorizontal,
        TransposeMethod::FlipVertical => Wire::FlipVertical,
        TransposeMethod::Rotate90 => Wire::Rotate90,
        TransposeMethod::Rotate180 => Wire::Rotate180,
        TransposeMethod::Rotate270 => Wire::Rotate270,
        TransposeMethod::Transpose => Wire::Transpose,
        TransposeMethod::Transverse => Wire::Transverse,
    }
    .into()
}

pub fn focal_point(message: &proto::FocalPoint) -> imaging::FocalPoint {
    imaging::FocalPoint { x: message.x, y: message.y }
}

pub fn focal_point_message(point: imaging::FocalPoint) -> proto::FocalPoint {
    proto::FocalPoint { x: point.x, y: point.y }
}

pub fn offset(message: &proto::Offset) -> imaging::Offset {
    imaging::Offset { x: message.x, y: message.y }
}

pub fn offset_message(offset: imaging::Offset) -> proto::Offset {
    proto::Offset { x: offset.x, y: offset.y }
}
