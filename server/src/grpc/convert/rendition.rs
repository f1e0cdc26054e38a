//! Answers: from what the engine knows to messages.

use std::time::{Duration, SystemTime};

use rendition_imaging::Placeholder;
use rendition_proto::v1 as proto;

use crate::{
    engine::{
        EnsuredWhole,
        request::{Ensured, View},
    },
    grpc::status::item,
    model::{Evidence, Failure, ImageInfo, Outcome, State, Timestamp},
};

/// The message of a view.
pub fn rendition(view: View) -> proto::Rendition {
    proto::Rendition {
        key: view.key.map(|key| key.as_str().to_owned()).unwrap_or_default(),
        store: view.store.as_str().to_owned(),
        state: state(view.state).into(),
        evidence: evidence(view.evidence).into(),
        checked_at: view.checked_at.map(timestamp),
        image: view.image.map(image),
        url: view.url,
        url_expire_time: view.url_expires_at.map(timestamp),
        failure: view.failure.map(failure),
        placeholder: view.placeholder.map(|shared| placeholder(&shared)),
    }
}

pub(super) fn placeholder(placeholder: &Placeholder) -> proto::Placeholder {
    proto::Placeholder {
        thumbhash: placeholder.thumbhash.clone(),
        dominant_color: placeholder.dominant_color_code(),
    }
}

impl From<Ensured> for proto::EnsureGeneratedResponse {
    fn from(ensured: Ensured) -> Self {
        let outcome: proto::Outcome = match ensured.outcome {
            Outcome::Found => proto::Outcome::Found,
            Outcome::Generated => proto::Outcome::Generated,
            Outcome::Coalesced => proto::Outcome::Coalesced,
            Outcome::Queued => proto::Outcome::Queued,
            Outcome::Assumed => proto::Outcome::Assumed,
            Outcome::Pending => proto::Outcome::Pending,
        };
        Self { rendition: Some(rendition(ensured.view)), outcome: outcome.into(), members: Vec::new() }
    }
}

impl From<EnsuredWhole> for proto::EnsureGeneratedResponse {
    fn from(whole: EnsuredWhole) -> Self {
        use proto::ensure_generated_result::Result as Item;
        let members = whole.members.into_iter().map(|member| proto::EnsureGeneratedResult {
            result: Some(match member {
                Ok(ensured) => Item::Response(ensured.into()),
                Err(error) => Item::Error(item(&error)),
            }),
        });
        Self { members: members.collect(), ..whole.ensured.into() }
    }
}

impl From<View> for proto::ExistsResponse {
    fn from(view: View) -> Self {
        Self { exists: view.state == State::Ready, rendition: Some(rendition(view)) }
    }
}

impl From<View> for proto::UrlResponse {
    fn from(view: View) -> Self {
        Self { rendition: Some(rendition(view)) }
    }
}

fn state(state: State) -> proto::State {
    match state {
        State::Unknown => proto::State::Unknown,
        State::Absent => proto::State::Absent,
        State::Queued => proto::State::Queued,
        State::Generating => proto::State::Generating,
        State::Ready => proto::State::Ready,
        State::Failed => proto::State::Failed,
    }
}

fn evidence(evidence: Evidence) -> proto::Evidence {
    match evidence {
        Evidence::None => proto::Evidence::None,
        Evidence::Assumed => proto::Evidence::Assumed,
        Evidence::Cache => proto::Evidence::Cache,
        Evidence::Storage => proto::Evidence::Storage,
        Evidence::Generated => proto::Evidence::Generated,
    }
}

fn image(image: ImageInfo) -> proto::ImageInfo {
    proto::ImageInfo {
        media_type: image.media_type.to_owned(),
        width: image.width,
        height: image.height,
        size_bytes: image.size_bytes,
        etag: image.etag.as_ref().to_owned(),
        frames: image.frames,
        damaged: image.is_damaged,
    }
}

pub(super) fn failure(failure: Failure) -> proto::Failure {
    proto::Failure {
        reason: failure.error.reason().as_str().to_owned(),
        message: failure.error.message().to_owned(),
        retry_time: Some(timestamp(failure.retry_at)),
        attempts: failure.attempts,
    }
}

pub(super) fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    SystemTime::from(time).into()
}

/// A duration; one beyond the API's range, some 290 thousand million years, is cut to it.
pub(super) fn wire_duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or_default(),
    }
}
