//! Sources of which pixels are missing: refused, or taken if nearly all is there.

use rendition_imaging::{Encoded, ImageError, Limits, OnDamaged, ResizeToFit, Spec, generate};

use crate::picture::{Picture, png};

fn made(bytes: &[u8], on_damaged: OnDamaged) -> Result<Encoded, ImageError> {
    let fit = ResizeToFit { width: 100, ..ResizeToFit::default() };
    generate(bytes, &Spec { on_damaged, ..Spec::new(vec![fit.into()], png()) }, &Limits::default())
}

/// Rough everywhere, so that a part of the bytes is about the same part of the rows.
fn noise() -> Picture {
    let level = |x: u32, y: u32| ((x * 7919 + y * 104_729 + x * y * 31) >> 3) as u8;
    Picture::new(300, 400, |x, y| [level(x, y), level(x + 5, y), level(x, y + 9), 255])
}

#[test]
fn nearly_whole_images_are_taken_where_that_is_asked_and_flagged() {
    let lossy = rendition_imaging::Webp::default();
    let webp = generate(
        &noise().png(),
        &Spec::new(vec![], rendition_imaging::Output::Webp(lossy)),
        &Limits::default(),
    );
    let mut sources = vec![("png", noise().png()), ("webp", webp.unwrap().bytes)];
    // The decoder without C does not tell how much is missing, so with it all of these are refused.
    if cfg!(feature = "turbojpeg") {
        sources.push(("jpeg", noise().jpeg(90)));
    }
    for (name, whole) in sources {
        let part = |percent: usize| &whole[..whole.len() * percent / 100];
        for on_damaged in [OnDamaged::Refuse, OnDamaged::Accept] {
            assert!(!made(&whole, on_damaged).unwrap().is_damaged, "{name}");
            let error = made(part(70), on_damaged).unwrap_err();
            assert!(matches!(error, ImageError::Undecodable { .. }), "{name}: {error}");
        }
        let error = made(part(97), OnDamaged::Refuse).unwrap_err();
        assert!(matches!(error, ImageError::Undecodable { .. }), "{name}: {error}");
        let taken = made(part(97), OnDamaged::Accept).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(taken.is_damaged, "{name}");
        // The rows that are there are what they were, but for a little: where rows are missing, a PNG with alpha is transparent
        // and so resized in 16 bits, which hold what noise makes larger than 8 bits do between the two passes.
        let (ours, whole) =
            (Picture::read(&taken.bytes), Picture::read(&made(&whole, OnDamaged::Refuse).unwrap().bytes));
        let rows = (ours.size.height as usize * 9 / 10) * ours.size.width as usize;
        let pixels = ours.pixels.iter().zip(&whole.pixels).take(rows - 300);
        let difference =
            pixels.flat_map(|(ours, whole)| ours.iter().zip(whole)).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(difference <= Some(8), "{name}: {difference:?}");
    }
}

/// Where the segments of a JPEG begin that have this marker.
fn segments(jpeg: &[u8], marker: u8) -> Vec<usize> {
    let mut begins = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xda {
        begins.push(at);
        at += 2 + usize::from(jpeg[at + 2]) * 256 + usize::from(jpeg[at + 3]);
    }
    begins.push(at);
    begins.retain(|&at| jpeg[at + 1] == marker);
    begins
}

/// A JPEG with what decoders tell of and pass over, each in its own way. After that they tell of nothing else.
fn with_faults(jpeg: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    let [app0, scan] = [0xe0, 0xda].map(|marker| segments(jpeg, marker)[0]);
    let strays = [&jpeg[..scan], &[0, 0, 0], &jpeg[scan..]].concat();
    let (mut version, mut parameters) = (jpeg.to_vec(), jpeg.to_vec());
    assert_eq!(&jpeg[app0 + 4..app0 + 8], b"JFIF");
    version[app0 + 9] = 2;
    let last = scan + 4 + 2 * usize::from(jpeg[scan + 4]) + 2;
    assert_eq!(jpeg[last], 63);
    parameters[last] = 0;
    [("strays", strays), ("version", version), ("parameters", parameters)]
}

