//! Lays the image on a colour.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{UnknownSpec, defaults::is_default};

/// Lays the image on a colour, so that nothing is transparent any more.
///
/// ```
/// use rendition_client::{MakeOpaque, Spec};
///
/// let spec = Spec::builder().make_opaque(MakeOpaque::new().color("#eee")).webp(());
/// assert_eq!(spec.operations()[0].name(), "make_opaque");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeOpaque {
    #[serde(default, skip_serializing_if = "is_default")]
    color: String,
}

impl MakeOpaque {
    /// On white.
    pub const fn new() -> Self {
        Self { color: String::new() }
    }

    /// `#rgb` or `#rrggbb`. Default: white.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }
}

impl From<()> for MakeOpaque {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<&str> for MakeOpaque {
    fn from(color: &str) -> Self {
        Self::new().color(color)
    }
}

impl From<MakeOpaque> for v1::MakeOpaque {
    fn from(operation: MakeOpaque) -> Self {
        Self { color: operation.color }
    }
}

impl TryFrom<v1::MakeOpaque> for MakeOpaque {
    type Error = UnknownSpec;

    fn try_from(operation: v1::MakeOpaque) -> Result<Self, UnknownSpec> {
        Ok(Self { color: operation.color })
    }
}
