//! Makes the image more transparent.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// Multiplies alpha.
///
/// ```
/// use rendition_client::Spec;
///
/// let spec = Spec::builder().set_opacity(0.5).webp(());
/// assert_eq!(spec.operations()[0].name(), "set_opacity");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetOpacity {
    opacity: f64,
}

impl SetOpacity {
    /// By `opacity`, 0 (not to be seen) to 1.
    pub const fn new(opacity: f64) -> Self {
        Self { opacity }
    }
}

impl From<f64> for SetOpacity {
    fn from(opacity: f64) -> Self {
        Self::new(opacity)
    }
}

impl From<SetOpacity> for v1::SetOpacity {
    fn from(operation: SetOpacity) -> Self {
        Self { opacity: operation.opacity }
    }
}

impl TryFrom<v1::SetOpacity> for SetOpacity {
    type Error = UnknownSpec;

    fn try_from(operation: v1::SetOpacity) -> Result<Self, UnknownSpec> {
        Ok(Self { opacity: operation.opacity })
    }
}
