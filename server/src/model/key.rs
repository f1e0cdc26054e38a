//! The key of a rendition: `{source store}/{source path}/{label}.{version tag}.{digest}.{ext}`.
//! It is the object's path in the rendition store and never changes its meaning: source, version and
//! spec stand in it, so that finding, purging and serving need nothing else.

use std::{borrow::Borrow, fmt, sync::Arc};

use rendition_imaging::Format;

use super::{
    digest::Digest,
    name::{INLINE, SpecId, StoreName},
    path::SourcePath,
    version::VersionTag,
};

/// What a key is labelled with: the named spec's id, or `inline`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// The named spec.
    Named(SpecId),
    /// A spec that the caller sent.
    Inline,
}

impl Label {
    /// The label's text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Named(id) => id.as_str(),
            Self::Inline => INLINE,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if text == INLINE { Some(Self::Inline) } else { SpecId::new(text).ok().map(Self::Named) }
    }
}

/// A key in the form above; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RenditionKey(Arc<str>);

/// What a key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyParts {
    /// The store that the source lies in.
    pub store: StoreName,
    /// The source's path in it.
    pub path: SourcePath,
    /// The spec's id, or inline.
    pub label: Label,
    /// The source's version.
    pub version: VersionTag,
    /// The spec's digest.
    pub digest: Digest,
    /// The format, by the extension.
    pub format: Format,
}

impl KeyParts {
    /// The key that they are the parts of.
    pub fn key(&self) -> RenditionKey {
        let Self { store, path, label, version, digest, format } = self;
        RenditionKey::new(store, path, label, version, digest, *format)
    }

    /// Parses a key; none unless it is exactly what [`RenditionKey::new`] makes.
    pub fn parse(key: &str) -> Option<Self> {
        let (store, rest) = key.split_once('/')?;
        let (path, file) = rest.rsplit_once('/')?;
        let (label, version, digest, format) = parse_file(file)?;
        Some(Self {
            store: StoreName::new(store).ok()?,
            path: SourcePath::new(path).ok()?,
            label,
            version,
            digest,
            format,
        })
    }
}

/// What names the renditions of an `auto` output, of which one is chosen later: `{source store}/{source path}/{label}.{version
/// tag}.{family digest}`. It stands in URLs only, never in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyParts {
    /// The store that the source lies in.
    pub store: StoreName,
    /// The source's path in it.
    pub path: SourcePath,
    /// The spec's id, or inline.
    pub label: Label,
    /// The source's version.
    pub version: VersionTag,
    /// The digest of the family.
    pub digest: Digest,
}

impl FamilyParts {
    /// Writes a name in the form above.
    pub fn write(
        store: &StoreName,
        path: &SourcePath,
        label: &Label,
        version: &VersionTag,
        digest: &Digest,
    ) -> String {
        beginning(store, path, label, version, digest)
    }

    /// Parses a name; none unless it is exactly what [`FamilyParts::write`] makes.
    pub fn parse(name: &str) -> Option<Self> {
        let (store, rest) = name.split_once('/')?;
        let (path, file) = rest.rsplit_once('/')?;
        let (label, version, digest, None) = parse_pieces(file)? else { return None };
        let (store, path) = (StoreName::new(store).ok()?, SourcePath::new(path).ok()?);
        Some(Self { store, path, label, version, digest })
    }
}

/// What names of both kinds begin with: all but the format.
fn beginning(
    store: &StoreName,
    path: &SourcePath,
    label: &Label,
    version: &VersionTag,
    digest: &Digest,
) -> String {
    let (store, path, label) = (store.as_str(), path.as_str(), label.as_str());
    let mut name = String::with_capacity(store.len() + path.len() + label.len() + Digest::LENGTH + 64);
    name.push_str(store);
    name.push('/');
    name.push_str(path);
    name.push('/');
    name.push_str(label);
    name.push('.');
    version.write(&mut name);
    name.push('.');
    name.push_str(digest.as_str());
    name
}

