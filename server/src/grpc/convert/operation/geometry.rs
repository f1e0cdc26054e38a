//! Operations that resize and cut.

use std::fmt::Arguments;

use rendition_imaging as imaging;
use rendition_proto::v1::{self as proto, crop, resize_to_fill, thumbnail};

use super::{
    Message,
    words::{
        anchor, anchor_number, focal_point, focal_point_message, offset, offset_message, side, side_number,
        smart_mode, smart_mode_number, upscale, upscale_number,
    },
};
use crate::model::Error;

impl Message for proto::Resize {
    type Model = imaging::Resize;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Resize {
            width: self.width,
            height: self.height,
            upscale: upscale(self.upscale, format_args!("{field}.upscale"))?,
            width_percent: self.width_percent,
            height_percent: self.height_percent,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            width: model.width,
            height: model.height,
            upscale: upscale_number(model.upscale),
            width_percent: model.width_percent,
            height_percent: model.height_percent,
        }
    }
}

impl Message for proto::ResizeToFit {
    type Model = imaging::ResizeToFit;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::ResizeToFit {
            width: self.width,
            height: self.height,
            upscale: upscale(self.upscale, format_args!("{field}.upscale"))?,
            mat_color: self.mat_color.clone(),
            anchor: anchor(self.anchor, format_args!("{field}.anchor"))?,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            width: model.width,
            height: model.height,
            upscale: upscale_number(model.upscale),
            mat_color: model.mat_color.clone(),
            anchor: anchor_number(model.anchor),
        }
    }
}

impl Message for proto::ResizeToCover {
    type Model = imaging::ResizeToCover;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::ResizeToCover {
            width: self.width,
            height: self.height,
            upscale: upscale(self.upscale, format_args!("{field}.upscale"))?,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self { width: model.width, height: model.height, upscale: upscale_number(model.upscale) }
    }
}

impl Message for proto::ResizeToFill {
    type Model = imaging::ResizeToFill;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        use resize_to_fill::Position;
        let mut operation = imaging::ResizeToFill {
            width: self.width,
            height: self.height,
            upscale: upscale(self.upscale, format_args!("{field}.upscale"))?,
            ..Default::default()
        };
        match &self.position {
            Some(Position::Anchor(number)) => {
                operation.anchor = Some(anchor(*number, format_args!("{field}.anchor"))?);
            }
            Some(Position::FocalPoint(point)) => operation.focal_point = Some(focal_point(point)),
            None => {}
        }
        Ok(operation)
    }

    fn write(model: &Self::Model) -> Self {
        use resize_to_fill::Position;
        let anchor = model.anchor.map(|anchor| Position::Anchor(anchor_number(anchor)));
        let focal_point = model.focal_point.map(|point| Position::FocalPoint(focal_point_message(point)));
        Self {
            width: model.width,
            height: model.height,
            upscale: upscale_number(model.upscale),
            position: focal_point.or(anchor),
        }
    }
}

impl Message for proto::Crop {
    type Model = imaging::Crop;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        use crop::Position;
        let mut operation = imaging::Crop {
            width: self.width,
            height: self.height,
            width_percent: self.width_percent,
            height_percent: self.height_percent,
            ..Default::default()
        };
        match &self.position {
            Some(Position::Anchor(number)) => {
                operation.anchor = Some(anchor(*number, format_args!("{field}.anchor"))?);
            }
            Some(Position::FocalPoint(point)) => operation.focal_point = Some(focal_point(point)),
            Some(Position::Offset(distance)) => operation.offset = Some(offset(distance)),
            None => {}
        }
        Ok(operation)
    }

    fn write(model: &Self::Model) -> Self {
        use crop::Position;
        let anchor = model.anchor.map(|anchor| Position::Anchor(anchor_number(anchor)));
        let focal_point = model.focal_point.map(|point| Position::FocalPoint(focal_point_message(point)));
        let offset = model.offset.map(|offset| Position::Offset(offset_message(offset)));
        Self {
            width: model.width,
            height: model.height,
            position: offset.or(focal_point).or(anchor),
            width_percent: model.width_percent,
            height_percent: model.height_percent,
        }
    }
}

impl Message for proto::SmartResize {
    type Model = imaging::SmartResize;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::SmartResize {
            width: self.width,
            height: self.height,
            upscale: upscale(self.upscale, format_args!("{field}.upscale"))?,
            mode: smart_mode(self.mode, format_args!("{field}.mode"))?,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            width: model.width,
            height: model.height,
            upscale: upscale_number(model.upscale),
            mode: smart_mode_number(model.mode),
        }
    }
}

impl Message for proto::Thumbnail {
    type Model = imaging::Thumbnail;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        use thumbnail::Position;
        let mut operation = imaging::Thumbnail {
            width: self.width,
            height: self.height,
            upscale: upscale(self.upscale, format_args!("{field}.upscale"))?,
            ..Default::default()
        };
        match &self.position {
            Some(Position::Anchor(number)) => {
                operation.anchor = Some(anchor(*number, format_args!("{field}.anchor"))?);
            }
            Some(Position::FocalPoint(point)) => operation.focal_point = Some(focal_point(point)),
            Some(Position::Smart(number)) => {
                operation.smart = Some(smart_mode(*number, format_args!("{field}.smart"))?);
            }
            None => {}
        }
        Ok(operation)
    }

    fn write(model: &Self::Model) -> Self {
        use thumbnail::Position;
        let anchor = model.anchor.map(|anchor| Position::Anchor(anchor_number(anchor)));
        let focal_point = model.focal_point.map(|point| Position::FocalPoint(focal_point_message(point)));
        let smart = model.smart.map(|mode| Position::Smart(smart_mode_number(mode)));
        Self {
            width: model.width,
            height: model.height,
            upscale: upscale_number(model.upscale),
            position: focal_point.or(anchor).or(smart),
        }
    }
}

impl Message for proto::SmartCrop {
    type Model = imaging::SmartCrop;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::SmartCrop {
            width: self.width,
            height: self.height,
            mode: smart_mode(self.mode, format_args!("{field}.mode"))?,
            width_percent: self.width_percent,
            height_percent: self.height_percent,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            width: model.width,
            height: model.height,
            mode: smart_mode_number(model.mode),
            width_percent: model.width_percent,
            height_percent: model.height_percent,
        }
    }
}

impl Message for proto::Trim {
    type Model = imaging::Trim;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        let sides = self.sides.iter().enumerate();
        let sides = sides.map(|(index, number)| side(*number, format_args!("{field}.sides[{index}]")));
        Ok(imaging::Trim {
            color: self.color.clone(),
            tolerance: self.tolerance,
            sides: sides.collect::<Result<_, _>>()?,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            color: model.color.clone(),
            tolerance: model.tolerance,
            sides: model.sides.iter().map(|side| side_number(*side)).collect(),
        }
    }
}
