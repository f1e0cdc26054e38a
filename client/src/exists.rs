//! The request and the answer of `Exists`.

use std::time::Duration;

use rendition_proto::v1;

use crate::{Error, Rendition, RenditionRef, duration::to_proto};

/// Asks whether a rendition exists. What names a rendition turns into one with the defaults.
///
/// ```
/// use std::time::Duration;
/// use rendition_client::Exists;
///
/// let from_storage = Exists::new(("photos/cat.jpg", "avatar")).max_age(Duration::ZERO).include_image_info();
/// assert_ne!(from_storage, ("photos/cat.jpg", "avatar").into());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Exists(v1::ExistsRequest);

impl Exists {
    /// For this rendition.
    pub fn new(rendition: impl Into<RenditionRef>) -> Self {
        Self(v1::ExistsRequest { rendition: Some(rendition.into().into_proto()), ..Default::default() })
    }

    /// Evidence older than this is renewed from the storage; zero always asks it.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.0.max_age = Some(to_proto(age));
        self
    }

    /// Fills in width and height of a READY rendition even if that needs a read of its header.
    pub fn include_image_info(mut self) -> Self {
        self.0.include_image_info = true;
        self
    }

    /// Fills in the placeholder of a READY rendition even if that needs the stored image to be read and decoded.
    pub fn include_placeholder(mut self) -> Self {
        self.0.include_placeholder = true;
        self
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::ExistsRequest {
        self.0
    }
}

impl<R: Into<RenditionRef>> From<R> for Exists {
    fn from(rendition: R) -> Self {
        Self::new(rendition)
    }
}

/// Whether a rendition exists, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Existence {
    exists: bool,
    rendition: Rendition,
}

impl Existence {
    pub(crate) fn from_proto(response: v1::ExistsResponse) -> Result<Self, Error> {
        let rendition = response.rendition.ok_or(Error::Malformed("rendition"))?.into();
        Ok(Self { exists: response.exists, rendition })
    }

    /// Whether it is READY.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// The rendition as it is known.
    pub fn rendition(&self) -> &Rendition {
        &self.rendition
    }

    /// The rendition alone.
    pub fn into_rendition(self) -> Rendition {
        self.rendition
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::ExistsResponse {
        v1::ExistsResponse { exists: self.exists, rendition: Some(self.rendition.into_proto()) }
    }
}
