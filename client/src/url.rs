//! The request of `Url`. Its answer is a [`Rendition`](crate::Rendition) with its URL.

use rendition_proto::v1;

use crate::{RenditionRef, UrlOptions};

/// Asks for a rendition's URL. What names a rendition turns into one with the defaults.
///
/// ```
/// use rendition_client::{Url, UrlOptions};
///
/// let path = Url::new(("photos/cat.jpg", "avatar")).url_options(UrlOptions::new().path_only());
/// assert_ne!(path, ("photos/cat.jpg", "avatar").into());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Url(v1::UrlRequest);

impl Url {
    /// For this rendition.
    pub fn new(rendition: impl Into<RenditionRef>) -> Self {
        Self(v1::UrlRequest { rendition: Some(rendition.into().into_proto()), ..Default::default() })
    }

    /// Which kind of URL.
    pub fn url_options(mut self, options: UrlOptions) -> Self {
        self.0.url_options = Some(options.into_proto());
        self
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::UrlRequest {
        self.0
    }
}

impl<R: Into<RenditionRef>> From<R> for Url {
    fn from(rendition: R) -> Self {
        Self::new(rendition)
    }
}
