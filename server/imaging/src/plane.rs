//! Pixels in memory, of either depth, with what is still to be done to their colours.

use std::sync::Arc;

use crate::attached::Attached;
use crate::layout::Layout;
use crate::profile::Profile;
use crate::raster::Raster;
use crate::{ImageError, Light, Size};

/// Pixels of either depth.
#[derive(Clone, Debug)]
pub(crate) enum Pixels {
    /// 8 bits a sample.
    Eight(Raster<u8>),
    /// 16 bits a sample.
    Sixteen(Raster<u16>),
}

/// How many bits a sample has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Depth {
    #[default]
    Eight,
    Sixteen,
}

impl Depth {
    /// Bytes a sample.
    pub const fn bytes(self) -> u64 {
        match self {
            Depth::Eight => 1,
            Depth::Sixteen => 2,
        }
    }
}

/// Does the same to the raster of either depth, and gives what comes out.
macro_rules! at_any_depth {
    ($pixels:expr, $raster:ident => $body:expr) => {
        match $pixels {
            $crate::plane::Pixels::Eight($raster) => $body,
            $crate::plane::Pixels::Sixteen($raster) => $body,
        }
    };
}

/// Does the same to the raster of either depth, and makes pixels again of the raster that comes out.
macro_rules! map_depth {
    ($pixels:expr, $raster:ident => $body:expr) => {
        match $pixels {
            $crate::plane::Pixels::Eight($raster) => $crate::plane::Pixels::Eight($body),
            $crate::plane::Pixels::Sixteen($raster) => $crate::plane::Pixels::Sixteen($body),
        }
    };
}

pub(crate) use {at_any_depth, map_depth};

/// Decoded pixels. Colours are sRGB, or those of a profile that is applied after the geometry, when fewer pixels are
/// left.
#[derive(Clone, Debug)]
pub struct Plane {
    pub(crate) pixels: Pixels,
    pub(crate) profile: Option<Arc<Profile>>,
    pub(crate) light: Light,
    /// What is written beside the pixels.
    pub(crate) attached: Arc<Attached>,
    /// Whether pixels were missing in the source.
    pub(crate) is_damaged: bool,
}

impl From<Raster<u8>> for Plane {
    fn from(raster: Raster<u8>) -> Plane {
        Plane::from(Pixels::Eight(raster))
    }
}

impl From<Pixels> for Plane {
    fn from(pixels: Pixels) -> Plane {
        Plane { pixels, profile: None, light: Light::Gamma, attached: Arc::default(), is_damaged: false }
    }
}

impl From<Raster<u16>> for Plane {
    fn from(raster: Raster<u16>) -> Plane {
        Plane::from(Pixels::Sixteen(raster))
    }
}

impl Plane {
    /// Width and height as held in memory: coded, and reduced if the decoding was scaled.
    pub fn size(&self) -> Size {
        at_any_depth!(&self.pixels, raster => raster.size)
    }

    /// What it takes in memory.
    pub fn memory_bytes(&self) -> u64 {
        at_any_depth!(&self.pixels, raster => raster.samples.len() as u64) * self.depth().bytes()
    }

    pub(crate) fn layout(&self) -> Layout {
        at_any_depth!(&self.pixels, raster => raster.layout)
    }

    pub(crate) fn depth(&self) -> Depth {
        match &self.pixels {
            Pixels::Eight(_) => Depth::Eight,
            Pixels::Sixteen(_) => Depth::Sixteen,
        }
    }

    pub(crate) fn is_opaque(&self) -> bool {
        at_any_depth!(&self.pixels, raster => raster.is_opaque())
    }

    /// Other pixels whose colours mean the same.
    pub(crate) fn with_pixels(&self, pixels: Pixels) -> Plane {
        Plane {
            pixels,
            profile: self.profile.clone(),
            light: self.light,
            attached: self.attached.clone(),
            is_damaged: self.is_damaged,
        }
    }

    /// The same picture in another layout; see [`Raster::with_layout`].
    pub(crate) fn with_layout(self, layout: Layout) -> Result<Plane, ImageError> {
        Ok(Plane { pixels: map_depth!(self.pixels, raster => raster.with_layout(layout)?), ..self })
    }
}
