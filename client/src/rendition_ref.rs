//! The name of one rendition: a source and a recipe.

use rendition_proto::v1;

use crate::{OutputFormat, Recipe, Source};

/// Names one rendition. A pair of a source and a recipe turns into one.
///
/// ```
/// use rendition_client::{OutputFormat, RenditionRef, Source, Spec};
///
/// let short: RenditionRef = ("photos/cat.jpg", "avatar").into();
/// let long = RenditionRef::new(Source::new("photos/cat.jpg"), Spec::builder().auto(()))
///     .accept([OutputFormat::Webp, OutputFormat::Jpeg]);
/// assert_ne!(short, long);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RenditionRef {
    source: Source,
    recipe: Recipe,
    accept: Vec<OutputFormat>,
}

impl RenditionRef {
    /// What `recipe` makes from `source`.
    pub fn new(source: impl Into<Source>, recipe: impl Into<Recipe>) -> Self {
        Self { source: source.into(), recipe: recipe.into(), accept: Vec::new() }
    }

    /// For an `auto` output: the formats that the caller can show, in any order.
    pub fn accept(mut self, formats: impl IntoIterator<Item = OutputFormat>) -> Self {
        self.accept = formats.into_iter().collect();
        self
    }

    /// The source.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::RenditionRef {
        v1::RenditionRef {
            source: Some(self.source.into_proto()),
            recipe: Some(self.recipe.into_proto()),
            accept: self.accept.into_iter().map(OutputFormat::to_wire).collect(),
        }
    }
}

impl<S: Into<Source>, R: Into<Recipe>> From<(S, R)> for RenditionRef {
    fn from((source, recipe): (S, R)) -> Self {
        Self::new(source, recipe)
    }
}

impl From<&RenditionRef> for RenditionRef {
    fn from(rendition: &RenditionRef) -> Self {
        rendition.clone()
    }
}
