//! Renditions ahead of time: which ones, and how far they are.

use std::time::Duration;

use rendition_proto::v1;

use crate::{Error, OutputFormat, StatusError};

/// What to make ahead: the renditions of many sources. A text alone says which sources: a glob (`photos/**/*.jpg`), or what
/// their paths begin with.
///
/// ```
/// use rendition_client::Prewarm;
///
/// let request = Prewarm::of("photos/**").spec("avatar").spec("teaser").only_missing();
/// assert_ne!(request, Prewarm::of("photos/**"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Prewarm(v1::PrewarmRequest);

impl Prewarm {
    /// Of these sources, by the specs that are meant for each of them.
    pub fn of(sources: impl Into<String>) -> Self {
        Self(v1::PrewarmRequest { sources: sources.into(), ..Default::default() })
    }

    /// In this store and not the server's default.
    pub fn store(mut self, name: impl Into<String>) -> Self {
        self.0.store = name.into();
        self
    }

    /// By this named spec, and others that are named.
    pub fn spec(mut self, id: impl Into<String>) -> Self {
        self.0.spec_ids.push(id.into());
        self
    }

    /// Of an `auto` output this format, and others that are named; without any all of them.
    pub fn accept(mut self, format: OutputFormat) -> Self {
        self.0.accept.push(format.to_wire());
        self
    }

    /// Makes again what is stored already.
    pub fn force(mut self) -> Self {
        self.0.force = true;
        self
    }

    /// Makes nothing, and counts what would be made.
    pub fn dry_run(mut self) -> Self {
        self.0.dry_run = true;
        self
    }

    /// Leaves alone what has a rendition by the same spec already, be it out of date.
    pub fn only_missing(mut self) -> Self {
        self.0.only_missing = true;
        self
    }

    /// At most this many sources at a time.
    pub fn concurrency(mut self, sources: u32) -> Self {
        self.0.concurrency = sources;
        self
    }

    /// Goes on where a call with the same fields stood; see [`Prewarmed::resume_token`].
    pub fn resume(mut self, token: impl Into<String>) -> Self {
        self.0.resume_token = token.into();
        self
    }

    pub(crate) fn into_proto(self) -> v1::PrewarmRequest {
        self.0
    }
}

impl<S: Into<String>> From<S> for Prewarm {
    fn from(sources: S) -> Self {
        Self::of(sources)
    }
}

/// How far a prewarm is.
#[derive(Clone, Debug, PartialEq)]
pub struct Prewarmed(v1::PrewarmResponse);

impl Prewarmed {
    /// Renditions that were made, or would be.
    pub fn done(&self) -> u64 {
        self.0.done
    }

    /// Renditions that were there.
    pub fn skipped(&self) -> u64 {
        self.0.skipped
    }

    /// Renditions that could not be made.
    pub fn failed(&self) -> u64 {
        self.0.failed
    }

    /// Sources that are finished.
    pub fn sources_done(&self) -> u64 {
        self.0.sources_done
    }

    /// Sources that there are to do, once they are counted.
    pub fn sources_total(&self) -> Option<u64> {
        self.0.sources_total
    }

    /// What failed since the item before.
    pub fn failures(&self) -> Vec<PrewarmFailure> {
        self.0.failures.iter().cloned().map(PrewarmFailure).collect()
    }

    /// Renditions finished a second.
    pub fn rate(&self) -> f64 {
        self.0.rate
    }

    /// How long it will take at that pace, once that is known.
    pub fn time_left(&self) -> Option<Duration> {
        self.0.time_left.and_then(|time| Duration::try_from(time).ok())
    }

    /// Goes on from here; `None` at the end.
    pub fn resume_token(&self) -> Option<&str> {
        Some(self.0.resume_token.as_str()).filter(|token| !token.is_empty())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::PrewarmResponse {
        self.0
    }
}

impl From<v1::PrewarmResponse> for Prewarmed {
    fn from(message: v1::PrewarmResponse) -> Self {
        Self(message)
    }
}

/// A rendition that could not be made ahead.
#[derive(Clone, Debug, PartialEq)]
pub struct PrewarmFailure(v1::PrewarmFailure);

impl PrewarmFailure {
    /// The path of its source.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The named spec.
    pub fn spec_id(&self) -> &str {
        &self.0.spec_id
    }

    /// Why not.
    pub fn error(&self) -> Error {
        self.0.error.clone().map_or(Error::Malformed("error"), |status| StatusError::from_item(status).into())
    }
}
