//! Messages that no handler gets to see, because they are too large or no messages at all: tonic refuses them without details;
//! callers get our typed errors instead.

use http::Response;
use tonic::{Code, Status, body::Body};

use super::status::status;
use crate::model::{Error, Reason};

/// What prost and tonic say of bytes that are no message.
const UNDECODED: &str = "failed to decode Protobuf message";

/// Gives tonic's refusal of a message our reason and code. No handler of ours answers OUT_OF_RANGE, nor INTERNAL without
/// details, and a refusal comes before any message, so its status is in the headers.
pub fn explain(response: Response<Body>) -> Response<Body> {
    let Some(refused) = Status::from_header_map(response.headers()) else { return response };
    let error = match refused.code() {
        Code::OutOfRange => {
            let message =
                format!("{} (limits.max_message_bytes): send several smaller ones", refused.message());
            Error::new(Reason::MessageTooLarge, message)
        }
        Code::Internal if refused.details().is_empty() && refused.message().contains(UNDECODED) => {
            let message = format!("{}: send what its type in proto/ says", refused.message());
            Error::new(Reason::InvalidArgument, message)
        }
        _ => return response,
    };
    status(&error).into_http()
}
