//! The sentence that an explanation comes to, and what can be done about it.
//!
//! What stands in the way of everything else is told first: the URL, the source, the spec, the verdict; then what is stored,
//! and what is being done.

use super::{Explanation, SignatureStanding, SourceStanding, SpecStanding};
use crate::{
    engine::run::CRASHES,
    existence::Known,
    model::{Failure, Label, Reason, Timestamp, VersionTag},
};

/// The summary and the advice.
pub(super) fn of(explanation: &Explanation, now: Timestamp) -> (String, String) {
    let (mut summary, mut advice) = rendition(explanation, now);
    if let Some((said, way_out)) = url(explanation) {
        summary = format!("{said}; {summary}");
        advice = if advice.is_empty() { way_out } else { format!("{way_out}; {advice}") };
    }
    (summary, advice)
}

fn told(summary: impl Into<String>, advice: impl Into<String>) -> (String, String) {
    (summary.into(), advice.into())
}

/// What is wrong with the URL, if anything is.
fn url(explanation: &Explanation) -> Option<(String, String)> {
    let url = explanation.url.as_ref().filter(|url| !url.honoured)?;
    let key_id = url.key_id.as_deref().unwrap_or_default();
    Some(match url.standing {
        SignatureStanding::Valid => return None,
        SignatureStanding::None => {
            told("the URL is not signed, which it must be here", "ask the service for a URL")
        }
        SignatureStanding::Expired => told(
            format!("the URL's signature by key {key_id:?} has expired"),
            "ask the service for a new URL, with a longer lifetime if it is kept for longer",
        ),
        SignatureStanding::Forged => told(
            format!("the URL was altered, or was not signed with this server's key {key_id:?}"),
            "ask the service for a URL, and compare the secrets of media.keys on all servers",
        ),
        SignatureStanding::UnknownKey => told(
            format!("the URL is signed with a key {key_id:?} that this server does not have"),
            "add the key to media.keys, or ask the service for a new URL",
        ),
    })
}

fn rendition(explanation: &Explanation, now: Timestamp) -> (String, String) {
    if let Some(told) = by_source(explanation) {
        return told;
    }
    if let Some(told) = by_spec(explanation) {
        return told;
    }
    if explanation.source.standing == SourceStanding::Stale {
        return stale(explanation);
    }
    if explanation.work.crashes >= CRASHES {
        return told(
            format!(
                "it was given up: the server crashed {} times while it made it",
                explanation.work.crashes
            ),
            "replace the source, or ask for it with force",
        );
    }
    if let Some(Known::Failed(verdict)) = explanation.memory.as_ref().map(|record| &record.known) {
        return failed(&verdict.failure, now);
    }
    by_storage(explanation)
}

/// What the source alone decides.
fn by_source(explanation: &Explanation) -> Option<(String, String)> {
    let parts = &explanation.parts;
    let (store, path) = (&parts.store, parts.path.as_str());
    let is_stored = matches!(explanation.object, Ok(Some(_)));
    Some(match explanation.source.standing {
        SourceStanding::NoStore => told(
            format!("the store {store} in its key holds no sources here"),
            "compare the stores in the configuration with those of the server that gave the key",
        ),
        SourceStanding::Deleted => told(
            match explanation.source.deleted_until {
                Some(until) => format!("its source counts as deleted until {}", time(until)),
                None => "its source counts as deleted".to_owned(),
            },
            format!("if {path:?} is back, say so: rendition saved {path}"),
        ),
        SourceStanding::Gone if is_stored => told(
            format!("it is stored, though the store {store} has no source {path:?}"),
            format!("if the source is to stay away, remove what was made of it: rendition deleted {path}"),
        ),
        SourceStanding::Gone => told(
            format!("it cannot be made: the store {store} has no source {path:?}"),
            "bring the source, then ask again",
        ),
        SourceStanding::Unknown if !is_stored => {
            let why = explanation.source.problem.as_ref().map(ToString::to_string).unwrap_or_default();
            told(
                format!("it is not stored, and the store {store} does not tell of its source: {why}"),
                "mend the store",
            )
        }
        _ => return None,
    })
}

