//! Any bytes as an EXIF block and as an XMP packet of a JPEG that is whole otherwise, kept in every output.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rendition_imaging::{Jpeg, Limits, Metadata, Output, Png, Spec, Webp, generate, inspect};

/// One grey pixel.
const PIXEL: &[u8] = include_bytes!("../pixel.jpg");

fuzz_target!(|block: &[u8]| {
    let block = &block[..block.len().min(60_000)];
    let mut source = PIXEL[..2].to_vec();
    for name in [b"Exif\0\0".as_slice(), b"http://ns.adobe.com/xap/1.0/\0"] {
        let length = (2 + name.len() + block.len()) as u16;
        source.extend_from_slice(&[0xff, 0xe1]);
        source.extend_from_slice(&length.to_be_bytes());
        source.extend_from_slice(name);
        source.extend_from_slice(block);
    }
    source.extend_from_slice(&PIXEL[2..]);
    for metadata in [Metadata::Copyright, Metadata::All] {
        for output in
            [Output::Jpeg(Jpeg::default()), Output::Png(Png::default()), Output::Webp(Webp::default())]
        {
            let spec = Spec { metadata, ..Spec::new(Vec::new(), output) };
            let made = generate(&source, &spec, &Limits::default()).expect("the image itself is whole");
            inspect(&made.bytes).expect("what is written can be read");
            // What is kept once is kept again: nothing that is written would not be taken.
            generate(&made.bytes, &spec, &Limits::default()).expect("what is written can be decoded");
        }
    }
});
