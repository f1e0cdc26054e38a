//! What the engine is asked and what it answers, in plain data.

use std::{sync::Arc, time::Duration};

use rendition_imaging::{Format, Placeholder, Size, Spec};
use tokio::time::Instant;

use super::gate::{Caller, Class, Ticket};
use crate::model::{
    Evidence, Failure, ImageInfo, Label, Outcome, RenditionKey, SourcePath, SpecId, State, StoreName,
    Strategy, Timestamp, Version,
};

/// Who calls, and until when an answer helps.
#[derive(Clone, Debug)]
pub struct Call {
    /// With what the call stands in line.
    pub ticket: Ticket,
    /// When the caller stops listening.
    pub deadline: Option<Instant>,
}

impl Call {
    /// An interactive call.
    pub fn interactive(caller: Caller, deadline: Option<Instant>) -> Self {
        Self { ticket: Ticket { caller, class: Class::Interactive }, deadline }
    }
}

/// An original image as a caller names it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The store; none: the default.
    pub store: Option<StoreName>,
    /// The path in it.
    pub path: SourcePath,
    /// The version; none: the store's policy decides.
    pub version: Option<Version>,
    /// The oriented size, if the caller knows it.
    pub dimensions: Option<Size>,
}

/// What to make.
#[derive(Clone, Debug)]
pub enum Recipe {
    /// A named spec.
    Named(SpecId),
    /// The caller's own; not yet validated.
    Inline(Arc<Spec>),
    /// All members of a family, which only some calls take.
    Family(SpecId),
}

/// One rendition.
#[derive(Clone, Debug)]
pub struct RenditionRef {
    /// From what.
    pub source: Source,
    /// What.
    pub recipe: Recipe,
    /// For an `auto` output: the formats that can be shown.
    pub accept: Vec<Format>,
}

/// A rendition to be there.
#[derive(Clone, Debug)]
pub struct Ensure {
    /// Which.
    pub rendition: RenditionRef,
    /// When it is generated; none: as the spec or the server says.
    pub strategy: Option<Strategy>,
    /// How long to wait.
    pub max_wait: Option<Duration>,
    /// How old evidence may be.
    pub max_age: Option<Duration>,
    /// Whether to generate without a check, over what is stored.
    pub mode: Mode,
    /// Which kind of URL to answer.
    pub url: UrlOptions,
    /// Of what a placeholder is answered.
    pub placeholders: Placeholders,
}

/// Whether what is stored counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// What is stored is found.
    #[default]
    Find,
    /// What is stored is replaced.
    Force,
}

/// A question whether a rendition exists.
#[derive(Clone, Debug)]
pub struct Exists {
    /// Which.
    pub rendition: RenditionRef,
    /// How old evidence may be.
    pub max_age: Option<Duration>,
    /// How much is told of the image.
    pub detail: Detail,
    /// Of what a placeholder is answered.
    pub placeholders: Placeholders,
}

impl Exists {
    /// Asks for nothing but what is known anyway.
    pub fn as_known(rendition: RenditionRef, max_age: Option<Duration>) -> Self {
        Self { rendition, max_age, detail: Detail::AsKnown, placeholders: Placeholders::OfGenerated }
    }
}

/// How much is told of a stored image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Detail {
    /// What is known anyway.
    #[default]
    AsKnown,
    /// Width and height too, by a read of its header if need be.
    Measured,
}

/// Of which renditions the placeholder is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Placeholders {
    /// Of those that were generated for the call.
    #[default]
    OfGenerated,
    /// Of all that are stored, made from what is stored if need be.
    OfStored,
}

/// Which URL of a rendition is wanted.
#[derive(Clone, Debug, Default)]
pub struct UrlOptions {
    /// The kind.
    pub kind: UrlKind,
    /// How long it is to work; none: the server's default.
    pub lifetime: Option<Duration>,
    /// From where it is given.
    pub form: UrlForm,
    /// A file name to be saved under.
    pub download_name: Option<String>,
    /// When the format of an `auto` output is chosen.
    pub format: FormatChoice,
}

/// A kind of URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UrlKind {
    /// Of the media endpoint.
    #[default]
    Media,
    /// At the public base of the store: of the store, or of the media endpoint as the origin behind it.
    Public,
    /// Of the store, signed by it.
    Presigned,
}

/// When the format of an `auto` output is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FormatChoice {
    /// Now, from what the caller of the API accepts.
    #[default]
    Settled,
    /// At each GET, from what its caller accepts.
    Negotiated,
}

/// Whether a URL has a scheme and a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UrlForm {
    /// Whole.
    #[default]
    Absolute,
    /// From the path on.
    PathOnly,
}

/// What is known of a rendition, as it is answered.
#[derive(Clone, Debug)]
pub struct View {
    /// The key; none if the source's version is not known.
    pub key: Option<RenditionKey>,
    /// The key of an older rendition that stands in for it; all that is told of the image and the URL is of that one.
    pub served: Option<RenditionKey>,
    /// The store that holds it.
    pub store: StoreName,
    /// Whether it exists, or the one that stands in for it does.
    pub state: State,
    /// What that rests on.
    pub evidence: Evidence,
    /// When the storage last answered for it.
    pub checked_at: Option<Timestamp>,
    /// Facts about the stored image.
    pub image: Option<ImageInfo>,
    /// What can be shown before it is there.
    pub placeholder: Option<Arc<Placeholder>>,
    /// A URL for it.
    pub url: String,
    /// When the URL stops working.
    pub url_expires_at: Option<Timestamp>,
    /// Why it cannot be made.
    pub failure: Option<Failure>,
}

impl View {
    /// The key of what is stored.
    pub fn stored_key(&self) -> Option<&RenditionKey> {
        self.served.as_ref().or(self.key.as_ref())
    }
}

/// The answer to [`Ensure`].
#[derive(Clone, Debug)]
pub struct Ensured {
    /// The rendition as it is now.
    pub view: View,
    /// What the call did.
    pub outcome: Outcome,
}

/// How closely a source is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Its header is read.
    Header,
    /// A small copy is decoded as well, for the placeholder.
    Placeholder,
}

/// What a source is.
#[derive(Clone, Debug)]
pub struct SourceInfo {
    /// The store that it lies in.
    pub store: StoreName,
    /// The path in it.
    pub path: SourcePath,
    /// The version that this holds for; none where the store tells none.
    pub version: Option<Version>,
    /// The media type by its content; empty if it is not known.
    pub media_type: &'static str,
    /// The oriented size.
    pub size: Option<Size>,
    /// Bytes.
    pub size_bytes: u64,
    /// Frames; 0 if not known.
    pub frames: u32,
    /// What can be shown before a rendition is there.
    pub placeholder: Option<Placeholder>,
    /// Why nothing can be made of it.
    pub failure: Option<Failure>,
}

/// What a save came to.
#[derive(Clone, Debug)]
pub struct Saved {
    /// What the source is.
    pub info: SourceInfo,
    /// What was queued, or was there.
    pub renditions: Vec<View>,
}

/// Which stored renditions of a source are meant; all conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those made by this; none: by anything.
    pub label: Option<Label>,
    /// Only those that are out of date.
    pub stale_only: bool,
}
