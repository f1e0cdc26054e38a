//! The request and the answer of `EnsureGenerated`.

use std::time::Duration;

use rendition_proto::v1::{self, ensure_generated_result::Result as Item};

use crate::{
    Error, Rendition, RenditionRef, StatusError, Strategy, UrlOptions, duration::to_proto, wire_enum::answer,
};

/// Asks for a rendition to be there. What names a rendition turns into one with the defaults.
///
/// ```
/// use std::time::Duration;
/// use rendition_client::{EnsureGenerated, Strategy};
///
/// let request = EnsureGenerated::new(("photos/cat.jpg", "avatar"))
///     .strategy(Strategy::Background)
///     .max_wait(Duration::from_secs(2));
/// let plain: EnsureGenerated = ("photos/cat.jpg", "avatar").into();
/// assert_ne!(request, plain);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EnsureGenerated(v1::EnsureGeneratedRequest);

impl EnsureGenerated {
    /// For this rendition, with the defaults of the spec and the server.
    pub fn new(rendition: impl Into<RenditionRef>) -> Self {
        let rendition = Some(rendition.into().into_proto());
        Self(v1::EnsureGeneratedRequest { rendition, ..Default::default() })
    }

    /// When it is generated. Without it: the named spec's, else the server's strategy.
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.0.strategy = strategy.to_wire();
        self
    }

    /// How long to wait for a rendition in the making. Without it: zero for `Background`, until it
    /// is done for the others. When it passes first, the answer is [`Outcome::Pending`] and the work
    /// goes on.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.0.max_wait = Some(to_proto(wait));
        self
    }

    /// Evidence older than this is renewed from the storage; zero always asks it.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.0.max_age = Some(to_proto(age));
        self
    }

    /// Generates again without a check and overwrites what is stored. The key and the URL stay.
    pub fn force(mut self) -> Self {
        self.0.force = true;
        self
    }

    /// Which kind of URL to answer.
    pub fn url_options(mut self, options: UrlOptions) -> Self {
        self.0.url_options = Some(options.into_proto());
        self
    }

    /// Fills in the placeholder of a READY rendition though this call did not generate it, even if that needs the stored
    /// image to be read and decoded.
    pub fn include_placeholder(mut self) -> Self {
        self.0.include_placeholder = true;
        self
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::EnsureGeneratedRequest {
        self.0
    }
}

impl<R: Into<RenditionRef>> From<R> for EnsureGenerated {
    fn from(rendition: R) -> Self {
        Self::new(rendition)
    }
}

answer! {
    /// What a call did about a rendition.
    Outcome {
        /// It was there.
        Found = "found",
        /// This call generated it.
        Generated = "generated",
        /// It was in the making already; this call waited for it.
        Coalesced = "coalesced",
        /// It stands in the durable queue.
        Queued = "queued",
        /// It was assumed to be there.
        Assumed = "assumed",
        /// It is in the making; `max_wait` passed first.
        Pending = "pending",
    }
}

/// The rendition as it is now, and what the call did about it. Of a family the widest in the format that every browser shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensured {
    rendition: Rendition,
    outcome: i32,
    members: Vec<v1::EnsureGeneratedResult>,
}

impl Ensured {
    pub(crate) fn from_proto(response: v1::EnsureGeneratedResponse) -> Result<Self, Error> {
        let rendition = response.rendition.ok_or(Error::Malformed("rendition"))?.into();
        Ok(Self { rendition, outcome: response.outcome, members: response.members })
    }

    /// The rendition as it is now.
    pub fn rendition(&self) -> &Rendition {
        &self.rendition
    }

    /// What the call did about it.
    pub fn outcome(&self) -> Outcome {
        Outcome::from_wire(self.outcome)
    }

    /// Of a family the result of each member that is not wider than the source, by format and then by width; else nothing.
    pub fn members(&self) -> impl Iterator<Item = Result<Self, Error>> + '_ {
        self.members.iter().map(|member| match member.result.clone() {
            Some(Item::Response(response)) => Self::from_proto(response),
            Some(Item::Error(status)) => Err(StatusError::from_item(status).into()),
            None => Err(Error::Malformed("member")),
        })
    }

    /// The rendition alone.
    pub fn into_rendition(self) -> Rendition {
        self.rendition
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::EnsureGeneratedResponse {
        let Self { rendition, outcome, members } = self;
        v1::EnsureGeneratedResponse { rendition: Some(rendition.into_proto()), outcome, members }
    }
}