impl RenditionKey {
    /// Builds the key of a rendition.
    pub fn new(
        store: &StoreName,
        path: &SourcePath,
        label: &Label,
        version: &VersionTag,
        digest: &Digest,
        format: Format,
    ) -> Self {
        let mut key = beginning(store, path, label, version, digest);
        key.push('.');
        key.push_str(format.extension());
        Self(key.into())
    }

    /// Takes a key in its text; none unless it is exactly what [`RenditionKey::new`] makes.
    pub fn parse(text: &str) -> Option<Self> {
        KeyParts::parse(text).map(|_| Self(text.into()))
    }

    /// The key as text: the object's path in the rendition store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds the renditions of the key's source, without a slash at its end.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What follows the last dot, which says the format.
    pub fn extension(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The last segment.
    pub fn file(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, file)| file)
    }
}

impl Borrow<str> for RenditionKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RenditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a name is in the grammar of rendition files, and so can be no source's segment.
pub fn is_rendition_file(name: &str) -> bool {
    parse_file(name).is_some()
}

fn parse_file(name: &str) -> Option<(Label, VersionTag, Digest, Format)> {
    let (label, version, digest, extension) = parse_pieces(name)?;
    Some((label, version, digest, Format::from_extension(extension?)?))
}

/// The pieces of a name's last segment; the extension is left as it is.
fn parse_pieces(name: &str) -> Option<(Label, VersionTag, Digest, Option<&str>)> {
    let mut pieces = name.split('.');
    let (label, version, digest) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let extension = pieces.next();
    if pieces.next().is_some() {
        return None;
    }
    Some((Label::parse(label)?, VersionTag::parse(version)?, Digest::parse(digest)?, extension))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::model::Version;

    const DIGEST: &str = "0123456789abcdef0123456789abcdef";

    proptest! {
        #[test]
        fn every_key_says_what_it_was_made_of(
            path in "[a-zA-Z0-9 .%~é]{1,8}(/[a-zA-Z0-9 .%~é]{1,8}){0,3}",
            id in "[a-z][a-z0-9_-]{0,10}",
            version in "\\PC{1,12}",
        ) {
            let Ok(path) = SourcePath::new(&path) else { return Ok(()) };
            let parts = KeyParts {
                store: StoreName::new("media").unwrap(),
                path,
                label: Label::parse(&id).unwrap(),
                version: VersionTag::Of(Version::new(&version).unwrap()),
                digest: Digest::parse(DIGEST).unwrap(),
                format: Format::Webp,
            };
            let key = RenditionKey::new(
                &parts.store, &parts.path, &parts.label, &parts.version, &parts.digest, parts.format,
            );
            prop_assert_eq!(KeyParts::parse(key.as_str()), Some(parts));
        }
    }

    #[test]
    fn a_family_has_no_format_and_a_key_has_one() {
        let key = format!("media/cat.jpg/avatar.0.{DIGEST}.webp");
        let family = format!("media/cat.jpg/avatar.0.{DIGEST}");
        let parts = FamilyParts::parse(&family).unwrap();
        let FamilyParts { store, path, label, version, digest } = &parts;
        assert_eq!(FamilyParts::write(store, path, label, version, digest), family);
        assert_eq!((FamilyParts::parse(&key), KeyParts::parse(&family)), (None, None));
    }

    #[test]
    fn what_is_not_a_key_is_not_taken_for_one() {
        for text in [
            "media/cat.jpg/avatar.0.0123.webp",
            "media/cat.jpg/avatar.0.0123456789abcdef0123456789abcdef.exe",
            "media/cat.jpg/Avatar.0.0123456789abcdef0123456789abcdef.webp",
            "media/avatar.0.0123456789abcdef0123456789abcdef.webp",
            "media/../x/avatar.0.0123456789abcdef0123456789abcdef.webp",
            "media/cat.jpg/avatar.0.0123456789ABCDEF0123456789abcdef.webp",
            "",
        ] {
            assert_eq!(KeyParts::parse(text), None, "{text}");
        }
    }
}
