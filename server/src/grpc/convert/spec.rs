//! Specs, inline and named.

use rendition_imaging as imaging;
use rendition_proto::v1 as proto;

use super::{operation, operation_message, output, output_message, request::strategy_number, unknown_number};
use crate::{engine::Registered, model::Error};

/// The spec of a message; not yet validated.
pub fn spec(message: &proto::Spec) -> Result<imaging::Spec, Error> {
    let operations = message.operations.iter().enumerate();
    let operations = operations.map(|(index, message)| operation(message, &format!("operations[{index}]")));
    let scaled_decoding = match proto::ScaledDecoding::try_from(message.scaled_decoding) {
        Ok(proto::ScaledDecoding::Unspecified | proto::ScaledDecoding::Quality) => {
            imaging::ScaledDecoding::Quality
        }
        Ok(proto::ScaledDecoding::Speed) => imaging::ScaledDecoding::Speed,
        Err(_) => return Err(unknown_number("scaled_decoding", message.scaled_decoding)),
    };
    Ok(imaging::Spec {
        operations: operations.collect::<Result<_, _>>()?,
        output: output(message.output.as_ref())?,
        scaled_decoding,
    })
}

/// The message of a spec.
pub fn spec_message(spec: &imaging::Spec) -> proto::Spec {
    let scaled_decoding = match spec.scaled_decoding {
        imaging::ScaledDecoding::Quality => proto::ScaledDecoding::Quality,
        imaging::ScaledDecoding::Speed => proto::ScaledDecoding::Speed,
    };
    proto::Spec {
        operations: spec.operations.iter().map(operation_message).collect(),
        output: Some(output_message(&spec.output)),
        scaled_decoding: scaled_decoding.into(),
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
            sources: named.sources.clone(),
            public: named.public,
        }),
        digest: match (named.spec.format(), registered.resolutions()) {
            (Some(_), [only]) => only.digest.as_str().to_owned(),
            _ => String::new(),
        },
    }
}
