//! Any bytes as an AVIF, of one picture or a sequence.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use rendition_imaging::SourceFormat;

fuzz_target!(|input: &[u8]| -> Corpus { rendition_fuzz::make(input, &[SourceFormat::Avif]) });
