//! Operations that change what the image looks like, not its size.

use std::fmt::Arguments;

use rendition_imaging as imaging;
use rendition_proto::v1 as proto;

use super::{
    Message,
    words::{anchor, anchor_number},
};
use crate::model::Error;

impl Message for proto::Adjust {
    type Model = imaging::Adjust;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Adjust {
            saturation: self.saturation,
            brightness: self.brightness,
            contrast: self.contrast,
            sharpness: self.sharpness,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            saturation: model.saturation,
            brightness: model.brightness,
            contrast: model.contrast,
            sharpness: model.sharpness,
        }
    }
}

impl Message for proto::Grayscale {
    type Model = imaging::Grayscale;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Grayscale {})
    }

    fn write(_model: &Self::Model) -> Self {
        Self {}
    }
}

impl Message for proto::GaussianBlur {
    type Model = imaging::GaussianBlur;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::GaussianBlur { radius: self.radius })
    }

    fn write(model: &Self::Model) -> Self {
        Self { radius: model.radius }
    }
}

impl Message for proto::Sharpen {
    type Model = imaging::Sharpen;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Sharpen { radius: self.radius, amount: self.amount, threshold: self.threshold })
    }

    fn write(model: &Self::Model) -> Self {
        Self { radius: model.radius, amount: model.amount, threshold: model.threshold }
    }
}

impl Message for proto::Pixelate {
    type Model = imaging::Pixelate;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Pixelate { size: self.size })
    }

    fn write(model: &Self::Model) -> Self {
        Self { size: model.size }
    }
}

impl Message for proto::ColorOverlay {
    type Model = imaging::ColorOverlay;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::ColorOverlay { color: self.color.clone(), opacity: self.opacity })
    }

    fn write(model: &Self::Model) -> Self {
        Self { color: model.color.clone(), opacity: model.opacity }
    }
}

impl Message for proto::MakeOpaque {
    type Model = imaging::MakeOpaque;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::MakeOpaque { color: self.color.clone() })
    }

    fn write(model: &Self::Model) -> Self {
        Self { color: model.color.clone() }
    }
}

impl Message for proto::SetOpacity {
    type Model = imaging::SetOpacity;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::SetOpacity { opacity: self.opacity })
    }

    fn write(model: &Self::Model) -> Self {
        Self { opacity: model.opacity }
    }
}

impl Message for proto::Reflection {
    type Model = imaging::Reflection;

    fn read(&self, _field: Arguments<'_>) -> Result<Self::Model, Error> {
        Ok(imaging::Reflection { color: self.color.clone(), size: self.size, opacity: self.opacity })
    }

    fn write(model: &Self::Model) -> Self {
        Self { color: model.color.clone(), size: model.size, opacity: model.opacity }
    }
}

impl Message for proto::Overlay {
    type Model = imaging::Overlay;

    fn read(&self, field: Arguments<'_>) -> Result<Self::Model, Error> {
        // Unlike elsewhere an anchor that says nothing is not the centre: a watermark lies in a corner.
        let unspecified = i32::from(proto::Anchor::Unspecified);
        let given = self.anchor.filter(|number| *number != unspecified);
        Ok(imaging::Overlay {
            name: self.name.clone(),
            anchor: given.map(|number| anchor(number, format_args!("{field}.anchor"))).transpose()?,
            scale: self.scale,
            opacity: self.opacity,
            margin: self.margin,
            image: None,
        })
    }

    fn write(model: &Self::Model) -> Self {
        Self {
            name: model.name.clone(),
            anchor: model.anchor.map(anchor_number),
            scale: model.scale,
            opacity: model.opacity,
            margin: model.margin,
        }
    }
}