#[test]
fn a_harmless_warning_hides_no_missing_pixels() {
    let whole = noise().jpeg(90);
    let closed = |part: &[u8]| [part, &[0xff, 0xd9]].concat();
    for (name, faulty) in with_faults(&whole) {
        let sound = made(&faulty, OnDamaged::Refuse).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!sound.is_damaged, "{name}");
        assert_eq!(sound.bytes, made(&whole, OnDamaged::Refuse).unwrap().bytes, "{name}");
        let part = |percent: usize| &faulty[..faulty.len() * percent / 100];
        let mut cuts = vec![part(50).to_vec(), part(97).to_vec()];
        // The decoder without C tells nothing of what is missing before an end marker.
        if cfg!(feature = "turbojpeg") {
            cuts.extend([closed(part(50)), closed(part(97)), closed(&faulty[..faulty.len() - 40])]);
        }
        for cut in cuts {
            let error = made(&cut, OnDamaged::Refuse).unwrap_err();
            assert!(matches!(error, ImageError::Undecodable { .. }), "{name}: {error}");
        }
        if cfg!(feature = "turbojpeg") {
            assert!(made(part(50), OnDamaged::Accept).is_err(), "{name}");
            assert!(made(part(97), OnDamaged::Accept).unwrap().is_damaged, "{name}");
            assert!(made(&closed(part(97)), OnDamaged::Accept).unwrap().is_damaged, "{name}");
        }
    }
}

#[test]
fn an_error_after_a_warning_is_still_an_error() {
    let whole = noise().jpeg(90);
    let half = &whole[..whole.len() / 2];
    let sources = [
        // An upload that was cut off and tried again: the scan ends early, and then a second image begins.
        ("twice", [half, &whole].concat()),
        // A marker that no decoder knows, in the middle of the scan.
        ("marker", [half, &[0xff, 0x5a], &whole[half.len()..]].concat()),
    ];
    for (name, source) in sources {
        for on_damaged in [OnDamaged::Refuse, OnDamaged::Accept] {
            // The decoder without C passes over both.
            if cfg!(feature = "turbojpeg") {
                let error = made(&source, on_damaged).unwrap_err();
                assert!(matches!(error, ImageError::Undecodable { .. }), "{name}: {error}");
            }
        }
    }
}

#[test]
fn bytes_before_the_end_marker_are_harmless_but_where_a_restart_marker_was_expected() {
    let whole = noise().jpeg(90);
    let (scans, end) = whole.split_at(whole.len() - 2);
    let padded = [scans, &[0; 16], end].concat();
    let sound = made(&padded, OnDamaged::Refuse).unwrap();
    assert!(!sound.is_damaged);
    assert_eq!(sound.bytes, made(&whole, OnDamaged::Refuse).unwrap().bytes);

    // A restart marker is due after every 16 units, and none is there: the rest of the scan is passed over.
    let scan = segments(&whole, 0xda)[0];
    let unmarked = [&whole[..scan], &[0xff, 0xdd, 0, 4, 0, 16], &whole[scan..]].concat();
    // The decoder without C tells nothing of it.
    if cfg!(feature = "turbojpeg") {
        for on_damaged in [OnDamaged::Refuse, OnDamaged::Accept] {
            let error = made(&unmarked, on_damaged).unwrap_err();
            assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
        }
    }
}

#[test]
fn grey_at_the_bottom_is_not_missing() {
    let footer =
        Picture::new(64, 64, |x, y| if y < 32 { [x as u8 * 3, 9, 200, 255] } else { [128, 128, 128, 255] });
    for (name, faulty) in with_faults(&footer.jpeg(90)) {
        let sound = made(&faulty, OnDamaged::Refuse).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!sound.is_damaged, "{name}");
        // Nor where the end marker is missing. (The decoder without C takes faults for missing pixels then.)
        if cfg!(feature = "turbojpeg") {
            let sound = made(&faulty[..faulty.len() - 2], OnDamaged::Refuse);
            assert!(!sound.unwrap_or_else(|error| panic!("{name}: {error}")).is_damaged, "{name}");
        }
    }
}
