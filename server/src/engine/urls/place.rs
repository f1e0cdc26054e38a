//! What the path of a media URL names: a rendition by its key, or one whose format is still to be chosen.
//!
//! `/r/{key}` names a rendition. `/auto/{source store}/{source path}/{label}.{version tag}.{family digest}` names the
//! renditions of an `auto` output, one of which is chosen at each GET by what the caller accepts.

use super::encoding;
use crate::model::{
    Digest, Label, SourcePath, StoreName, VersionTag,
    key::{FamilyParts, KeyParts},
};

/// What the paths of media URLs begin with.
pub const MEDIA_PREFIX: &str = "/r/";

/// What the paths of URLs begin with whose format is chosen at each GET.
pub const AUTO_PREFIX: &str = "/auto/";

/// What a media URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A rendition.
    Key(KeyParts),
    /// Those of an `auto` output.
    Family(FamilyParts),
}

impl Place {
    /// Reads a path, percent-encoded in any way; none if it is no media URL's.
    pub fn parse(path: &str) -> Option<Self> {
        if let Some(key) = path.strip_prefix(MEDIA_PREFIX) {
            return KeyParts::parse(&encoding::decoded(key)?).map(Self::Key);
        }
        let family = path.strip_prefix(AUTO_PREFIX)?;
        FamilyParts::parse(&encoding::decoded(family)?).map(Self::Family)
    }

    /// The store that the source lies in.
    pub fn store(&self) -> &StoreName {
        match self {
            Self::Key(parts) => &parts.store,
            Self::Family(parts) => &parts.store,
        }
    }

    /// The source's path in it.
    pub fn path(&self) -> &SourcePath {
        match self {
            Self::Key(parts) => &parts.path,
            Self::Family(parts) => &parts.path,
        }
    }

    /// The label of the spec.
    pub fn label(&self) -> &Label {
        match self {
            Self::Key(parts) => &parts.label,
            Self::Family(parts) => &parts.label,
        }
    }

    /// The source's version.
    pub fn version(&self) -> &VersionTag {
        match self {
            Self::Key(parts) => &parts.version,
            Self::Family(parts) => &parts.version,
        }
    }

    /// The digest of the spec, or of the family.
    pub fn digest(&self) -> &Digest {
        match self {
            Self::Key(parts) => &parts.digest,
            Self::Family(parts) => &parts.digest,
        }
    }
}
