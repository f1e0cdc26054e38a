//! Specs built in code: ordered operations and one output, pixels only.
//!
//! Names are those of the API and of the configuration, and serde reads and writes the same shape:
//! `{"operations": [{"resize_to_fit": {"width": 300}}], "output": {"webp": {}}}`. Ranges are
//! checked by the server, which names the field (`INVALID_SPEC`).
//!
//! A new operation is one file here with its struct, and one line in the table of `operation`;
//! a new output the same in `output`.

mod anchor;
mod auto;
mod crop;
mod focal_point;
mod jpeg;
mod offset;
mod operation;
mod output;
mod output_format;
mod png;
mod resize;
mod resize_to_cover;
mod resize_to_fill;
mod resize_to_fit;
mod scaled_decoding;
mod upscale;
mod webp;

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

pub use self::{
    anchor::Anchor,
    auto::Auto,
    crop::Crop,
    focal_point::FocalPoint,
    jpeg::Jpeg,
    offset::Offset,
    operation::Operation,
    output::Output,
    output_format::OutputFormat,
    png::{Png, PngCompression},
    resize::Resize,
    resize_to_cover::ResizeToCover,
    resize_to_fill::ResizeToFill,
    resize_to_fit::ResizeToFit,
    scaled_decoding::ScaledDecoding,
    upscale::Upscale,
    webp::Webp,
};

/// What to make: operations in their order, then the output.
///
/// ```
/// use rendition_client::{Anchor, Jpeg, ResizeToFill, ResizeToFit, Spec, Upscale};
///
/// let avatar = Spec::builder().resize_to_fill(ResizeToFill::new(200, 200).anchor(Anchor::Top)).webp(80);
/// let preview = Spec::builder()
///     .resize_to_fit(ResizeToFit::new(300, 300).upscale(Upscale::Allow))
///     .jpeg(Jpeg::new().quality(80).background("#eee"));
/// assert_ne!(avatar, preview);
///
/// let json = r#"{"operations": [{"resize_to_fit": {"width": 300}}], "output": {"webp": {}}}"#;
/// let spec: Spec = serde_json::from_str(json)?;
/// assert_eq!(spec, Spec::builder().resize_to_fit(ResizeToFit::width(300)).webp(()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    #[serde(default)]
    operations: Vec<Operation>,
    output: Output,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scaled_decoding: Option<ScaledDecoding>,
}

impl Spec {
    /// Begins a spec; the method that names the output ends it.
    pub fn builder() -> SpecBuilder {
        SpecBuilder::default()
    }

    /// The operations in their order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// What the result is written as.
    pub fn output(&self) -> &Output {
        &self.output
    }
}

/// Collects the operations of a [`Spec`]; a method named like an output format ends it.
#[derive(Clone, Debug, Default)]
#[must_use = "a spec is complete only with its output"]
pub struct SpecBuilder {
    operations: Vec<Operation>,
    scaled_decoding: Option<ScaledDecoding>,
}

impl SpecBuilder {
    /// Adds an operation of any kind.
    pub fn operation(mut self, operation: impl Into<Operation>) -> Self {
        self.operations.push(operation.into());
        self
    }

    /// How much of a large JPEG is decoded before a first resize.
    pub fn scaled_decoding(mut self, scaled_decoding: ScaledDecoding) -> Self {
        self.scaled_decoding = Some(scaled_decoding);
        self
    }

    /// Ends the spec with an output of any kind.
    pub fn output(self, output: impl Into<Output>) -> Spec {
        Spec { operations: self.operations, output: output.into(), scaled_decoding: self.scaled_decoding }
    }
}

impl From<Spec> for v1::Spec {
    fn from(spec: Spec) -> Self {
        Self {
            operations: spec.operations.into_iter().map(Into::into).collect(),
            output: Some(spec.output.into()),
            scaled_decoding: spec.scaled_decoding.map_or(0, ScaledDecoding::to_wire),
        }
    }
}

/// A spec that a newer server knows and this client does not; what it does not know is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the spec has {0} that this client does not know")]
pub struct UnknownSpec(pub(crate) &'static str);

impl TryFrom<v1::Spec> for Spec {
    type Error = UnknownSpec;

    fn try_from(spec: v1::Spec) -> Result<Self, UnknownSpec> {
        Ok(Self {
            operations: spec.operations.into_iter().map(Operation::try_from).collect::<Result<_, _>>()?,
            output: spec.output.ok_or(UnknownSpec("an output"))?.try_into()?,
            scaled_decoding: ScaledDecoding::from_wire(spec.scaled_decoding)?,
        })
    }
}
