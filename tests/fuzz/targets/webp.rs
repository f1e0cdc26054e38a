//! Any bytes as a WebP, still or animated.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use rendition_imaging::SourceFormat;

fuzz_target!(|input: &[u8]| -> Corpus { rendition_fuzz::make(input, &[SourceFormat::Webp]) });
