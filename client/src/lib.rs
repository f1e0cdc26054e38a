//! The typed client of Rendition, a gRPC service that makes, finds and serves generated images.
//!
//! ```no_run
//! # #[tokio::main]
//! # async fn main() -> Result<(), rendition_client::Error> {
//! use rendition_client::{Anchor, Client, ResizeToFill, Source, Spec};
//!
//! let client = Client::builder("http://127.0.0.1:50051").build()?;
//!
//! // A spec of the server's configuration, by its id.
//! let avatar = client.ensure_generated(("photos/cat.jpg", "avatar")).await?;
//! println!("{}", avatar.rendition().url());
//!
//! // A spec of one's own.
//! let source = Source::new("photos/cat.jpg").store("media");
//! let teaser = Spec::builder().resize_to_fill(ResizeToFill::new(800, 450).anchor(Anchor::Top)).webp(80);
//! let bytes = client.read_to_vec((source, teaser)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - Calls take anything that turns into their request: a pair of a source and a recipe, or the
//!   request with its options, e.g. [`EnsureGenerated`].
//! - Answers hide the generated messages; `into_proto()` gives them.
//! - Errors are decoded into [`Error`], with the stable [`Reason`], the fields that are wrong and
//!   when to try again.
//! - Calls are sent again where that is safe and can help; see [`RetryPolicy`].
//! - No runtime is started here and nothing is printed.

mod builder;
mod caller;
mod client;
mod collect_garbage;
mod deadline;
mod download;
mod duration;
mod ensure_generated;
mod error;
mod exists;
mod failure;
mod image_info;
mod named_spec;
mod notify;
mod picture;
mod picture_html;
mod placeholder;
mod prewarm;
mod progress;
mod put_source;
mod reason;
mod recipe;
mod rendition;
mod rendition_ref;
mod retry_budget;
mod retry_policy;
mod source;
mod source_info;
pub mod spec;
mod status;
mod stored_renditions;
mod strategy;
mod url;
mod url_options;
mod verify;
mod watch;
mod wire_enum;

pub use tonic::Code;

pub use self::{
    builder::ClientBuilder,
    client::Client,
    collect_garbage::{CollectGarbage, Collected, CollectedRendition, CollectionPhase, GarbageReason},
    download::Download,
    ensure_generated::{EnsureGenerated, Ensured, Outcome},
    error::Error,
    exists::{Existence, Exists},
    failure::Failure,
    image_info::ImageInfo,
    named_spec::NamedSpec,
    notify::{Deleted, NotifySaved, Saved},
    picture::{Picture, PictureOf, PictureSource},
    picture_html::PictureHtml,
    placeholder::Placeholder,
    prewarm::{Prewarm, PrewarmFailure, Prewarmed},
    progress::Progress,
    put_source::PutSource,
    reason::Reason,
    recipe::Recipe,
    rendition::{Evidence, Rendition, State},
    rendition_ref::RenditionRef,
    retry_policy::RetryPolicy,
    source::Source,
    source_info::SourceInfo,
    spec::{
        AddBorder, Adjust, Anchor, Animation, Auto, Avif, ColorOverlay, ColorProfile, Crop, Extend,
        FocalPoint, GaussianBlur, Gif, Grayscale, Jpeg, Light, MakeOpaque, Metadata, Offset, OnDamaged,
        Operation, Output, OutputFormat, Overlay, Pixelate, Png, PngCompression, Reflection, Resize,
        ResizeCanvas, ResizeToCover, ResizeToFill, ResizeToFit, Rotate, ScaledDecoding, SetOpacity, Sharpen,
        Side, SmartCrop, SmartMode, SmartResize, Spec, SpecBuilder, Subsampling, Thumbnail, Transpose,
        TransposeMethod, Trim, UnknownSpec, Upscale, Webp,
    },
    status::{FieldViolation, StatusError},
    stored_renditions::{StoredRendition, StoredRenditions},
    strategy::Strategy,
    url::Url,
    url_options::{UrlKind, UrlOptions},
    verify::{Defect, Finding, Repair, Verified, Verify},
    watch::{Update, Watch},
};

/// The examples of the README, compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
