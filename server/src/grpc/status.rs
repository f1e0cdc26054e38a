//! From the domain's error to gRPC's, in this one place. Every status carries an `ErrorInfo`; a field at
//! fault comes as `BadRequest`, a time to wait as `RetryInfo` (AIP-193).

use prost::Message;
use rendition_proto::google::rpc;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::model::{Error, Reason};

/// The domain that all our reasons belong to.
pub const DOMAIN: &str = "rendition";

/// The code of a reason.
pub const fn code(reason: Reason) -> Code {
    match reason {
        Reason::SourceNotFound | Reason::SourceDeleted | Reason::SpecNotFound | Reason::StoreNotFound => {
            Code::NotFound
        }
        Reason::SourceExists => Code::AlreadyExists,
        Reason::SourceUndecodable
        | Reason::SourceUnsupported
        | Reason::SourceLimitExceeded
        | Reason::UrlKindUnsupported
        | Reason::CollectionUnsafe => Code::FailedPrecondition,
        Reason::InvalidPath
        | Reason::InvalidSpec
        | Reason::InvalidVersion
        | Reason::InvalidArgument
        | Reason::BatchTooLarge
        | Reason::MessageTooLarge => Code::InvalidArgument,
        Reason::InlineSpecsDisabled | Reason::NotPermitted => Code::PermissionDenied,
        Reason::Unauthenticated => Code::Unauthenticated,
        Reason::Overloaded | Reason::StorageFull => Code::ResourceExhausted,
        Reason::StorageUnavailable | Reason::ShuttingDown => Code::Unavailable,
        Reason::SourceChanged => Code::Aborted,
        Reason::GenerationTimeout | Reason::DeadlineExceeded => Code::DeadlineExceeded,
        Reason::Internal => Code::Internal,
    }
}

/// The status of an error.
pub fn status(error: &Error) -> Status {
    let metadata = error.metadata().iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut details = ErrorDetails::with_error_info(
        error.reason().as_str(),
        DOMAIN,
        metadata.collect::<std::collections::HashMap<_, _>>(),
    );
    if let Some(field) = error.at_field() {
        details.add_bad_request_violation(field, error.message());
    }
    if let Some(wait) = error.wait() {
        details.set_retry_info(Some(wait));
    }
    Status::with_error_details(code(error.reason()), error.message(), details)
}

/// The same error as an item of a batch.
pub fn item(error: &Error) -> rpc::Status {
    let status = status(error);
    // The details of a status are an encoded google.rpc.Status; only one that we made gets here.
    rpc::Status::decode(status.details()).unwrap_or_else(|_| rpc::Status {
        code: status.code() as i32,
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}
