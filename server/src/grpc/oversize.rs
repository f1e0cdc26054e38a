//! Messages that are too large: tonic refuses them as OUT_OF_RANGE without details; callers get our typed
//! error instead.

use http::Response;
use tonic::{Code, Status, body::Body};

use super::status::status;
use crate::model::{Error, Reason};

/// Gives tonic's refusal of a large message our reason and code. No handler of ours answers OUT_OF_RANGE,
/// and a refusal comes before any message, so its status is in the headers.
pub fn explain(response: Response<Body>) -> Response<Body> {
    match Status::from_header_map(response.headers()) {
        Some(refused) if refused.code() == Code::OutOfRange => {
            let message =
                format!("{} (limits.max_message_bytes): send several smaller ones", refused.message());
            status(&Error::new(Reason::MessageTooLarge, message)).into_http()
        }
        _ => response,
    }
}
