//! Brings a source to the server.

use rendition_proto::v1;

use crate::{Recipe, Source};

/// Where a source is to be put. A source alone turns into one that replaces nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct PutSource(v1::PutSourceHeader);

impl PutSource {
    /// To this place.
    pub fn new(source: impl Into<Source>) -> Self {
        Self(v1::PutSourceHeader { source: Some(source.into().into_proto()), ..Default::default() })
    }

    /// Replaces a source that is there; without it that is `SOURCE_EXISTS`.
    pub fn overwrite(mut self) -> Self {
        self.0.overwrite = true;
        self
    }

    /// Queues this rendition at the end, as [`NotifySaved::recipe`](crate::NotifySaved::recipe).
    pub fn recipe(mut self, recipe: impl Into<Recipe>) -> Self {
        self.0.recipes.push(recipe.into().into_proto());
        self
    }

    /// The message of the API, for a source of `length` bytes.
    pub(crate) fn into_header(self, length: u64) -> v1::PutSourceHeader {
        v1::PutSourceHeader { size_bytes: length, ..self.0 }
    }
}

impl<S: Into<Source>> From<S> for PutSource {
    fn from(source: S) -> Self {
        Self::new(source)
    }
}
