//! The original image that a rendition is made from.

use rendition_proto::v1;

/// An original image: the store it lies in, its path there, and which version is meant.
///
/// A plain string is a path in the server's default source store. The store is never read out of
/// that string, since a path may hold any sign.
///
/// ```
/// use rendition_client::Source;
///
/// let source = Source::new("photos/cat.jpg").store("media").version("2024-05-01");
/// assert_eq!(source.path(), "photos/cat.jpg");
/// assert_eq!(Source::from("photos/cat.jpg"), Source::new("photos/cat.jpg"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Source(v1::Source);

impl Source {
    /// The image at `path`: relative, segments separated by `/`, at most 512 bytes.
    pub fn new(path: impl Into<String>) -> Self {
        Self(v1::Source { path: path.into(), ..v1::Source::default() })
    }

    /// The name of the store that holds it. Without it, the server's default source store.
    pub fn store(mut self, store: impl Into<String>) -> Self {
        self.0.store = store.into();
        self
    }

    /// The version of its bytes, at most 64 bytes, used as it is. Without it, the store's version
    /// policy decides.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.0.version = version.into();
        self
    }

    /// Its size in pixels after EXIF orientation, each at least 1, if it is known. It saves the
    /// server a look at the source when the size of a rendition is asked for.
    pub fn dimensions(mut self, width: u32, height: u32) -> Self {
        self.0.dimensions = Some(v1::Dimensions { width, height });
        self
    }

    /// The path inside the store.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The name of the store; `None` for the server's default.
    pub fn store_name(&self) -> Option<&str> {
        Some(self.0.store.as_str()).filter(|store| !store.is_empty())
    }

    /// The version asked for; `None` where the store's policy decides.
    pub fn version_tag(&self) -> Option<&str> {
        Some(self.0.version.as_str()).filter(|version| !version.is_empty())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::Source {
        self.0
    }
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for Source {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

impl From<&String> for Source {
    fn from(path: &String) -> Self {
        Self::new(path)
    }
}

impl From<&Source> for Source {
    fn from(source: &Source) -> Self {
        source.clone()
    }
}
