//! What a key or a media URL is, and why it is as it is.

use std::time::SystemTime;

use rendition_proto::v1::{self, explain_request::Subject as Asked};

use crate::{Failure, OutputFormat, State, duration::from_timestamp, wire_enum::answer};

answer! {
    /// Whether a URL's signature holds.
    SignatureStanding {
        /// There is none.
        None = "none",
        /// It holds.
        Valid = "valid",
        /// It did hold, and has expired.
        Expired = "expired",
        /// It does not belong to this URL.
        Forged = "forged",
        /// The server has no key of that id.
        UnknownKey = "unknown key",
    }
}

answer! {
    /// What a spec is to a server.
    SpecStanding {
        /// It is configured, and in this very form.
        Configured = "configured",
        /// A spec of this id is configured, in another form.
        Changed = "changed",
        /// No spec of this id is configured.
        Removed = "removed",
        /// It came with a request.
        Inline = "inline",
        /// A spec of this id is configured, in another form, and renditions by the key's may stand in for its own for a while.
        Earlier = "earlier",
    }
}

answer! {
    /// How a source's version stands to that of a key.
    SourceStanding {
        /// It is the version that the source has.
        Current = "current",
        /// The source has another version now.
        Stale = "stale",
        /// There is no such source.
        Gone = "gone",
        /// A caller said that the source was deleted.
        Deleted = "deleted",
        /// It is a version of the callers' own.
        Unverifiable = "unverifiable",
        /// No store of that name holds sources there.
        NoStore = "no store",
        /// The store could not tell.
        Unknown = "unknown",
    }
}

/// What is to be explained. A text turns into one: what begins with a slash or has a scheme is a URL, and anything else a
/// key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explain {
    /// The key of a rendition.
    Key(String),
    /// A media URL, whole or from its path on, with its query.
    Url(String),
}

impl Explain {
    /// The message of the API.
    pub fn into_proto(self) -> v1::ExplainRequest {
        let subject = match self {
            Self::Key(key) => Asked::Key(key),
            Self::Url(url) => Asked::Url(url),
        };
        v1::ExplainRequest { subject: Some(subject) }
    }
}

impl From<&str> for Explain {
    fn from(text: &str) -> Self {
        let is_url = text.starts_with('/') || text.contains("://");
        if is_url { Self::Url(text.to_owned()) } else { Self::Key(text.to_owned()) }
    }
}

impl From<String> for Explain {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// What a server tells of one rendition.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation(v1::ExplainResponse);

impl Explanation {
    pub(crate) fn new(message: v1::ExplainResponse) -> Self {
        Self(message)
    }

    /// What it comes to, in a sentence.
    pub fn summary(&self) -> &str {
        &self.0.summary
    }

    /// What can be done about it; `None` if nothing needs to be.
    pub fn advice(&self) -> Option<&str> {
        filled(&self.0.advice)
    }

    /// The key.
    pub fn key(&self) -> &str {
        self.parts().map_or("", |parts| &parts.key)
    }

    /// The store that the source lies in.
    pub fn source_store(&self) -> &str {
        self.parts().map_or("", |parts| &parts.store)
    }

    /// The source's path in it.
    pub fn source_path(&self) -> &str {
        self.parts().map_or("", |parts| &parts.path)
    }

    /// The id of the spec; `None` for an inline one.
    pub fn spec_id(&self) -> Option<&str> {
        filled(&self.parts()?.spec_id)
    }

    /// The source's version in the key; `None` where the path alone is the identity.
    pub fn source_version(&self) -> Option<&str> {
        filled(&self.parts()?.version)
    }

    /// The digest of the spec.
    pub fn digest(&self) -> &str {
        self.parts().map_or("", |parts| &parts.digest)
    }

    /// What it is written as; `None` if this client does not know it.
    pub fn format(&self) -> Option<OutputFormat> {
        OutputFormat::from_wire(self.parts()?.format).ok().flatten()
    }

    /// Whether the URL's signature holds; `None` if a key was asked about.
    pub fn signature(&self) -> Option<SignatureStanding> {
        self.0.url.as_ref().map(|url| SignatureStanding::from_wire(url.signature))
    }

