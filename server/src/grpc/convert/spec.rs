//! Specs, inline and named.

use rendition_imaging as imaging;
use rendition_proto::v1 as proto;

use super::{operation, operation_message, options, output, output_message, request::strategy_number};
use crate::{
    engine::{Registered, settings::OnGet},
    model::Error,
};

/// The spec of a message; not yet validated.
pub fn spec(message: &proto::Spec) -> Result<imaging::Spec, Error> {
    let operations = message.operations.iter().enumerate();
    let operations =
        operations.map(|(index, message)| operation(message, format_args!("operations[{index}]")));
    Ok(imaging::Spec {
        operations: operations.collect::<Result<_, _>>()?,
        output: output(message.output.as_ref())?,
        scaled_decoding: options::scaled_decoding(message.scaled_decoding)?,
        device_pixel_ratio: message.device_pixel_ratio,
        animation: options::animation(message.animation)?,
        light: options::light(message.light)?,
        color_profile: options::color_profile(message.color_profile)?,
        metadata: options::metadata(message.metadata)?,
        on_damaged: options::on_damaged(message.on_damaged)?,
    })
}

/// The message of a spec.
pub fn spec_message(spec: &imaging::Spec) -> proto::Spec {
    proto::Spec {
        operations: spec.operations.iter().map(operation_message).collect(),
        output: Some(output_message(&spec.output)),
        scaled_decoding: options::scaled_decoding_number(spec.scaled_decoding),
        device_pixel_ratio: spec.device_pixel_ratio,
        animation: options::animation_number(spec.animation),
        light: options::light_number(spec.light),
        color_profile: options::color_profile_number(spec.color_profile),
        metadata: options::metadata_number(spec.metadata),
        on_damaged: options::on_damaged_number(spec.on_damaged),
    }
}

/// The message of a named spec. The digest of an `auto` output is left out: it has one per format.
pub fn named_spec(registered: &Registered) -> proto::NamedSpec {
    let named = &registered.named;
    proto::NamedSpec {
        id: named.id.as_str().to_owned(),
        spec: Some(spec_message(&named.spec)),
        policy: Some(proto::SpecPolicy {
            strategy: strategy_number(named.strategy),
            sources: named.sources.iter().map(|glob| glob.as_str().to_owned()).collect(),
            public: named.public,
            stale_while_revalidate: named
                .stale_while_revalidate
                .and_then(|duration| duration.try_into().ok()),
            previous_for: named.previous_for.and_then(|duration| duration.try_into().ok()),
            on_get: match named.on_get {
                OnGet::Generate => proto::OnGet::Generate,
                OnGet::Placeholder(_) => proto::OnGet::Placeholder,
            }
            .into(),
        }),
        digest: match (named.spec.format(), registered.resolutions()) {
            (Some(_), [only]) => only.digest.as_str().to_owned(),
            _ => String::new(),
        },
    }
}
