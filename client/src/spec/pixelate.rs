//! Large squares of one colour each.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// Makes squares of one colour each, beginning at the top left.
///
/// ```
/// use rendition_client::Spec;
///
/// let spec = Spec::builder().pixelate(8).webp(());
/// assert_eq!(spec.operations()[0].name(), "pixelate");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixelate {
    size: u32,
}

impl Pixelate {
    /// Squares of `size` pixels a side, 2 to 65535.
    pub const fn new(size: u32) -> Self {
        Self { size }
    }
}

impl From<u32> for Pixelate {
    fn from(size: u32) -> Self {
        Self::new(size)
    }
}

impl From<Pixelate> for v1::Pixelate {
    fn from(operation: Pixelate) -> Self {
        Self { size: operation.size }
    }
}

impl TryFrom<v1::Pixelate> for Pixelate {
    type Error = UnknownSpec;

    fn try_from(operation: v1::Pixelate) -> Result<Self, UnknownSpec> {
        Ok(Self { size: operation.size })
    }
}
