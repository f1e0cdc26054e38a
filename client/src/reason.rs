//! The stable reasons that errors and failures carry.

use std::fmt;

macro_rules! reasons {
    ($( $(#[$doc:meta])* $name:ident = $word:literal ),+ $(,)?) => {
        /// Why a call or a rendition failed: the `reason` of the `google.rpc.ErrorInfo`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $( $(#[$doc])* $name, )+
            /// A reason that this client does not know.
            Other(String),
        }

        impl Reason {
            /// The word for it on the wire, in capitals.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$name => $word, )+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for Reason {
            fn from(word: &str) -> Self {
                match word {
                    $( $word => Self::$name, )+
                    _ => Self::Other(word.to_owned()),
                }
            }
        }
    };
}

reasons! {
    /// There is no such source in its store.
    SourceNotFound = "SOURCE_NOT_FOUND",
    /// The source was deleted, as a caller said.
    SourceDeleted = "SOURCE_DELETED",
    /// There is a source already where one was to be put.
    SourceExists = "SOURCE_EXISTS",
    /// The configuration has no spec of that id.
    SpecNotFound = "SPEC_NOT_FOUND",
    /// The configuration has no such store.
    StoreNotFound = "STORE_NOT_FOUND",
    /// The source is damaged or no image.
    SourceUndecodable = "SOURCE_UNDECODABLE",
    /// The source is an image of a kind that the server does not read.
    SourceUnsupported = "SOURCE_UNSUPPORTED",
    /// The source is larger than the server's limits allow.
    SourceLimitExceeded = "SOURCE_LIMIT_EXCEEDED",
    /// The store cannot give URLs of that kind.
    UrlKindUnsupported = "URL_KIND_UNSUPPORTED",
    /// The path is hostile or malformed.
    InvalidPath = "INVALID_PATH",
    /// The spec breaks a rule; the field violation names the place.
    InvalidSpec = "INVALID_SPEC",
    /// The version is missing where the store needs one, or malformed.
    InvalidVersion = "INVALID_VERSION",
    /// The batch has more items than the server takes.
    BatchTooLarge = "BATCH_TOO_LARGE",
    /// The message is larger than the server takes.
    MessageTooLarge = "MESSAGE_TOO_LARGE",
    /// The server takes named specs only.
    InlineSpecsDisabled = "INLINE_SPECS_DISABLED",
    /// The caller may not do this.
    NotPermitted = "NOT_PERMITTED",
    /// The token is missing or wrong.
    Unauthenticated = "UNAUTHENTICATED",
    /// The server has more work than it can queue.
    Overloaded = "OVERLOADED",
    /// The store is full.
    StorageFull = "STORAGE_FULL",
    /// The store does not answer.
    StorageUnavailable = "STORAGE_UNAVAILABLE",
    /// The source changed while it was read.
    SourceChanged = "SOURCE_CHANGED",
    /// A collection of garbage would remove so much, or knows so little of the sources, that it looks like a mistake.
    CollectionUnsafe = "COLLECTION_UNSAFE",
    /// The generation took longer than the server allows.
    GenerationTimeout = "GENERATION_TIMEOUT",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
