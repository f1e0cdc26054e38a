//! What a server tells of a source.

use rendition_proto::v1;

use crate::{Failure, Placeholder};

/// What a source is. What is not known is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceInfo(v1::SourceInfo);

impl SourceInfo {
    /// The version that this holds for.
    pub fn version(&self) -> Option<&str> {
        let version = self.0.source.as_ref().map(|source| source.version.as_str());
        version.filter(|version| !version.is_empty())
    }

    /// The name of the store that holds it.
    pub fn store(&self) -> &str {
        self.0.source.as_ref().map_or("", |source| source.store.as_str())
    }

    /// The path inside the store.
    pub fn path(&self) -> &str {
        self.0.source.as_ref().map_or("", |source| source.path.as_str())
    }

    /// The media type by its content, e.g. `image/jpeg`.
    pub fn media_type(&self) -> Option<&str> {
        Some(self.0.media_type.as_str()).filter(|text| !text.is_empty())
    }

    /// Width and height in pixels, after EXIF orientation.
    pub fn dimensions(&self) -> Option<(u32, u32)> {
        Some((self.0.width, self.0.height)).filter(|(width, height)| *width > 0 && *height > 0)
    }

    /// Its length in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.0.size_bytes
    }

    /// The number of frames; 1 for a still image.
    pub fn frames(&self) -> Option<u32> {
        Some(self.0.frames).filter(|frames| *frames > 0)
    }

    /// What can be shown before a rendition is there.
    pub fn placeholder(&self) -> Option<Placeholder<'_>> {
        self.0.placeholder.as_ref().map(Placeholder)
    }

    /// Why nothing can be made of it.
    pub fn failure(&self) -> Option<Failure<'_>> {
        self.0.failure.as_ref().map(Failure)
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::SourceInfo {
        self.0
    }
}

impl From<v1::SourceInfo> for SourceInfo {
    fn from(info: v1::SourceInfo) -> Self {
        Self(info)
    }
}
