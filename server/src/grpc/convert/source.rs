//! Sources: what callers say of them, and what they are told.

use rendition_proto::v1::{self as proto, recipe};

use super::{
    rendition::{failure, placeholder, rendition, timestamp},
    request::{recipe as engine_recipe, source},
};
use crate::{
    engine::{
        Inventoried, Put,
        request::{Recipe, Saved, Selection, Source, SourceInfo},
    },
    model::{Error, Label, Reason, SpecId, VersionTag, name::INLINE},
    storage::WriteMode,
};

/// The source of a request; INVALID_PATH if there is none.
pub fn named_source(message: Option<proto::Source>) -> Result<Source, Error> {
    let message = message.ok_or_else(|| {
        Error::new(Reason::InvalidPath, "no source is named: set its path").field("source.path")
    })?;
    source(message).map_err(in_source_request)
}

/// The recipes of a request.
pub fn recipes(messages: Vec<proto::Recipe>) -> Result<Vec<Recipe>, Error> {
    let recipes = messages.into_iter().enumerate().map(|(index, message): (usize, proto::Recipe)| {
        let recipe: Option<recipe::Recipe> = message.recipe;
        engine_recipe(recipe).map_err(|error| at(error, "source", &format!("recipes[{index}]")))
    });
    recipes.collect()
}

/// Which stored renditions are meant.
pub fn selection(spec_id: &str, stale_only: bool) -> Result<Selection, Error> {
    let label = match spec_id {
        "" => None,
        INLINE => Some(Label::Inline),
        id => Some(Label::Named(SpecId::new(id).map_err(|error| error.field("spec_id"))?)),
    };
    Ok(Selection { label, stale_only })
}

/// Where a source is to be put.
pub fn put(message: proto::PutSourceHeader) -> Result<Put, Error> {
    let within = |error: Error| error.within("header");
    Ok(Put {
        source: named_source(message.source).map_err(within)?,
        mode: if message.overwrite { WriteMode::Overwrite } else { WriteMode::CreateOnly },
        size: Some(message.size_bytes).filter(|size| *size > 0),
        recipes: recipes(message.recipes).map_err(within)?,
    })
}

/// The message of a source.
pub fn source_info(info: SourceInfo) -> proto::SourceInfo {
    let (width, height) = info.size.map_or((0, 0), |size| (size.width, size.height));
    proto::SourceInfo {
        source: Some(proto::Source {
            store: info.store.as_str().to_owned(),
            path: info.path.as_str().to_owned(),
            version: info.version.map(|version| version.as_str().to_owned()).unwrap_or_default(),
            dimensions: info.size.map(|size| proto::Dimensions { width: size.width, height: size.height }),
        }),
        media_type: info.media_type.to_owned(),
        width,
        height,
        size_bytes: info.size_bytes,
        frames: info.frames,
        placeholder: info.placeholder.as_ref().map(placeholder),
        failure: info.failure.map(failure),
    }
}

impl From<Saved> for proto::NotifySavedResponse {
    fn from(saved: Saved) -> Self {
        Self {
            source: Some(source_info(saved.info)),
            renditions: saved.renditions.into_iter().map(rendition).collect(),
        }
    }
}

impl From<Saved> for proto::PutSourceResponse {
    fn from(saved: Saved) -> Self {
        Self {
            source: Some(source_info(saved.info)),
            renditions: saved.renditions.into_iter().map(rendition).collect(),
        }
    }
}

impl From<Inventoried> for proto::StoredRendition {
    fn from(found: Inventoried) -> Self {
        Self {
            key: found.key.as_str().to_owned(),
            spec_id: match found.label {
                Label::Named(id) => id.as_str().to_owned(),
                Label::Inline => String::new(),
            },
            source_version: match found.version {
                VersionTag::Of(version) => version.as_str().to_owned(),
                VersionTag::Immutable | VersionTag::Current => String::new(),
            },
            format: super::output::format_number(found.format),
            size_bytes: found.size,
            modified_at: found.modified.map(|time| timestamp(time.into())),
            stale: found.stale,
        }
    }
}

/// The error with its field by the path that it has where a source, and not a rendition, is asked about.
pub fn in_source_request(error: Error) -> Error {
    at(error, "source", "recipes")
}

/// The field of an error, which conversions shared with other requests name below a rendition, by its path in this one.
fn at(error: Error, source: &str, recipe: &str) -> Error {
    let Some(field) = error.at_field() else { return error };
    let field = match (field.strip_prefix("rendition.source"), field.strip_prefix("rendition.recipe")) {
        (Some(rest), _) => format!("{source}{rest}"),
        (_, Some(rest)) => format!("{recipe}{rest}"),
        _ => return error,
    };
    error.field(field)
}
