//! Every file of the corpus gives an image or a typed error, soon, and never a panic.

use std::time::{Duration, Instant};

use rendition_imaging::{Jpeg, Limits, Output, ResizeToFit, Spec, generate, inspect};

use crate::corpus;

fn spec() -> Spec {
    let fit = ResizeToFit { width: 100, height: 100, ..ResizeToFit::default() };
    Spec::new(vec![fit.into()], Output::Jpeg(Jpeg::default()))
}

/// Tries every file of a folder; gives the names and errors of those without an image.
fn refused(folder: &str) -> Vec<(String, String)> {
    let mut refused = Vec::new();
    for (name, bytes) in corpus::folder(folder) {
        let start = Instant::now();
        let made = generate(&bytes, &spec(), &Limits::default());
        let took = start.elapsed();
        assert!(took < Duration::from_secs(5), "{folder}/{name} took {took:?}");
        match made {
            Ok(encoded) => assert_eq!(inspect(&encoded.bytes).unwrap().size, encoded.size, "{name}"),
            Err(error) => {
                println!("{folder}/{name}: {error}");
                refused.push((name, error.to_string()));
            }
        }
    }
    refused
}

#[test]
fn hostile_files_give_an_image_or_a_typed_error() {
    refused("hostile");
}

#[test]
fn photographs_and_tagged_images_are_all_made() {
    // What the decoder without C says it can't do.
    let unable = |name: &str| {
        cfg!(not(feature = "turbojpeg")) && name == "libjxl--flower_small.q85_420_non_interleaved.jpg"
    };
    for folder in ["photos", "icc"] {
        let names = refused(folder).into_iter().map(|(name, _)| name);
        let names: Vec<_> = names.filter(|name| !unable(name)).collect();
        assert!(names.is_empty(), "{names:?}");
    }
}

#[test]
fn pngs_gifs_and_webps_are_made_but_for_those_meant_to_be_broken() {
    for folder in ["png", "gif", "webp"] {
        // PngSuite's files named x* are corrupt by design; what is brighter than white would have to be tone-mapped.
        let unexpected = |(name, error): &(String, String)| {
            !name.starts_with("pngsuite--x") && !error.contains("high dynamic range")
        };
        let names: Vec<_> = refused(folder).into_iter().filter(unexpected).collect();
        assert!(names.is_empty(), "{names:?}");
    }
}

#[test]
fn images_of_other_formats_are_unsupported_or_undecodable() {
    let absent = if cfg!(feature = "avif") { [].as_slice() } else { &["avif"] };
    for folder in [&["heic", "jxl", "svg"], absent].concat() {
        let all = corpus::folder(folder).len();
        let refused = refused(folder);
        assert_eq!(refused.len(), all, "{folder}");
        for (name, error) in refused {
            assert!(error.starts_with("unsupported: "), "{folder}/{name}: {error}");
        }
    }
}
