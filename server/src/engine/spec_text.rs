//! An inline spec as it stands in URLs: base64url of its JSON.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rendition_imaging::Spec;

/// The spec that a text says; none if it says none.
pub(super) fn parse(text: &str) -> Option<Spec> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// The text of a spec.
pub(super) fn write(spec: &Spec) -> String {
    // A spec is plain data: it always has a JSON form.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(spec).unwrap_or_default())
}
