//! The one error of the domain: a stable reason, a message that names the way out, and where they
//! apply the field at fault and the time to wait. Cheap to clone: all waiters of a flight share it.

use std::{fmt, sync::Arc, time::Duration};

/// Why something was refused or failed; the names on the wire are [`Reason::as_str`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The source is not in its store.
    SourceNotFound,
    /// The caller said that the source was deleted.
    SourceDeleted,
    /// There is a source already where one is to be put.
    SourceExists,
    /// No spec of that id is configured.
    SpecNotFound,
    /// No store of that name is configured, or it holds no sources.
    StoreNotFound,
    /// The source's bytes are not a whole image.
    SourceUndecodable,
    /// The source is an image of a kind that is not supported.
    SourceUnsupported,
    /// The source, or what is to be made of it, is larger than a limit.
    SourceLimitExceeded,
    /// The store cannot give that kind of URL.
    UrlKindUnsupported,
    /// The source's path is not one that a store will be asked for.
    InvalidPath,
    /// The spec breaks its rules.
    InvalidSpec,
    /// The version is too long, or missing where the store wants one.
    InvalidVersion,
    /// Another field of the request breaks its rules.
    InvalidArgument,
    /// The batch has too many items.
    BatchTooLarge,
    /// The message has too many bytes.
    MessageTooLarge,
    /// The server takes named specs only.
    InlineSpecsDisabled,
    /// The caller, or the server in its store, may not do that.
    NotPermitted,
    /// The caller has not said who it is.
    Unauthenticated,
    /// Too much is waiting already.
    Overloaded,
    /// The store has no room left.
    StorageFull,
    /// The store does not answer.
    StorageUnavailable,
    /// The source was replaced while it was read.
    SourceChanged,
    /// What a collection of garbage found looks like a mistake.
    CollectionUnsafe,
    /// The generation took longer than the limit.
    GenerationTimeout,
    /// The caller's deadline passed.
    DeadlineExceeded,
    /// The server is shutting down.
    ShuttingDown,
    /// A defect of the server.
    Internal,
}

impl Reason {
    /// The stable name on the wire, in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SourceNotFound => "SOURCE_NOT_FOUND",
            Self::SourceDeleted => "SOURCE_DELETED",
            Self::SourceExists => "SOURCE_EXISTS",
            Self::SpecNotFound => "SPEC_NOT_FOUND",
            Self::StoreNotFound => "STORE_NOT_FOUND",
            Self::SourceUndecodable => "SOURCE_UNDECODABLE",
            Self::SourceUnsupported => "SOURCE_UNSUPPORTED",
            Self::SourceLimitExceeded => "SOURCE_LIMIT_EXCEEDED",
            Self::UrlKindUnsupported => "URL_KIND_UNSUPPORTED",
            Self::InvalidPath => "INVALID_PATH",
            Self::InvalidSpec => "INVALID_SPEC",
            Self::InvalidVersion => "INVALID_VERSION",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::BatchTooLarge => "BATCH_TOO_LARGE",
            Self::MessageTooLarge => "MESSAGE_TOO_LARGE",
            Self::InlineSpecsDisabled => "INLINE_SPECS_DISABLED",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Overloaded => "OVERLOADED",
            Self::StorageFull => "STORAGE_FULL",
            Self::StorageUnavailable => "STORAGE_UNAVAILABLE",
            Self::SourceChanged => "SOURCE_CHANGED",
            Self::CollectionUnsafe => "COLLECTION_UNSAFE",
            Self::GenerationTimeout => "GENERATION_TIMEOUT",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::ShuttingDown => "SHUTTING_DOWN",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether this is a verdict on the source's bytes, which holds until the bytes change.
    pub const fn is_verdict(self) -> bool {
        matches!(self, Self::SourceUndecodable | Self::SourceUnsupported | Self::SourceLimitExceeded)
    }

    /// Whether this says that the image itself is at fault, so that `Exists`, `Url` and `Watch`
    /// answer it as a state instead of an error.
    pub const fn is_state(self) -> bool {
        self.is_verdict() || matches!(self, Self::SourceNotFound | Self::SourceDeleted)
    }

