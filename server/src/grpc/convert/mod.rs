//! Between the messages of `rendition.v1` and the engine's plain data, both ways.

mod operation;
mod output;
mod rendition;
mod request;
mod spec;

pub use operation::{operation, operation_message};
pub use output::{format, output, output_message};
pub use rendition::rendition;
pub use request::{ensure, exists, rendition_ref, url};
pub use spec::{named_spec, spec, spec_message};

use crate::model::{Error, Reason};

/// The error for a field of a spec, by its path below the spec.
fn invalid_spec(field: &str, message: impl Into<String>) -> Error {
    Error::new(Reason::InvalidSpec, message).field(format!("rendition.recipe.spec.{field}"))
}

/// The error for an enum's number that this server does not know.
fn unknown_number(field: &str, number: i32) -> Error {
    invalid_spec(field, format!("{number} is no value of this enum that this server knows"))
}
