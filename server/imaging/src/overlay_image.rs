//! Images that are laid over others.

use std::borrow::Cow;

use crate::budget::Budget;
use crate::decode::{DecodePlan, still};
use crate::display::display;
use crate::layout::Layout;
use crate::plane::{Depth, Pixels};
use crate::raster::Raster;
use crate::{ImageError, Limits, Size, inspect, turn};

/// An image that operations may lay over others, decoded.
#[derive(Clone)]
pub struct OverlayImage {
    raster: Raster,
    version: Vec<u8>,
}

/// Without the pixels: specs are printed with it.
impl std::fmt::Debug for OverlayImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OverlayImage")
            .field("size", &self.raster.size)
            .field("version", &self.version)
            .finish()
    }
}

/// The version says all.
impl PartialEq for OverlayImage {
    fn eq(&self, other: &OverlayImage) -> bool {
        self.version == other.version
    }
}

impl OverlayImage {
    /// Decodes an image of any format that is read; of an animation the first frame. `version` has to be another one for other
    /// bytes: it becomes part of the canonical encoding, and so of keys.
    ///
    /// # Errors
    /// Those of [`inspect`] and [`crate::decode`], and [`ImageError::LimitExceeded`].
    pub fn decode(bytes: &[u8], version: Vec<u8>, limits: &Limits) -> Result<OverlayImage, ImageError> {
        let header = inspect(bytes)?;
        crate::limits::check_source(&header, limits)?;
        let plane = still(bytes, &header, &DecodePlan::FULL, &Budget::start(DecodePlan::FULL.cpu_time))?;
        let plane = display(Cow::Owned(plane), Depth::Eight)?.into_owned().with_layout(Layout::Rgba)?;
        let Pixels::Eight(raster) = plane.pixels else {
            return Err(ImageError::unsupported("an overlay of 16 bits a sample"));
        };
        Ok(OverlayImage { raster: turn::turn(&raster, header.orientation)?, version })
    }

    /// Its size in pixels.
    pub fn size(&self) -> Size {
        self.raster.size
    }

    /// What tells it from others.
    pub fn version(&self) -> &[u8] {
        &self.version
    }

    /// RGBA.
    pub(crate) fn raster(&self) -> &Raster {
        &self.raster
    }
}
