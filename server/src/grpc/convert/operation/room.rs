//! Operations that turn the image and add room around it.

use std::fmt::Arguments;

use rendition_imaging as imaging;
use rendition_proto::v1::{self as proto, resize_canvas};

use super::{
    Message,
    words::{anchor, anchor_number, offset, offset_message, transpose_method, transpose_method_number},
};
use crate::model::Error;

impl Message for proto::ResizeCanvas {
    type Model = imaging::ResizeCanvas;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        use resize_canvas::Position;
        let mut operation = imaging::ResizeCanvas {
            width: self.width,
            height: self.height,
            color: self.color.clone(),
            ..Default::default()
        };
        match &self.position {
            Some(Position::Anchor(number)) => {
                operation.anchor = Some(anchor(*number, format_args!("{field}.anchor"))?);
            }
            Some(Position::Offset(distance)) => operation.offset = Some(offset(distance)),
            None => {}
        }
        Ok(operation)
    }

    fn write(model: &Self::Model) -> Self {
        use resize_canvas::Position;
        let anchor = model.anchor.map(|anchor| Position::Anchor(anchor_number(anchor)));
        let offset = model.offset.map(|offset| Position::Offset(offset_message(offset)));
        Self {
            width: model.width,
            height: model.height,
            color: model.color.clone(),
            position: offset.or(anchor),
        }
    }
}

impl Message for proto::AddBorder {
    type Model = imaging::AddBorder;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::AddBorder {
            thickness: self.thickness,
            color: self.color.clone(),
            top: self.top,
            right: self.right,
            bottom: self.bottom,
            left: self.left,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            thickness: model.thickness,
            color: model.color.clone(),
            top: model.top,
            right: model.right,
            bottom: model.bottom,
            left: model.left,
        }
    }
}

impl Message for proto::Transpose {
    type Model = imaging::Transpose;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Transpose { method: transpose_method(self.method, format_args!("{field}.method"))? })
    }

    fn write(model: &Self::Model) -> Self {
        Self { method: transpose_method_number(model.method) }
    }
}

impl Message for proto::Rotate {
    type Model = imaging::Rotate;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Rotate { angle: self.angle, color: self.color.clone() })
    }

    fn write(model: &Self::Model) -> Self {
        Self { angle: model.angle, color: model.color.clone() }
    }
}

impl Message for proto::Extend {
    type Model = imaging::Extend;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Extend {
            width: self.width,
            height: self.height,
            color: self.color.clone(),
            anchor: anchor(self.anchor, format_args!("{field}.anchor"))?,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            width: model.width,
            height: model.height,
            color: model.color.clone(),
            anchor: anchor_number(model.anchor),
        }
    }
}
