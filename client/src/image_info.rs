//! Facts about a stored image.

use rendition_proto::v1;

/// Facts about a stored image. What is not known is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageInfo<'a>(pub(crate) &'a v1::ImageInfo);

impl<'a> ImageInfo<'a> {
    /// The media type, e.g. `image/webp`.
    pub fn media_type(&self) -> Option<&'a str> {
        Some(self.0.media_type.as_str()).filter(|text| !text.is_empty())
    }

    /// Width and height in pixels.
    pub fn dimensions(&self) -> Option<(u32, u32)> {
        Some((self.0.width, self.0.height)).filter(|(width, height)| *width > 0 && *height > 0)
    }

    /// The size of the stored object in bytes.
    pub fn size_bytes(&self) -> Option<u64> {
        Some(self.0.size_bytes).filter(|size| *size > 0)
    }

    /// The entity tag that the media endpoint sends, without quotes.
    pub fn etag(&self) -> Option<&'a str> {
        Some(self.0.etag.as_str()).filter(|text| !text.is_empty())
    }

    /// The number of frames; 1 for a still image.
    pub fn frames(&self) -> Option<u32> {
        Some(self.0.frames).filter(|frames| *frames > 0)
    }

    /// Whether it is known that pixels were missing in the source, which the spec's `on_damaged` accepted. The server that
    /// made the image knows it for as long as it remembers it; nobody else does.
    pub fn is_damaged(&self) -> bool {
        self.0.damaged
    }
}
