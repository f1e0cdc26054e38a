//! Takes the colours away.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// Takes the colours away, by the luma of ITU-R BT.601.
///
/// ```
/// use rendition_client::Spec;
///
/// let spec = Spec::builder().grayscale(()).webp(());
/// assert_eq!(spec.operations()[0].name(), "grayscale");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grayscale {}

impl Grayscale {
    /// There is nothing to say about it.
    pub const fn new() -> Self {
        Self {}
    }
}

impl From<()> for Grayscale {
    fn from((): ()) -> Self {
        Self::new()
    }
}

impl From<Grayscale> for v1::Grayscale {
    fn from(_operation: Grayscale) -> Self {
        Self {}
    }
}

impl TryFrom<v1::Grayscale> for Grayscale {
    type Error = UnknownSpec;

    fn try_from(_operation: v1::Grayscale) -> Result<Self, UnknownSpec> {
        Ok(Self {})
    }
}
