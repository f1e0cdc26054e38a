//! `overlay`: lays a configured image, such as a watermark, over this one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::operation::Operate;
use crate::overlay_image::OverlayImage;
use crate::paint::Paint;
use crate::plane::Depth;
use crate::raster::Raster;
use crate::region::Region;
use crate::resample::resample;
use crate::sample::Sample;
use crate::step::{Resample, Step};
use crate::{Anchor, ImageError, InvalidSpec, MAX_SIDE, Operation, OperationInfo, Size, length, rounding};

/// Lays an image that the server's configuration names over this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overlay {
    /// The name in the configuration.
    pub name: String,
    /// The side or corner at which it lies. Default: the bottom right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// Its longer side as a fraction of the image's side in that direction, above 0 to 1. 0: in its own size, made
    /// smaller only if it would not fit.
    pub scale: f64,
    /// 0 to 1. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
    /// Its distance from the sides, in pixels, 0 to 65535.
    pub margin: u32,
    /// The image itself, once [`crate::Spec::with_overlays`] has looked it up.
    #[serde(skip)]
    pub image: Option<Arc<OverlayImage>>,
}

impl Overlay {
    pub(crate) const INFO: OperationInfo = OperationInfo {
        name: "overlay",
        number: 24,
        revision: 1,
        fields: &[("name", 1), ("anchor", 2), ("scale", 3), ("opacity", 4), ("margin", 5)],
    };

    fn anchor(&self) -> Anchor {
        self.anchor.unwrap_or(Anchor::BottomRight)
    }

    fn opacity(&self) -> f64 {
        self.opacity.unwrap_or(1.0)
    }

    /// The size that an overlay of this one gets on an image, inside the margins.
    fn size(&self, own: Size, image: Size) -> Size {
        let room = |side: u32| f64::from(side.saturating_sub(2 * self.margin.min(side / 2)).max(1));
        let (width, height) = (f64::from(own.width), f64::from(own.height));
        let fits = (room(image.width) / width).min(room(image.height) / height);
        let asked = match self.scale {
            0.0 => 1.0,
            scale if own.width >= own.height => f64::from(image.width) * scale / width,
            scale => f64::from(image.height) * scale / height,
        };
        let factor = asked.min(fits);
        Size::new(rounding::side(width * factor), rounding::side(height * factor))
    }
}

impl Operate for Overlay {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        Overlay { margin: length::scaled(self.margin, ratio), ..self.clone() }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        if self.name.is_empty() {
            return Err(place.refuse("name", "", "must name an overlay of the server's configuration"));
        }
        place.number("scale", self.scale, 0.0, 1.0)?;
        place.number("opacity", self.opacity(), 0.0, 1.0)?;
        place.between("margin", self.margin, 0, MAX_SIDE)
    }

    /// The version of the image stands for its name: another image under the same name is another overlay, and the same
    /// one under two names is not.
    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        match &self.image {
            Some(image) => fields.bytes(1, image.version(), &[]),
            None => fields.bytes(1, self.name.as_bytes(), &[]),
        }
        fields.varint(2, self.anchor().number(), Anchor::BottomRight.number());
        fields.double(3, self.scale);
        fields.double_unless(4, self.opacity(), 1.0);
        fields.varint(5, self.margin, 0);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        // Plans of specs whose overlays were not looked up are refused before they come here.
        let Some(image) = self.image.clone() else { return vec![Step::Keep(input)] };
        let size = self.size(image.size(), input);
        let (x, y) = self.anchor().fractions();
        let place = |side: u32, own: u32, fraction: f64| {
            let margin = self.margin.min((side - own.min(side)) / 2);
            margin + (f64::from(side - own.min(side) - 2 * margin) * fraction) as u32
        };
        let corner = (place(input.width, size.width, x), place(input.height, size.height, y));
        vec![Step::paint(Laid { image, size, corner, opacity: self.opacity() as f32 }, input)]
    }
}

#[derive(Debug)]
struct Laid {
    image: Arc<OverlayImage>,
    size: Size,
    corner: (u32, u32),
    opacity: f32,
}

impl Paint for Laid {
    fn layout(&self, input: Layout) -> Layout {
        input.colored()
    }

    fn working_bytes(&self, _input: Size, _layout: Layout, depth: Depth) -> u64 {
        // It is resized in 16 bits.
        (self.size.pixels() * 12 + self.image.size().pixels() * 8) * depth.bytes()
    }

    fn paint<S: Sample>(&self, raster: &mut Raster<S>, _budget: &Budget) -> Result<(), ImageError> {
        let image = self.image.raster();
        let region = Region::whole(image.size);
        let image = if image.size == self.size {
            image.clone()
        } else {
            resample(image, &Resample { frame: None, region, size: self.size })?
        };
        let (channels, most) = (raster.channels(), S::MAX.number() as f32);
        let has_alpha = raster.layout.has_alpha();
        let (left, top) = (self.corner.0 as usize * channels, self.corner.1 as usize);
        for (row, over) in raster.rows_mut().skip(top).zip(image.rows()) {
            for (pixel, over) in row[left..].chunks_exact_mut(channels).zip(over.chunks_exact(4)) {
                let alpha = f32::from(over[3]) / 255.0 * self.opacity;
                let below =
                    if has_alpha { pixel[3].number() as f32 / most * (1.0 - alpha) } else { 1.0 - alpha };
                let whole = (alpha + below).max(f32::MIN_POSITIVE);
                for (sample, color) in pixel[..3].iter_mut().zip(over) {
                    let color = S::from_eight(*color).number() as f32;
                    *sample = S::nearest((color * alpha + sample.number() as f32 * below) / whole);
                }
                if has_alpha {
                    pixel[3] = S::nearest((alpha + below) * most);
                }
            }
        }
        Ok(())
    }
}
