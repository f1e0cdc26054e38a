//! Specs built in code: ordered operations and one output, pixels only.
//!
//! Names are those of the API and of the configuration, and serde reads and writes the same shape:
//! `{"operations": [{"resize_to_fit": {"width": 300}}], "output": {"webp": {}}}`. Ranges are
//! checked by the server, which names the field (`INVALID_SPEC`).
//!
//! A new operation is one file here with its struct, and one line in the table of `operation`;
//! a new output the same in `output`.

mod add_border;
mod adjust;
mod anchor;
mod animation;
mod auto;
mod avif;
mod color_overlay;
mod color_profile;
mod crop;
mod defaults;
mod extend;
mod focal_point;
mod gaussian_blur;
mod gif;
mod grayscale;
mod jpeg;
mod light;
mod make_opaque;
mod metadata;
mod offset;
mod on_damaged;
mod operation;
mod output;
mod output_format;
mod overlay;
mod pixelate;
mod png;
mod reflection;
mod resize;
mod resize_canvas;
mod resize_to_cover;
mod resize_to_fill;
mod resize_to_fit;
mod rotate;
mod scaled_decoding;
mod set_opacity;
mod sharpen;
mod smart_crop;
mod smart_mode;
mod smart_resize;
mod subsampling;
mod thumbnail;
mod transpose;
mod trim;
mod upscale;
mod webp;

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

pub use self::{
    add_border::AddBorder,
    adjust::Adjust,
    anchor::Anchor,
    animation::Animation,
    auto::Auto,
    avif::Avif,
    color_overlay::ColorOverlay,
    color_profile::ColorProfile,
    crop::Crop,
    extend::Extend,
    focal_point::FocalPoint,
    gaussian_blur::GaussianBlur,
    gif::Gif,
    grayscale::Grayscale,
    jpeg::Jpeg,
    light::Light,
    make_opaque::MakeOpaque,
    metadata::Metadata,
    offset::Offset,
    on_damaged::OnDamaged,
    operation::Operation,
    output::Output,
    output_format::OutputFormat,
    overlay::Overlay,
    pixelate::Pixelate,
    png::{Png, PngCompression},
    reflection::Reflection,
    resize::Resize,
    resize_canvas::ResizeCanvas,
    resize_to_cover::ResizeToCover,
    resize_to_fill::ResizeToFill,
    resize_to_fit::ResizeToFit,
    rotate::Rotate,
    scaled_decoding::ScaledDecoding,
    set_opacity::SetOpacity,
    sharpen::Sharpen,
    smart_crop::SmartCrop,
    smart_mode::SmartMode,
    smart_resize::SmartResize,
    subsampling::Subsampling,
    thumbnail::Thumbnail,
    transpose::{Transpose, TransposeMethod},
    trim::{Side, Trim},
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device_pixel_ratio: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    animation: Option<Animation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    light: Option<Light>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color_profile: Option<ColorProfile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_damaged: Option<OnDamaged>,
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
    device_pixel_ratio: Option<f64>,
    animation: Option<Animation>,
    light: Option<Light>,
    color_profile: Option<ColorProfile>,
    metadata: Option<Metadata>,
    on_damaged: Option<OnDamaged>,
}

impl SpecBuilder {
    /// Adds an operation of any kind.
    pub fn operation(mut self, operation: impl Into<Operation>) -> Self {
        self.operations.push(operation.into());
        self
    }

    /// How many pixels of a large image are decoded before a first resize.
    pub fn scaled_decoding(mut self, scaled_decoding: ScaledDecoding) -> Self {
        self.scaled_decoding = Some(scaled_decoding);
        self
    }

    /// Multiplies all pixels that the operations name, for screens with more than one pixel a point: above
    /// 0 to 8.
    pub fn device_pixel_ratio(mut self, ratio: f64) -> Self {
        self.device_pixel_ratio = Some(ratio);
        self
    }

    /// What becomes of an animated source.
    pub fn animation(mut self, animation: Animation) -> Self {
        self.animation = Some(animation);
        self
    }

    /// The light that images are resized in.
    pub fn light(mut self, light: Light) -> Self {
        self.light = Some(light);
        self
    }

    /// What becomes of an ICC profile.
    pub fn color_profile(mut self, color_profile: ColorProfile) -> Self {
        self.color_profile = Some(color_profile);
        self
    }

    /// What becomes of metadata.
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// What becomes of a source of which pixels are missing.
    pub fn on_damaged(mut self, on_damaged: OnDamaged) -> Self {
        self.on_damaged = Some(on_damaged);
        self
    }

    /// Ends the spec with an output of any kind.
    pub fn output(self, output: impl Into<Output>) -> Spec {
        Spec {
            operations: self.operations,
            output: output.into(),
            scaled_decoding: self.scaled_decoding,
            device_pixel_ratio: self.device_pixel_ratio,
            animation: self.animation,
            light: self.light,
            color_profile: self.color_profile,
            metadata: self.metadata,
            on_damaged: self.on_damaged,
        }
    }
}

impl From<Spec> for v1::Spec {
    fn from(spec: Spec) -> Self {
        Self {
            operations: spec.operations.into_iter().map(Into::into).collect(),
            output: Some(spec.output.into()),
            scaled_decoding: spec.scaled_decoding.map_or(0, ScaledDecoding::to_wire),
            device_pixel_ratio: spec.device_pixel_ratio,
            animation: spec.animation.map_or(0, Animation::to_wire),
            light: spec.light.map_or(0, Light::to_wire),
            color_profile: spec.color_profile.map_or(0, ColorProfile::to_wire),
            metadata: spec.metadata.map_or(0, Metadata::to_wire),
            on_damaged: spec.on_damaged.map_or(0, OnDamaged::to_wire),
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
            device_pixel_ratio: spec.device_pixel_ratio,
            animation: Animation::from_wire(spec.animation)?,
            light: Light::from_wire(spec.light)?,
            color_profile: ColorProfile::from_wire(spec.color_profile)?,
            metadata: Metadata::from_wire(spec.metadata)?,
            on_damaged: OnDamaged::from_wire(spec.on_damaged)?,
        })
    }
}