    /// Whether a job that ends so is over: nothing but a change of the source, the configuration or the
    /// request would let it end otherwise. Everything else may pass by itself.
    pub const fn is_final(self) -> bool {
        self.is_state()
            || matches!(
                self,
                Self::SpecNotFound
                    | Self::StoreNotFound
                    | Self::SourceChanged
                    | Self::InvalidPath
                    | Self::InvalidSpec
                    | Self::InvalidVersion
                    | Self::InvalidArgument
            )
    }

    /// Whether the same call may succeed later without anybody changing anything but time.
    pub const fn is_temporary(self) -> bool {
        matches!(
            self,
            Self::Overloaded
                | Self::StorageFull
                | Self::StorageUnavailable
                | Self::SourceChanged
                | Self::GenerationTimeout
                | Self::DeadlineExceeded
                | Self::ShuttingDown
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The longest message, in bytes. It is sent in headers, up to three times as long and again within the details, and callers'
/// libraries take headers of 8 KiB in all; from more of them some can't even keep the connection.
const LONGEST: usize = 800;

/// A text that names what a caller sent, which may be long: without its middle, where that would be.
fn bounded(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let (begin, end) =
        (text.floor_char_boundary(LONGEST / 2), text.ceil_char_boundary(text.len() - LONGEST * 2 / 5));
    format!("{} ({} bytes left out) {}", &text[..begin], end - begin, &text[end..])
}

/// An error of the domain.
#[derive(Clone, Debug)]
pub struct Error(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    reason: Reason,
    message: String,
    field: Option<String>,
    retry_after: Option<Duration>,
    metadata: Vec<(&'static str, String)>,
}

impl Error {
    /// An error with a message in lower case that names the value and the way out. One above 800 bytes loses its middle.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            reason,
            message: bounded(message.into()),
            field: None,
            retry_after: None,
            metadata: Vec::new(),
        }))
    }

    /// Names the field at fault, as a path in the request: `rendition.source.path`.
    #[must_use]
    pub fn field(self, field: impl Into<String>) -> Self {
        self.change(|inner| inner.field = Some(field.into()))
    }

    /// Puts a path before the field's name, for items of a batch.
    #[must_use]
    pub fn within(self, prefix: &str) -> Self {
        self.change(|inner| inner.field = inner.field.take().map(|field| format!("{prefix}.{field}")))
    }

    /// Names the place of the rendition, where the request has it elsewhere than in its field `rendition`.
    #[must_use]
    pub fn rendition_at(self, place: &str) -> Self {
        self.change(|inner| {
            inner.field = inner.field.take().map(|field| match field.strip_prefix("rendition") {
                Some(rest) => format!("{place}{rest}"),
                None => format!("{place}.{field}"),
            });
        })
    }

    /// Says how long to wait before trying again can help.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        self.change(|inner| inner.retry_after = Some(wait))
    }

    /// Adds a fact under a stable name. One above 800 bytes loses its middle.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        self.change(|inner| inner.metadata.push((name, bounded(value.into()))))
    }

    /// A defect of the server, for what ought to be impossible.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Reason::Internal, message)
    }

    /// The stable reason.
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// The message for developers.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The path of the field at fault.
    pub fn at_field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// How long to wait before trying again can help.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Facts under stable names.
    pub fn metadata(&self) -> &[(&'static str, String)] {
        &self.0.metadata
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.reason, self.0.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_and_facts_keep_both_ends() {
        for letter in ["f", "ä", "€", "🦀"] {
            let value = letter.repeat(20_000);
            let message = format!("the color \"{value}\" is none: use #rrggbb");
            let error = Error::new(Reason::InvalidSpec, message).with("value", value);
            let (message, fact) = (error.message(), &error.metadata()[0].1);
            assert!(message.len() <= LONGEST && message.len() > LONGEST / 2, "{message}");
            assert!(
                message.starts_with("the color \"") && message.ends_with("is none: use #rrggbb"),
                "{message}"
            );
            assert!(message.contains("bytes left out"), "{message}");
            assert!(fact.len() <= LONGEST, "{fact}");
        }
        let whole = "x".repeat(LONGEST);
        assert_eq!(Error::new(Reason::InvalidSpec, whole.clone()).message(), whole);
    }
}
