//! What to make of an image: ordered operations and one output. Pixels only, no policy.
//!
//! The same spec from the same bytes gives the same rendition.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::{
    Animation, ColorProfile, Format, InvalidSpec, Light, Metadata, OnDamaged, Operation, Output,
    OverlayImage, ScaledDecoding, Size,
};

/// The most operations that a spec may have.
pub const MAX_OPERATIONS: usize = 32;

/// The most pixels a side that a spec can ask for.
pub const MAX_SIDE: u32 = 65_535;

/// What to make of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The steps, done in this order; at most [`MAX_OPERATIONS`]. None: the image is only converted.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// What the result is written as.
    pub output: Output,
    /// How many pixels of a large image are decoded before a first resize.
    #[serde(default)]
    pub scaled_decoding: ScaledDecoding,
    /// Multiplies all pixels that the operations name, for screens with more than one pixel a point: above 0 to 8.
    /// Default: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_pixel_ratio: Option<f64>,
    /// What becomes of an animation.
    #[serde(default)]
    pub animation: Animation,
    /// The light that images are resized in.
    #[serde(default)]
    pub light: Light,
    /// What becomes of an ICC profile.
    #[serde(default)]
    pub color_profile: ColorProfile,
    /// What becomes of metadata.
    #[serde(default)]
    pub metadata: Metadata,
    /// What becomes of a source of which pixels are missing.
    #[serde(default)]
    pub on_damaged: OnDamaged,
}

impl Spec {
    /// These operations and this output, all else as it is by default.
    pub fn new(operations: Vec<Operation>, output: Output) -> Spec {
        Spec {
            operations,
            output,
            scaled_decoding: ScaledDecoding::default(),
            device_pixel_ratio: None,
            animation: Animation::default(),
            light: Light::default(),
            color_profile: ColorProfile::default(),
            metadata: Metadata::default(),
            on_damaged: OnDamaged::default(),
        }
    }

    /// The same spec without a device pixel ratio: every length is that many times as long, and percents are pixels where
    /// the operations before tell of what. It makes the same, and has the same canonical encoding.
    pub fn folded(&self) -> Spec {
        let ratio = self.device_pixel_ratio.unwrap_or(1.0);
        let mut size = None;
        let fold = |operation: &Operation| {
            let operation = operation.operate().folded(ratio, size);
            size = operation.operate().fixed_size().or_else(|| operation.operate().size(size?));
            operation
        };
        let operations = self.operations.iter().map(fold).collect();
        Spec { operations, device_pixel_ratio: None, ..self.clone() }
    }

    /// The same spec with every overlay looked up by its name.
    ///
    /// # Errors
    /// [`InvalidSpec`] naming the field of the first one that is not found.
    pub fn with_overlays(
        mut self,
        find: impl Fn(&str) -> Option<Arc<OverlayImage>>,
    ) -> Result<Spec, InvalidSpec> {
        for (index, operation) in self.operations.iter_mut().enumerate() {
            let Operation::Overlay(overlay) = operation else { continue };
            overlay.image = Some(find(&overlay.name).ok_or_else(|| InvalidSpec {
                field: format!("operations[{index}].overlay.name"),
                value: overlay.name.clone(),
                message: "no overlay of this name is configured".into(),
            })?);
        }
        Ok(self)
    }

    /// Refuses values outside the ranges that the API documents, naming the first field at fault.
    pub fn validate(&self) -> Result<(), InvalidSpec> {
        if self.operations.len() > MAX_OPERATIONS {
            return Err(InvalidSpec {
                field: "operations".into(),
                value: self.operations.len().to_string(),
                message: format!("at most {MAX_OPERATIONS} operations are allowed"),
            });
        }
        let validate = |operations: &[Operation]| {
            operations.iter().enumerate().try_for_each(|(index, operation)| {
                let operation = operation.operate();
                let name = operation.info().name;
                operation.validate(&Place::At(format_args!("operations[{index}].{name}")))
            })
        };
        validate(&self.operations)?;
        if let Some(ratio) = self.device_pixel_ratio {
            let refuse = |message: String| InvalidSpec {
                field: "device_pixel_ratio".into(),
                value: ratio.to_string(),
                message,
            };
            if !(f64::MIN_POSITIVE..=8.0).contains(&ratio) {
                return Err(refuse("must be above 0 and at most 8".into()));
            }
            validate(&self.folded().operations).map_err(|invalid| refuse(format!("with it, {invalid}")))?;
        }
        self.output.validate()
    }

    /// The spec with an `auto` output replaced by the one that a caller who accepts these formats
    /// gets. Other specs stay as they are.
    pub fn resolve(&self, accept: &[Format]) -> Spec {
        let output = match &self.output {
            Output::Auto(auto) => auto.choose(accept),
            output => output.clone(),
        };
        Spec { output, ..self.clone() }
    }

    /// The spec with an `auto` output replaced by the one for this format, also where this build does not write it. Other
    /// specs stay as they are.
    pub fn resolve_to(&self, format: Format) -> Spec {
        let output = match &self.output {
            Output::Auto(auto) => auto.output(format),
            output => output.clone(),
        };
        Spec { output, ..self.clone() }
    }

    /// The formats that it can resolve to, in order of preference, whether this build writes them or not; never empty.
    pub fn formats(&self) -> Vec<Format> {
        match &self.output {
            Output::Auto(auto) => auto.formats().to_vec(),
            output => output.format().into_iter().collect(),
        }
    }

    /// The format of the result; none for an `auto` that is not resolved.
    pub fn format(&self) -> Option<Format> {
        self.output.format()
    }

    /// The canonical encoding, frozen for ever: its grammar is in the module `canonical` and its
    /// vectors are in `vectors/canonical.json`. An `auto` that is not resolved is encoded as its last
    /// format.
    pub fn canonical(&self) -> Vec<u8> {
        let mut spec = Fields::new();
        for operation in &self.folded().operations {
            let operation = operation.operate();
            let mut fields = operation.fields();
            fields.revision(operation.info().revision);
            let mut wrapper = Fields::new();
            wrapper.message(operation.info().number, fields);
            spec.message(1, wrapper);
        }
        spec.message(2, self.output.fields());
        spec.varint(3, self.scaled_decoding.number(), ScaledDecoding::Quality.number());
        spec.varint(5, self.animation.number(), Animation::Keep.number());
        spec.varint(6, self.light.number(), Light::Gamma.number());
        spec.varint(7, self.color_profile.number(), ColorProfile::Convert.number());
        spec.varint(8, self.metadata.number(), Metadata::Strip.number());
        spec.varint(9, self.on_damaged.number(), OnDamaged::Refuse.number());
        spec.into_bytes()
    }

    /// The size of the result, as far as the recipe alone fixes it or the size of the oriented
    /// source is given. A source with an empty side counts as unknown.
    pub fn output_size(&self, source: Option<Size>) -> Option<Size> {
        let source = source.filter(|size| !size.is_empty());
        let sized = |operations: &[Operation]| {
            operations.iter().fold(source, |size, operation| {
                let operation = operation.operate();
                operation.fixed_size().or_else(|| operation.size(size?))
            })
        };
        if self.device_pixel_ratio.is_some() {
            sized(&self.folded().operations)
        } else {
            sized(&self.operations)
        }
    }
}
