//! What to make of an image: ordered operations and one output. Pixels only, no policy.
//!
//! The same spec from the same bytes gives the same rendition.

use serde::{Deserialize, Serialize};

use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::{Format, InvalidSpec, Operation, Output, ScaledDecoding, Size};

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
    /// How much of a large JPEG is decoded before a first resize.
    #[serde(default)]
    pub scaled_decoding: ScaledDecoding,
}

impl Spec {
    /// Refuses values outside the ranges that the API documents, naming the first field at fault.
    pub fn validate(&self) -> Result<(), InvalidSpec> {
        if self.operations.len() > MAX_OPERATIONS {
            return Err(InvalidSpec {
                field: "operations".into(),
                value: self.operations.len().to_string(),
                message: format!("at most {MAX_OPERATIONS} operations are allowed"),
            });
        }
        for (index, operation) in self.operations.iter().enumerate() {
            let operation = operation.operate();
            let name = operation.info().name;
            operation.validate(&Place::new(format!("operations[{index}].{name}")))?;
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

    /// The formats that it can resolve to, in order of preference; never empty.
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
    /// vectors are in `vectors/canonical.json`. An `auto` that is not resolved is encoded as what a
    /// caller who accepts nothing gets.
    pub fn canonical(&self) -> Vec<u8> {
        let mut spec = Fields::new();
        for operation in &self.operations {
            let operation = operation.operate();
            let mut fields = operation.fields();
            fields.revision(operation.info().revision);
            let mut wrapper = Fields::new();
            wrapper.message(operation.info().number, fields);
            spec.message(1, wrapper);
        }
        spec.message(2, self.output.fields());
        spec.varint(3, self.scaled_decoding.number(), ScaledDecoding::Quality.number());
        spec.into_bytes()
    }

    /// The size of the result, as far as the recipe alone fixes it or the size of the oriented
    /// source is given. A source with an empty side counts as unknown.
    pub fn output_size(&self, source: Option<Size>) -> Option<Size> {
        let source = source.filter(|size| !size.is_empty());
        self.operations.iter().fold(source, |size, operation| match size {
            Some(size) => Some(operation.operate().step(size).size()),
            None => operation.operate().fixed_size(),
        })
    }
}
