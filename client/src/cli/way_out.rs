//! What a user can do about an error: one line in a table for each reason.

use rendition_client::{Code, Error, Reason};

/// What to do about `error` of the server at `server`; `None` where the message says it all.
pub(crate) fn way_out(error: &Error, server: &str) -> Option<String> {
    if let Some(reason) = error.reason() {
        return of_reason(reason).map(str::to_owned);
    }
    match error {
        Error::Status(status) if status.unreachable => Some(unreachable(server)),
        Error::Status(status) => of_code(status.code).map(str::to_owned),
        Error::Connect { .. } => Some(unreachable(server)),
        Error::DeadlineExceeded { last: Some(last), .. } if last.unreachable => Some(unreachable(server)),
        Error::DeadlineExceeded { .. } => Some(
            "give it more time with --timeout, or --for when watching; the work goes on meanwhile".to_owned(),
        ),
        Error::Truncated { .. } => Some("read it again".to_owned()),
        Error::UnknownSpec(_) | Error::Malformed(_) => {
            Some("the server is of another version than this program: bring them to the same".to_owned())
        }
        _ => None,
    }
}

fn unreachable(server: &str) -> String {
    format!("is a server running at {server}? name another with --server or RENDITION_SERVER")
}

fn of_reason(reason: &Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::SourceNotFound => "check the path, --store and --source-version",
        Reason::SourceDeleted => "if it is back, say so: `rendition saved`",
        Reason::SourceExists => "choose another path, or replace it with --overwrite",
        Reason::SpecNotFound => "`rendition specs` lists those that there are",
        Reason::StoreNotFound => "check --store against [stores] in the server's configuration",
        Reason::SourceUndecodable => "the source is damaged or no image: upload it again",
        Reason::InvalidPath => "paths are relative to the store, without `..` or empty segments",
        Reason::InvalidSpec => "mend the named field of the spec",
        Reason::InvalidVersion => "this store wants --source-version, at most 64 bytes",
        Reason::BatchTooLarge => "name fewer sources at once",
        Reason::MessageTooLarge => "name fewer sources at once, or use a named spec",
        Reason::InlineSpecsDisabled => "use --spec with one of those that `rendition specs` lists",
        Reason::Unauthenticated => "give a valid token with --token-file",
        Reason::Overloaded => "try again in a moment, or queue it with --strategy background",
        Reason::StorageFull => "make room in the store",
        Reason::StorageUnavailable => "the store does not answer: try again in a moment",
        Reason::SourceChanged => "the source was replaced meanwhile: ask again",
        Reason::GenerationTimeout => "use a smaller source or spec, or raise limits.generation_timeout",
        // Of those that are left the server alone knows which of several ways out it is, and says so.
        _ => return None,
    })
}

fn of_code(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Unauthenticated => "give a valid token with --token-file",
        Code::Unimplemented => "the server does not know this call: is it a Rendition server?",
        Code::Unavailable => "try again in a moment",
        _ => return None,
    })
}
