//! Requests: from messages to what the engine is asked. Each error names the field by its path.

use std::{sync::Arc, time::Duration};

use rendition_imaging::Size;
use rendition_proto::v1::{self as proto, recipe};

use super::{format, spec};
use crate::{
    engine::request::{
        Detail, Ensure, Exists, FormatChoice, Mode, Placeholders, Recipe, RenditionRef, Source, UrlForm,
        UrlKind, UrlOptions,
    },
    model::{Error, Reason, SourcePath, SpecId, StoreName, Strategy, Version},
};

/// What `EnsureGenerated` asks.
pub fn ensure(message: proto::EnsureGeneratedRequest) -> Result<Ensure, Error> {
    Ok(Ensure {
        rendition: rendition_ref(message.rendition)?,
        strategy: strategy(message.strategy)?,
        max_wait: duration(message.max_wait, "max_wait")?,
        max_age: duration(message.max_age, "max_age")?,
        mode: if message.force { Mode::Force } else { Mode::Find },
        url: url_options(message.url_options)?,
        placeholders: placeholders(message.include_placeholder),
    })
}

/// What `Exists` asks.
pub fn exists(message: proto::ExistsRequest) -> Result<Exists, Error> {
    Ok(Exists {
        rendition: rendition_ref(message.rendition)?,
        max_age: duration(message.max_age, "max_age")?,
        detail: if message.include_image_info { Detail::Measured } else { Detail::AsKnown },
        placeholders: placeholders(message.include_placeholder),
    })
}

fn placeholders(include: bool) -> Placeholders {
    if include { Placeholders::OfStored } else { Placeholders::OfGenerated }
}

/// What `Url` asks.
pub fn url(message: proto::UrlRequest) -> Result<(RenditionRef, UrlOptions), Error> {
    Ok((rendition_ref(message.rendition)?, url_options(message.url_options)?))
}

/// Which rendition is meant.
pub fn rendition_ref(message: Option<proto::RenditionRef>) -> Result<RenditionRef, Error> {
    let message =
        message.ok_or_else(|| invalid("rendition", "no rendition is named: set source and recipe"))?;
    let source = message.source.ok_or_else(|| {
        Error::new(Reason::InvalidPath, "no source is named: set its path").field("rendition.source.path")
    })?;
    let recipe = recipe(message.recipe.and_then(|recipe| recipe.recipe))?;
    let accept = message.accept.iter().map(|&number| {
        format(number, format_args!("accept")).map_err(|error| error.field("rendition.accept"))
    });
    Ok(RenditionRef { source: self::source(source)?, recipe, accept: accept.collect::<Result<_, _>>()? })
}

/// What is to be made.
pub(super) fn recipe(message: Option<recipe::Recipe>) -> Result<Recipe, Error> {
    Ok(match message {
        Some(recipe::Recipe::SpecId(id)) => Recipe::Named(SpecId::new(&id)?),
        Some(recipe::Recipe::Spec(message)) => Recipe::Inline(Arc::new(spec(&message)?)),
        Some(recipe::Recipe::FamilyId(id)) => {
            Recipe::Family(SpecId::new(&id).map_err(|error| error.field("rendition.recipe.family_id"))?)
        }
        None => {
            let message = "no recipe is named: set spec_id, spec or family_id";
            return Err(Error::new(Reason::InvalidSpec, message).field("rendition.recipe"));
        }
    })
}

pub(super) fn source(message: proto::Source) -> Result<Source, Error> {
    let named = |text: &str| (!text.is_empty()).then_some(());
    let dimensions = message.dimensions.map(|size| match (size.width, size.height) {
        (0, _) | (_, 0) => {
            Err(invalid("rendition.source.dimensions", "a side of 0 pixels: leave out what is not known"))
        }
        (width, height) => Ok(Size { width, height }),
    });
    Ok(Source {
        store: named(&message.store).map(|()| StoreName::new(&message.store)).transpose()?,
        path: SourcePath::new(&message.path)?,
        version: named(&message.version).map(|()| Version::new(&message.version)).transpose()?,
        dimensions: dimensions.transpose()?,
    })
}

pub(super) fn url_options(message: Option<proto::UrlOptions>) -> Result<UrlOptions, Error> {
    let Some(message) = message else { return Ok(UrlOptions::default()) };
    let kind = match proto::UrlKind::try_from(message.kind) {
        Ok(proto::UrlKind::Unspecified | proto::UrlKind::Media) => UrlKind::Media,
        Ok(proto::UrlKind::Public) => UrlKind::Public,
        Ok(proto::UrlKind::Presigned) => UrlKind::Presigned,
        Err(_) => {
            return Err(Error::new(
                Reason::UrlKindUnsupported,
                format!("{} is no kind of URL that this server knows", message.kind),
            )
            .field("url_options.kind"));
        }
    };
    Ok(UrlOptions {
        kind,
        lifetime: duration(message.lifetime, "url_options.lifetime")?,
        form: if message.path_only { UrlForm::PathOnly } else { UrlForm::Absolute },
        download_name: Some(message.download_name).filter(|name| !name.is_empty()),
        format: if message.negotiate { FormatChoice::Negotiated } else { FormatChoice::Settled },
    })
}

fn strategy(number: i32) -> Result<Option<Strategy>, Error> {
    use proto::Strategy as Wire;
    Ok(match Wire::try_from(number) {
        Ok(Wire::Unspecified) => None,
        Ok(Wire::JustInTime) => Some(Strategy::JustInTime),
        Ok(Wire::Optimistic) => Some(Strategy::Optimistic),
        Ok(Wire::Background) => Some(Strategy::Background),
        Ok(Wire::Eager) => Some(Strategy::Eager),
        Err(_) => {
            return Err(invalid(
                "strategy",
                format!(
                    "{number} is no strategy that this server knows: send one that its version of rendition.v1 has"
                ),
            ));
        }
    })
}

/// The number of a strategy on the wire.
pub(super) fn strategy_number(strategy: Option<Strategy>) -> i32 {
    use proto::Strategy as Wire;
    match strategy {
        None => Wire::Unspecified,
        Some(Strategy::JustInTime) => Wire::JustInTime,
        Some(Strategy::Optimistic) => Wire::Optimistic,
        Some(Strategy::Background) => Wire::Background,
        Some(Strategy::Eager) => Wire::Eager,
    }
    .into()
}

pub(super) fn duration(
    message: Option<prost_types::Duration>,
    field: &str,
) -> Result<Option<Duration>, Error> {
    let convert = |message: prost_types::Duration| {
        // What protobuf calls a duration has less than a second of nanoseconds.
        let nanos = u32::try_from(message.nanos).ok().filter(|nanos| *nanos < 1_000_000_000);
        match (u64::try_from(message.seconds), nanos) {
            (Ok(seconds), Some(nanos)) => Ok(Duration::new(seconds, nanos)),
            _ => {
                let sent = format!("{} s and {} ns", message.seconds, message.nanos);
                Err(invalid(field, format!("{sent} are no duration that one can wait: send zero or more")))
            }
        }
    };
    message.map(convert).transpose()
}

fn invalid(field: &str, message: impl Into<String>) -> Error {
    Error::new(Reason::InvalidArgument, message).field(field)
}
