//! Any bytes as a BMP or an ICO.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use rendition_imaging::SourceFormat;

fuzz_target!(|input: &[u8]| -> Corpus { rendition_fuzz::make(input, &[SourceFormat::Bmp, SourceFormat::Ico]) });
