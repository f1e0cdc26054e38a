//! Prewarming: what is asked, and how far it is.

use rendition_proto::v1 as proto;

use super::{format, rendition::wire_duration};
use crate::{
    engine::{Execution, Make, Prewarm, Prewarmed, WarmFailure},
    grpc::status::item,
    model::{Error, Reason, Scope, SpecId, StoreName},
};

/// What `Prewarm` asks.
pub fn prewarm(message: proto::PrewarmRequest) -> Result<Prewarm, Error> {
    let specs = message.spec_ids.iter().enumerate();
    let specs =
        specs.map(|(index, id)| SpecId::new(id).map_err(|error| error.field(format!("spec_ids[{index}]"))));
    let accept = message.accept.iter().enumerate().map(|(index, &number)| {
        format(number, format_args!("accept")).map_err(|error| error.field(format!("accept[{index}]")))
    });
    let make = match (message.force, message.only_missing) {
        (false, false) => Make::Missing,
        (false, true) => Make::NeverMade,
        (true, false) => Make::Again,
        (true, true) => {
            let message =
                "force makes everything again and only_missing only what was never made: set one of them";
            return Err(Error::new(Reason::InvalidArgument, message).field("only_missing"));
        }
    };
    Ok(Prewarm {
        store: store(&message.store)?,
        scope: Scope::new(&message.sources)?,
        specs: specs.collect::<Result<_, _>>()?,
        accept: accept.collect::<Result<_, _>>()?,
        make,
        execution: execution(message.dry_run),
        concurrency: usize::try_from(message.concurrency).ok().filter(|many| *many > 0),
        resume_token: message.resume_token,
    })
}

/// The store of a request that names one, or none.
pub(super) fn store(name: &str) -> Result<Option<StoreName>, Error> {
    if name.is_empty() {
        return Ok(None);
    }
    StoreName::new(name).map(Some).map_err(|error| error.field("store"))
}

pub(super) fn execution(dry_run: bool) -> Execution {
    if dry_run { Execution::DryRun } else { Execution::Real }
}

impl From<Prewarmed> for proto::PrewarmResponse {
    fn from(prewarmed: Prewarmed) -> Self {
        Self {
            done: prewarmed.done,
            skipped: prewarmed.skipped,
            failed: prewarmed.failed,
            sources_done: prewarmed.sources_done,
            sources_total: prewarmed.sources_total,
            failures: prewarmed.failures.into_iter().map(Into::into).collect(),
            rate: prewarmed.rate,
            time_left: prewarmed.time_left.map(wire_duration),
            resume_token: prewarmed.resume_token,
        }
    }
}

impl From<WarmFailure> for proto::PrewarmFailure {
    fn from(failure: WarmFailure) -> Self {
        Self {
            path: failure.path.as_str().to_owned(),
            spec_id: failure.spec.as_str().to_owned(),
            error: Some(item(&failure.error)),
        }
    }
}
