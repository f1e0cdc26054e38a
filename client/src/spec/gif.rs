//! GIF and its options.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::UnknownSpec;

/// GIF: 256 colours, of which one may be transparent.
///
/// ```
/// use rendition_client::{Gif, Spec};
///
/// let spec = Spec::builder().resize_to_fit((200, 200)).gif(Gif::new().dither(false));
/// assert_eq!(spec.output().name(), "gif");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gif {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dither: Option<bool>,
}

impl Gif {
    /// With the default: dithered.
    pub const fn new() -> Self {
        Self { dither: None }
    }

    /// Whether the colours that are missing are mixed from dots of those that are there.
    pub const fn dither(mut self, dither: bool) -> Self {
        self.dither = Some(dither);
        self
    }
}

impl From<Gif> for v1::Gif {
    fn from(gif: Gif) -> Self {
        Self { dither: gif.dither }
    }
}

impl TryFrom<v1::Gif> for Gif {
    type Error = UnknownSpec;

    fn try_from(gif: v1::Gif) -> Result<Self, UnknownSpec> {
        Ok(Self { dither: gif.dither })
    }
}