    /// The id of the key that the URL says it was signed with.
    pub fn signing_key_id(&self) -> Option<&str> {
        filled(&self.0.url.as_ref()?.key_id)
    }

    /// Until when the URL's signature holds, by what it says.
    pub fn url_expire_time(&self) -> Option<SystemTime> {
        from_timestamp(self.0.url.as_ref()?.expire_time)
    }

    /// Whether the media endpoint honours the URL; `None` if a key was asked about.
    pub fn is_honoured(&self) -> Option<bool> {
        self.0.url.as_ref().map(|url| url.honoured)
    }

    /// What the spec is to the server.
    pub fn spec_standing(&self) -> SpecStanding {
        SpecStanding::from_wire(self.0.spec.as_ref().map_or(0, |spec| spec.standing))
    }

    /// The digest that the spec has now in this format.
    pub fn present_digest(&self) -> Option<&str> {
        filled(&self.0.spec.as_ref()?.present_digest)
    }

    /// Until when renditions by an earlier form of the spec may stand in for those by its present one.
    pub fn stands_in_until(&self) -> Option<SystemTime> {
        from_timestamp(self.0.spec.as_ref()?.stands_in_until)
    }

    /// How the source's version stands to that in the key.
    pub fn source_standing(&self) -> SourceStanding {
        SourceStanding::from_wire(self.0.source.as_ref().map_or(0, |source| source.standing))
    }

    /// The version that the source has now.
    pub fn present_version(&self) -> Option<&str> {
        filled(&self.0.source.as_ref()?.present_version)
    }

    /// When the source was last written.
    pub fn source_modified_at(&self) -> Option<SystemTime> {
        from_timestamp(self.0.source.as_ref()?.modified_at)
    }

    /// Until when the source counts as deleted.
    pub fn deleted_until(&self) -> Option<SystemTime> {
        from_timestamp(self.0.source.as_ref()?.deleted_until)
    }

    /// Why the source's store could not tell.
    pub fn source_problem(&self) -> Option<&str> {
        filled(&self.0.source.as_ref()?.problem)
    }

    /// What the server remembers: ready, absent or failed; `None`: nothing.
    pub fn remembered_state(&self) -> Option<State> {
        self.0.memory.as_ref().map(|memory| State::from_wire(memory.state))
    }

    /// When it learnt that.
    pub fn checked_at(&self) -> Option<SystemTime> {
        from_timestamp(self.0.memory.as_ref()?.checked_at)
    }

    /// From when on it believes it no more; `None`: never.
    pub fn expire_time(&self) -> Option<SystemTime> {
        from_timestamp(self.0.memory.as_ref()?.expire_time)
    }

    /// Why it could not be made.
    pub fn failure(&self) -> Option<Failure<'_>> {
        self.0.memory.as_ref()?.failure.as_ref().map(Failure)
    }

    /// The size of the stored object in bytes; `None` if there is none, or its store could not tell.
    pub fn stored_bytes(&self) -> Option<u64> {
        self.0.object.as_ref().map(|object| object.size_bytes)
    }

    /// When the stored object was written.
    pub fn stored_at(&self) -> Option<SystemTime> {
        from_timestamp(self.0.object.as_ref()?.modified_at)
    }

    /// The entity tag of the stored object.
    pub fn etag(&self) -> Option<&str> {
        filled(&self.0.object.as_ref()?.etag)
    }

    /// Why the store of renditions could not tell whether it is there.
    pub fn object_problem(&self) -> Option<&str> {
        filled(&self.0.object_problem)
    }

    /// Whether the server is making it now.
    pub fn is_generating(&self) -> bool {
        self.0.work.as_ref().is_some_and(|work| work.generating)
    }

    /// Whether a job of the server will make it, for the first time or anew.
    pub fn is_queued(&self) -> bool {
        self.0.work.as_ref().is_some_and(|work| work.queued || work.forced)
    }

    /// In how many unclean exits of the server it was found unfinished.
    pub fn crashes(&self) -> u32 {
        self.0.work.as_ref().map_or(0, |work| work.crashes)
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::ExplainResponse {
        self.0
    }

    fn parts(&self) -> Option<&v1::ExplainedKey> {
        self.0.key.as_ref()
    }
}

fn filled(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
