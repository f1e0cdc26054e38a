//! Any text as a source path and as a key: what is taken has one spelling, and never leads out of its store.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rendition_server::model::{RenditionKey, SourcePath};

fuzz_target!(|text: &str| {
    if let Ok(path) = SourcePath::new(text) {
        assert_eq!(path.as_str(), text);
        let is_plain = |segment: &str| !segment.is_empty() && segment != "." && segment != "..";
        assert!(text.split('/').all(is_plain) && !text.contains(['\0', '\\']));
    }
    if let Some(key) = RenditionKey::parse(text) {
        assert_eq!(key.as_str(), text);
    }
});
