//! What is said of sources that were saved, put or deleted, and what comes of it.

use rendition_proto::v1;

use crate::{Error, Recipe, Rendition, Source, SourceInfo};

/// Says that a source was saved. A source alone turns into one that asks for what the named specs say.
///
/// ```
/// use rendition_client::NotifySaved;
///
/// let request = NotifySaved::new("photos/cat.jpg").recipe("avatar");
/// assert_ne!(request, "photos/cat.jpg".into());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NotifySaved(v1::NotifySavedRequest);

impl NotifySaved {
    /// For this source.
    pub fn new(source: impl Into<Source>) -> Self {
        Self(v1::NotifySavedRequest { source: Some(source.into().into_proto()), recipes: Vec::new() })
    }

    /// Queues this as well. Without any, every named spec whose `sources` match the path and whose strategy makes
    /// ahead is queued.
    pub fn recipe(mut self, recipe: impl Into<Recipe>) -> Self {
        self.0.recipes.push(recipe.into().into_proto());
        self
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::NotifySavedRequest {
        self.0
    }
}

impl<S: Into<Source>> From<S> for NotifySaved {
    fn from(source: S) -> Self {
        Self::new(source)
    }
}

/// What a save came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    source: SourceInfo,
    renditions: Vec<Rendition>,
}

impl Saved {
    pub(crate) fn from_proto(
        source: Option<v1::SourceInfo>,
        renditions: Vec<v1::Rendition>,
    ) -> Result<Self, Error> {
        let source = source.ok_or(Error::Malformed("source"))?.into();
        Ok(Self { source, renditions: renditions.into_iter().map(Rendition::from).collect() })
    }

    /// What the source is.
    pub fn source(&self) -> &SourceInfo {
        &self.source
    }

    /// The renditions that were queued, or are known to be there.
    pub fn renditions(&self) -> &[Rendition] {
        &self.renditions
    }
}

/// What a deletion came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// How many stored renditions were removed.
    pub removed: u32,
    /// How many queued jobs were dropped.
    pub dropped_jobs: u32,
}