/// What the spec alone decides.
fn by_spec(explanation: &Explanation) -> Option<(String, String)> {
    let label = explanation.parts.label.as_str();
    let still = match explanation.object {
        Ok(Some(_)) => "is still stored",
        Ok(None) => "is not stored",
        Err(_) => "may be stored, which its store does not tell",
    };
    let remove =
        "remove what the configuration accounts for no more by rendition purge --stale or rendition gc";
    Some(match explanation.spec {
        SpecStanding::Removed => told(
            format!(
                "it {still}, and no spec {label:?} is configured any more, so that it is neither made nor served"
            ),
            format!("ask for another spec, or configure it again; {remove}"),
        ),
        SpecStanding::Changed(present) => {
            let now = present.map_or_else(
                || "and is not written in this format any more".to_owned(),
                |digest| format!("its renditions have the digest {digest} now"),
            );
            told(
                format!("it {still}, and the spec {label:?} has changed since: {now}"),
                format!("ask the service for a new URL; {remove}"),
            )
        }
        SpecStanding::Earlier { until, .. } if matches!(explanation.object, Ok(Some(_))) => told(
            format!(
                "it is stored, of an earlier form of the spec {label:?}, and stands in for renditions that are not made yet until {}",
                time(until)
            ),
            "",
        ),
        SpecStanding::Earlier { .. } if matches!(explanation.object, Ok(None)) => told(
            format!(
                "it is not stored, and the spec {label:?} has changed since, so that it is not made any more"
            ),
            "ask the service for a new URL",
        ),
        SpecStanding::Earlier { .. } | SpecStanding::Configured(_) | SpecStanding::Inline => return None,
    })
}

fn stale(explanation: &Explanation) -> (String, String) {
    let present =
        explanation.source.stat.as_ref().and_then(|stat| stat.version.as_deref()).unwrap_or_default();
    let of = match &explanation.parts.version {
        VersionTag::Of(version) => format!("version {version:?}", version = version.as_str()),
        VersionTag::Immutable | VersionTag::Current => "a source without versions".to_owned(),
    };
    let still =
        if matches!(explanation.object, Ok(Some(_))) { "is stored, but" } else { "is not stored, and" };
    told(
        format!("it {still} is stale: it is of {of}, and the source has the version {present:?} now"),
        "ask for a new URL; say NotifySaved when a source is replaced, or wait for cache.source_ttl",
    )
}

fn failed(failure: &Failure, now: Timestamp) -> (String, String) {
    let Failure { error, retry_at, attempts } = failure;
    let next = if *retry_at > now {
        format!("the next attempt is allowed at {}", time(*retry_at))
    } else {
        "the next call tries it again".to_owned()
    };
    let advice = match error.reason() {
        Reason::SourceLimitExceeded => {
            "make the source or the result smaller, or raise the limit that the message names in [limits]"
        }
        Reason::SourceUnsupported => {
            "store the source in a format that is read here, or ask for what the message names"
        }
        _ => "replace the source and say NotifySaved, or ask with force if the server was mended",
    };
    told(format!("it failed {attempts} times: {error}; {next}"), advice)
}

/// What the storage and the work at hand tell.
fn by_storage(explanation: &Explanation) -> (String, String) {
    let believed = explanation.memory.as_ref().is_some_and(|record| matches!(record.known, Known::Ready(_)));
    let work = explanation.work;
    match &explanation.object {
        Err(error) => told(
            format!("the store of renditions does not tell whether it is there: {error}"),
            "mend the store",
        ),
        Ok(Some(_)) if work.forced => told("it is stored, and a job will make it anew", ""),
        Ok(Some(_)) if explanation.source.standing == SourceStanding::Unverifiable => told(
            "it is stored; its version is the callers' own, and only they know whether it is the present one",
            "",
        ),
        Ok(Some(_)) => told("it is stored and of the present version", ""),
        Ok(None) if work.generating => told("it is being made now", ""),
        Ok(None) if work.queued || work.forced => {
            told("it is not stored yet, and a job that will make it is queued", "")
        }
        Ok(None) if believed => told(
            "it was deleted behind this server, which believes still that it is stored",
            "ask with max_age zero or get its media URL, and it is made anew; if something else deletes from the store, \
             set its ready_ttl to less",
        ),
        Ok(None) => {
            let ask = match &explanation.parts.label {
                Label::Named(id) => {
                    format!("ask for it: rendition ensure {} --spec {id}", explanation.parts.path)
                }
                Label::Inline => "ask for it with its spec, or get its media URL".to_owned(),
            };
            told("it is missing: nobody has asked for it yet, or it was removed", ask)
        }
    }
}

fn time(time: Timestamp) -> String {
    humantime::format_rfc3339_seconds(time.into()).to_string()
}
