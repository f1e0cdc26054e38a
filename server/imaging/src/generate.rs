//! All of it in a row.

use crate::{Encoded, ImageError, Limits, Plan, Spec, decode, inspect, render};

/// Makes the rendition of a source that `spec` describes.
///
/// # Errors
/// Those of [`inspect`], [`Plan::new`], [`decode`] and [`render`].
pub fn generate(bytes: &[u8], spec: &Spec, limits: &Limits) -> Result<Encoded, ImageError> {
    let header = inspect(bytes)?;
    let plan = Plan::new(&header, bytes.len() as u64, spec, limits)?;
    let decoded = decode(bytes, &header, plan.decode())?;
    render(&decoded, &plan)
}
