//! AVIF and its options.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Subsampling, UnknownSpec, defaults::is_default};

/// AVIF, 8 bits a sample. A number turns into one of that quality.
///
/// ```
/// use rendition_client::{Avif, Spec};
///
/// let spec = Spec::builder().resize_to_fit((800, 600)).avif(Avif::new().quality(50).speed(8));
/// assert_eq!(spec.output().name(), "avif");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Avif {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    speed: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subsampling: Option<Subsampling>,
    #[serde(default, skip_serializing_if = "is_default")]
    max_bytes: u32,
}

impl Avif {
    /// With the defaults: quality 55, speed 6.
    pub const fn new() -> Self {
        Self { quality: None, speed: None, subsampling: None, max_bytes: 0 }
    }

    /// 1 to 100.
    pub const fn quality(mut self, quality: u32) -> Self {
        self.quality = Some(quality);
        self
    }

    /// 0 (small) to 10 (fast).
    pub const fn speed(mut self, speed: u32) -> Self {
        self.speed = Some(speed);
        self
    }

    /// How many pixels share their colour.
    pub const fn subsampling(mut self, subsampling: Subsampling) -> Self {
        self.subsampling = Some(subsampling);
        self
    }

    /// The most bytes that the file may have; 0: not bounded. The quality is lowered until it fits; if it
    /// never does, the smallest file is the result.
    pub const fn max_bytes(mut self, max_bytes: u32) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

impl From<u32> for Avif {
    fn from(quality: u32) -> Self {
        Self::new().quality(quality)
    }
}

impl From<Avif> for v1::Avif {
    fn from(avif: Avif) -> Self {
        Self {
            quality: avif.quality,
            speed: avif.speed,
            subsampling: avif.subsampling.map_or(0, Subsampling::to_wire),
            max_bytes: avif.max_bytes,
        }
    }
}

impl TryFrom<v1::Avif> for Avif {
    type Error = UnknownSpec;

    fn try_from(avif: v1::Avif) -> Result<Self, UnknownSpec> {
        Ok(Self {
            quality: avif.quality,
            speed: avif.speed,
            subsampling: Subsampling::from_wire(avif.subsampling)?,
            max_bytes: avif.max_bytes,
        })
    }
}
