//! What kind of URL is wanted.

use std::time::Duration;

use rendition_proto::v1;

use crate::{duration::to_proto, wire_enum::choice};

choice! {
    /// A kind of URL.
    #[derive(Default)]
    UrlKind: "kind of URL" {
        /// Served by Rendition's media endpoint, which generates what is missing.
        #[default]
        Media = "media",
        /// Served by the store itself, with a signature. Only for a READY rendition; else the media URL is given.
        Presigned = "presigned",
        /// At the store's public base, such as a CDN. Where the store itself stands behind that, only for a READY
        /// rendition, else the media URL is given; where the media endpoint does, always.
        Public = "public",
    }
}

/// What kind of URL is wanted.
///
/// ```
/// use std::time::Duration;
/// use rendition_client::{UrlKind, UrlOptions};
///
/// let download = UrlOptions::new()
///     .kind(UrlKind::Presigned)
///     .lifetime(Duration::from_secs(3600))
///     .download_name("cat.webp");
/// assert_ne!(download, UrlOptions::new().path_only());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrlOptions(v1::UrlOptions);

impl UrlOptions {
    /// A media URL with the server's usual lifetime.
    pub fn new() -> Self {
        Self::default()
    }

    /// The kind. One that cannot be given, or not with the other options, is `URL_KIND_UNSUPPORTED`.
    pub fn kind(mut self, kind: UrlKind) -> Self {
        self.0.kind = kind.to_wire();
        self
    }

    /// A signed URL works for at least three quarters of this. At most 366 days; 7 if presigned.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.0.lifetime = Some(to_proto(lifetime));
        self
    }

    /// Leaves out scheme and host. Not for presigned URLs.
    pub fn path_only(mut self) -> Self {
        self.0.path_only = true;
        self
    }

    /// Asks for a download under this file name.
    pub fn download_name(mut self, name: impl Into<String>) -> Self {
        self.0.download_name = name.into();
        self
    }

    /// For an `auto` output: a URL under which the format is chosen at each GET, by its `Accept` header.
    pub fn negotiate(mut self) -> Self {
        self.0.negotiate = true;
        self
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::UrlOptions {
        self.0
    }
}
