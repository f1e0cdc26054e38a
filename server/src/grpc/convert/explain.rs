//! Explanations.

use std::time::SystemTime;

use rendition_proto::v1::{self as proto, explain_request::Subject as Asked};

use super::{
    output::format_number,
    rendition::{failure, timestamp},
};
use crate::{
    engine::explain::{ExplainedUrl, Explanation, SignatureStanding, SourceStanding, SpecStanding, Subject},
    existence::{Known, Record},
    model::{Error, Label, Reason, Timestamp, VersionTag},
    storage::Stat,
};

/// What is to be explained.
pub fn subject(message: proto::ExplainRequest) -> Result<Subject, Error> {
    match message.subject {
        Some(Asked::Key(key)) => Ok(Subject::Key(key)),
        Some(Asked::Url(url)) => Ok(Subject::Url(url)),
        None => Err(Error::new(Reason::InvalidArgument, "set key or url").field("subject")),
    }
}

impl From<Explanation> for proto::ExplainResponse {
    fn from(explanation: Explanation) -> Self {
        let Explanation { summary, advice, key, parts, url, spec, source, memory, object, work } =
            explanation;
        let (object, object_problem) = match object {
            Ok(object) => (object, String::new()),
            Err(error) => (None, error.to_string()),
        };
        let modified = |stat: &Stat| stat.modified.map(prost_types::Timestamp::from);
        Self {
            summary,
            advice,
            key: Some(proto::ExplainedKey {
                key: key.as_str().to_owned(),
                store: parts.store.as_str().to_owned(),
                path: parts.path.as_str().to_owned(),
                spec_id: match &parts.label {
                    Label::Named(id) => id.as_str().to_owned(),
                    Label::Inline => String::new(),
                },
                version: match &parts.version {
                    VersionTag::Of(version) => version.as_str().to_owned(),
                    VersionTag::Immutable | VersionTag::Current => String::new(),
                },
                digest: parts.digest.as_str().to_owned(),
                format: format_number(parts.format),
            }),
            url: url.map(explained_url),
            spec: Some(explained_spec(spec)),
            source: Some(proto::ExplainedSource {
                standing: source_standing(source.standing).into(),
                present_version: version(source.stat.as_ref()),
                size_bytes: source.stat.as_ref().map_or(0, |stat| stat.size),
                modified_at: source.stat.as_ref().and_then(modified),
                deleted_until: source.deleted_until.map(timestamp),
                problem: source.problem.as_ref().map(ToString::to_string).unwrap_or_default(),
            }),
            memory: memory.map(|record| explained_memory(&record)),
            object: object.map(|stat| proto::ExplainedObject {
                size_bytes: stat.size,
                modified_at: modified(&stat),
                etag: version(Some(&stat)),
            }),
            object_problem,
            work: Some(proto::ExplainedWork {
                generating: work.generating,
                queued: work.queued,
                forced: work.forced,
                crashes: work.crashes,
            }),
        }
    }
}

fn version(stat: Option<&Stat>) -> String {
    stat.and_then(|stat| stat.version.clone()).unwrap_or_default()
}

fn explained_url(url: ExplainedUrl) -> proto::ExplainedUrl {
    proto::ExplainedUrl {
        signature: match url.standing {
            SignatureStanding::None => proto::SignatureStanding::None,
            SignatureStanding::Valid => proto::SignatureStanding::Valid,
            SignatureStanding::Expired => proto::SignatureStanding::Expired,
            SignatureStanding::Forged => proto::SignatureStanding::Forged,
            SignatureStanding::UnknownKey => proto::SignatureStanding::UnknownKey,
        }
        .into(),
        key_id: url.key_id.unwrap_or_default(),
        expire_time: url.expires_at.and_then(tellable).map(timestamp),
        honoured: url.honoured,
    }
}

fn explained_spec(spec: SpecStanding) -> proto::ExplainedSpec {
    let (standing, present) = match spec {
        SpecStanding::Configured(digest) => (proto::SpecStanding::Configured, Some(digest)),
        SpecStanding::Changed(present) => (proto::SpecStanding::Changed, present),
        SpecStanding::Removed => (proto::SpecStanding::Removed, None),
        SpecStanding::Inline => (proto::SpecStanding::Inline, None),
        SpecStanding::Earlier { present, .. } => (proto::SpecStanding::Earlier, present),
    };
    let stands_in_until = match spec {
        SpecStanding::Earlier { until, .. } => tellable(until).map(timestamp),
        _ => None,
    };
    let present_digest = present.map(|digest| digest.as_str().to_owned()).unwrap_or_default();
    proto::ExplainedSpec { standing: standing.into(), present_digest, stands_in_until }
}

fn source_standing(standing: SourceStanding) -> proto::SourceStanding {
    match standing {
        SourceStanding::Current => proto::SourceStanding::Current,
        SourceStanding::Stale => proto::SourceStanding::Stale,
        SourceStanding::Gone => proto::SourceStanding::Gone,
        SourceStanding::Deleted => proto::SourceStanding::Deleted,
        SourceStanding::Unverifiable => proto::SourceStanding::Unverifiable,
        SourceStanding::NoStore => proto::SourceStanding::NoStore,
        SourceStanding::Unknown => proto::SourceStanding::Unknown,
    }
}

fn explained_memory(record: &Record) -> proto::ExplainedMemory {
    let (state, failed) = match &record.known {
        Known::Ready(_) => (proto::State::Ready, None),
        Known::Absent => (proto::State::Absent, None),
        Known::Failed(verdict) => (proto::State::Failed, Some(failure(verdict.failure.clone()))),
    };
    proto::ExplainedMemory {
        state: state.into(),
        checked_at: Some(timestamp(record.checked_at)),
        expire_time: tellable(record.expires_at).map(timestamp),
        failure: failed,
    }
}

/// A time that a message can tell; "forever" is none.
fn tellable(time: Timestamp) -> Option<Timestamp> {
    /// The last moment of the year 9999, in seconds since 1970.
    const LAST: u64 = 253_402_300_799;
    (time.seconds() <= LAST && SystemTime::from(time) > SystemTime::UNIX_EPOCH).then_some(time)
}
