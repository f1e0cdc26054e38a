//! Plain data that every room above shares: sources, recipes, keys, what is known of a rendition,
//! and errors. No I/O, no transport, no storage library.

pub mod digest;
pub mod download;
pub mod error;
pub mod existence;
pub mod glob;
pub mod key;
pub mod name;
pub mod path;
pub mod scope;
pub mod strategy;
pub mod time;
pub mod version;

pub use digest::Digest;
pub use error::{Error, Reason};
pub use existence::{Evidence, Failure, ImageInfo, Outcome, State};
pub use glob::Glob;
pub use key::{Label, RenditionKey};
pub use name::{SpecId, StoreName, is_name};
pub use path::SourcePath;
pub use scope::Scope;
pub use strategy::Strategy;
pub use time::{Clock, Timestamp};
pub use version::{Version, VersionTag};
