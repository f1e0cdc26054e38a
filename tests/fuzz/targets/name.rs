//! Any text as each name that callers send: a source path, a version, a tag, the name of a store or a spec, a key. What is
//! taken has one spelling, and never leads out of its store.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rendition_server::model::{
    Digest, RenditionKey, SourcePath, SpecId, StoreName, Version, VersionTag,
    key::{KeyParts, is_rendition_file},
};

fn written(tag: &VersionTag) -> String {
    let mut written = String::new();
    tag.write(&mut written);
    written
}

fn is_plain(segment: &str) -> bool {
    !segment.is_empty() && segment != "." && segment != ".."
}

fuzz_target!(|text: &str| {
    if let Ok(path) = SourcePath::new(text) {
        assert_eq!(path.as_str(), text);
        assert!(text.split('/').all(|segment| is_plain(segment) && !is_rendition_file(segment)));
        assert!(!text.contains(['\0', '\\']));
    }
    if let Ok(version) = Version::new(text) {
        let tag = VersionTag::Of(version);
        assert_eq!(VersionTag::parse(&written(&tag)), Some(tag));
    }
    if let Some(tag) = VersionTag::parse(text) {
        assert_eq!(written(&tag), text);
        assert!(!text.contains(['.', '/']));
    }
    if let Ok(name) = StoreName::new(text) {
        assert_eq!(name.as_str(), text);
        assert!(is_plain(text) && !text.contains(['/', '\\', '\0']));
    }
    if let Ok(id) = SpecId::new(text) {
        assert_eq!(id.as_str(), text);
        assert!(is_plain(text) && !text.contains(['.', '/', '\\', '\0']));
    }
    if let Some(digest) = Digest::parse(text) {
        assert_eq!(digest.as_str(), text);
    }
    if let Some(parts) = KeyParts::parse(text) {
        let KeyParts { store, path, label, version, digest, format } = &parts;
        let key = RenditionKey::new(store, path, label, version, digest, *format);
        assert_eq!(key.as_str(), text);
        assert!(is_rendition_file(key.file()));
    }
});
