//! Animations that are broken, cut off or strange.

use rendition_imaging::{ImageError, Limits, generate};

use crate::corpus;
use crate::picture::Picture;
use crate::shown::{generated, gif, keep, lossless, made, moving, webp};

#[test]
fn broken_animations_give_an_image_or_a_typed_error() {
    let mut sources = vec![
        moving(4, 10, Some(gif::Repeat::Infinite)),
        made(&moving(4, 10, None), [], webp()),
        made(&moving(4, 10, None), [], lossless()),
    ];
    let real = [
        "gif/imagers--mixed-disposal.gif",
        "gif/pillow--missing_background.gif",
        "gif/gif-crate--beacon_icc.gif",
    ];
    sources.extend(real.iter().filter_map(|path| corpus::read(path)));
    let limits = Limits { max_source_pixels: 1 << 20, ..Limits::default() };
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for source in &sources {
        for length in (0..source.len()).step_by(source.len() / 60 + 1) {
            let _ = generate(&source[..length], &keep([], gif()), &limits);
        }
        for round in 0..300 {
            let mut bytes = source.clone();
            let place = random(bytes.len());
            bytes[place] ^= 1 << random(8);
            let output = if round % 2 == 0 { gif() } else { webp() };
            let _ = generate(&bytes, &keep([], output), &limits);
        }
    }
}

#[test]
fn a_frame_that_is_cut_off_is_an_error() {
    let source = moving(4, 10, None);
    let error = generated(&source[..source.len() - 20], &keep([], gif())).unwrap_err();
    assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
    // An end mark that is missing does no harm.
    assert_eq!(generated(&source[..source.len() - 1], &keep([], gif())).unwrap().frames, 4);
}

#[test]
fn a_frame_without_a_palette_shows_nothing() {
    let mut source = moving(3, 10, None);
    // The screen's palette is taken away, and the flag for it.
    source[10] &= 0x7f;
    source.drain(13..13 + 4 * 3);
    let encoded = generated(&source, &keep([], gif())).unwrap();
    assert_eq!(encoded.frames, 3);
    assert!(Picture::read(&encoded.bytes).pixels.iter().all(|pixel| pixel[3] == 0));
}

#[test]
fn a_thousand_frames_are_no_trouble() {
    let Some(bytes) = corpus::read("gif/weserv--1024-pages.gif") else { return };
    assert_eq!(generated(&bytes, &keep([], gif())).unwrap().frames, 1024);
}
