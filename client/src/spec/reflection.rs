//! Mirrors the image below itself, fading out.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};

/// Mirrors the image below itself, fading out towards the bottom.
///
/// ```
/// use rendition_client::{Reflection, Spec};
///
/// let spec = Spec::builder().reflection(Reflection::new().size(0.3).color("transparent")).webp(());
/// assert_eq!(spec.operations()[0].name(), "reflection");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reflection {
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opacity: Option<f64>,
}

impl Reflection {
    /// With the defaults: half as high as the image, of strength 0.6, fading into white.
    pub const fn new() -> Self {
        Self { color: String::new(), size: None, opacity: None }
    }

    /// What it fades into: `#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`. Default: white.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }

    /// The height of the reflection as a fraction of the image's, above 0 to 1. Default: 0.5.
    pub const fn size(mut self, size: f64) -> Self {
        self.size = Some(size);
        self
    }

    /// How strong it is where it begins, 0 to 1. Default: 0.6.
    pub const fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = Some(opacity);
        self
    }
}

impl From<()> for Reflection {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<Reflection> for v1::Reflection {
    fn from(operation: Reflection) -> Self {
        Self { color: operation.color, size: operation.size, opacity: operation.opacity }
    }
}

impl TryFrom<v1::Reflection> for Reflection {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Reflection) -> Result<Self, UnknownSpec> {
        Ok(Self { color: operation.color, size: operation.size, opacity: operation.opacity })
    }
}
