//! A spec in the server's configuration.

use std::time::Duration;

use rendition_proto::v1;

use crate::{Spec, Strategy, UnknownSpec};

/// A spec in the server's configuration, with its policies.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpec(v1::NamedSpec);

impl NamedSpec {
    /// The id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What it makes.
    ///
    /// # Errors
    /// If the server is newer and the spec has something that this client does not know.
    pub fn spec(&self) -> Result<Spec, UnknownSpec> {
        self.0.spec.clone().ok_or(UnknownSpec("content"))?.try_into()
    }

    /// The strategy of requests that name none; `None` for the server's default.
    pub fn strategy(&self) -> Option<Strategy> {
        Strategy::from_wire(self.policy()?.strategy).ok().flatten()
    }

    /// Which sources it is meant for, as globs over store paths.
    pub fn sources(&self) -> &[String] {
        self.policy().map_or(&[], |policy| &policy.sources)
    }

    /// Whether its renditions may be fetched without a signature where the media endpoint is open.
    pub fn is_public(&self) -> bool {
        self.policy().is_some_and(|policy| policy.public)
    }

    /// For how long after its source changed a missing rendition is answered by one of an older version; `None` for not
    /// at all.
    pub fn stale_while_revalidate(&self) -> Option<Duration> {
        self.policy()?.stale_while_revalidate.and_then(|duration| duration.try_into().ok())
    }

    /// For how long after the spec changed a missing rendition is answered by one of what it was before; `None` for not
    /// at all.
    pub fn previous_for(&self) -> Option<Duration> {
        self.policy()?.previous_for.and_then(|duration| duration.try_into().ok())
    }

    /// Whether a GET of a media URL that finds nothing queues the rendition and shows the spec's placeholder, instead of
    /// making it.
    pub fn shows_placeholder(&self) -> bool {
        self.policy().is_some_and(|policy| policy.on_get() == v1::OnGet::Placeholder)
    }

    /// The digest in the keys of its renditions; `None` for an `auto` output.
    pub fn digest(&self) -> Option<&str> {
        Some(self.0.digest.as_str()).filter(|digest| !digest.is_empty())
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::NamedSpec {
        self.0
    }

    fn policy(&self) -> Option<&v1::SpecPolicy> {
        self.0.policy.as_ref()
    }
}

impl From<v1::NamedSpec> for NamedSpec {
    fn from(spec: v1::NamedSpec) -> Self {
        Self(spec)
    }
}
