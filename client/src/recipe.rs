//! What to make from a source.

use rendition_proto::v1;

use crate::spec::Spec;

/// The id of a spec in the server's configuration, a spec of the caller's own, or a family.
///
/// ```
/// use rendition_client::{Recipe, Spec};
///
/// let named: Recipe = "avatar".into();
/// let inline: Recipe = Spec::builder().resize_to_fit((300, 300)).jpeg(80).into();
/// assert_eq!(named, Recipe::SpecId("avatar".to_owned()));
/// assert!(matches!(inline, Recipe::Spec(_)));
/// assert!(matches!(Recipe::family("hero"), Recipe::Family(_)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Recipe {
    /// A spec in the server's configuration, by its id.
    SpecId(String),
    /// A spec sent along; `INLINE_SPECS_DISABLED` where the server allows none.
    Spec(Spec),
    /// All members of a family in the server's configuration that are not wider than the source: for `ensure_generated`, its
    /// batch and `notify_saved`.
    Family(String),
}

impl Recipe {
    /// The family of this name.
    pub fn family(name: impl Into<String>) -> Self {
        Self::Family(name.into())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::Recipe {
        let recipe = match self {
            Self::SpecId(id) => v1::recipe::Recipe::SpecId(id),
            Self::Spec(spec) => v1::recipe::Recipe::Spec(spec.into()),
            Self::Family(name) => v1::recipe::Recipe::FamilyId(name),
        };
        v1::Recipe { recipe: Some(recipe) }
    }
}

impl From<&str> for Recipe {
    fn from(id: &str) -> Self {
        Self::SpecId(id.to_owned())
    }
}

impl From<String> for Recipe {
    fn from(id: String) -> Self {
        Self::SpecId(id)
    }
}

impl From<&String> for Recipe {
    fn from(id: &String) -> Self {
        Self::SpecId(id.clone())
    }
}

impl From<Spec> for Recipe {
    fn from(spec: Spec) -> Self {
        Self::Spec(spec)
    }
}

impl From<&Spec> for Recipe {
    fn from(spec: &Spec) -> Self {
        Self::Spec(spec.clone())
    }
}

impl From<&Recipe> for Recipe {
    fn from(recipe: &Recipe) -> Self {
        recipe.clone()
    }
}
