//! Any JSON as a spec: refused, or valid, and then its canonical encoding means the same however it is spelled.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rendition_imaging::{Size, Spec};

fuzz_target!(|text: &str| {
    let Ok(spec) = serde_json::from_str::<Spec>(text) else { return };
    let size = Some(Size::new(640, 481));
    let _ = spec.output_size(size);
    if spec.validate().is_err() {
        return;
    }
    let written = serde_json::to_string(&spec).expect("a spec can be written");
    let read: Spec = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(read.canonical(), spec.canonical());
    assert_eq!(spec.folded().canonical(), spec.canonical());
    for format in spec.formats() {
        assert_eq!(spec.resolve(&[format]).format(), Some(format));
    }
});
