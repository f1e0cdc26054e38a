//! What can be shown before an image is there.

use rendition_proto::v1;

/// What can be shown before an image is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placeholder<'a>(pub(crate) &'a v1::Placeholder);

impl<'a> Placeholder<'a> {
    /// The ThumbHash of the image, of an animation that of its first frame: a blurred copy, with its transparency and
    /// its shape, in about 25 bytes. <https://evanw.github.io/thumbhash/> has decoders.
    pub fn thumbhash(&self) -> &'a [u8] {
        &self.0.thumbhash
    }

    /// The colour that most of the image has, as `#rrggbb` in sRGB.
    pub fn dominant_color(&self) -> &'a str {
        &self.0.dominant_color
    }
}
