//! Alpha: kept where the format can, laid on a colour where it can't, never bleeding.

use rendition_imaging::{Jpeg, Output, Resize, Webp, inspect};

use crate::picture::{Picture, generate, png, result};

fn half_transparent() -> Picture {
    Picture::new(64, 64, |x, _| match x / 16 {
        0 => [200, 0, 0, 0],
        1 => [200, 0, 0, 128],
        2 => [0, 0, 200, 255],
        _ => [0, 0, 0, 128],
    })
}

fn jpeg(background: &str) -> Output {
    Output::Jpeg(Jpeg { quality: Some(100), background: background.into(), ..Jpeg::default() })
}

fn assert_near(pixel: [u8; 4], expected: [u8; 3]) {
    let near = pixel.iter().zip(expected).all(|(value, want)| value.abs_diff(want) <= 6);
    assert!(near, "{pixel:?} is not {expected:?}");
}

#[test]
fn a_jpeg_shows_white_through_transparent_parts() {
    let picture = Picture::read(&generate(&half_transparent().png(), [], jpeg("")));
    assert_near(picture.at(7, 30), [255, 255, 255]);
    assert_near(picture.at(24, 30), [227, 127, 127]);
    assert_near(picture.at(40, 30), [0, 0, 200]);
    assert_near(picture.at(56, 30), [127, 127, 127]);
}

#[test]
fn a_jpeg_shows_the_background_asked_for() {
    for background in ["#0f8", "#00FF88"] {
        let picture = Picture::read(&generate(&half_transparent().png(), [], jpeg(background)));
        assert_near(picture.at(7, 30), [0, 255, 136]);
        assert_near(picture.at(40, 30), [0, 0, 200]);
    }
}

#[test]
fn png_and_webp_keep_alpha() {
    let source = half_transparent();
    for output in [png(), Output::Webp(Webp { lossless: true, ..Webp::default() })] {
        let bytes = generate(&source.png(), [], output);
        assert!(inspect(&bytes).unwrap().has_alpha);
        assert_eq!(Picture::read(&bytes), source);
    }
}

#[test]
fn what_is_nearly_transparent_keeps_its_colour_when_it_is_resized() {
    let faint = Picture::new(60, 60, |_, _| [200, 100, 50, 3]).png();
    let small = result(&faint, [Resize { width: 25, height: 25, ..Resize::default() }.into()]);
    assert!(small.pixels.iter().all(|pixel| *pixel == [200, 100, 50, 3]), "{:?}", small.at(10, 10));
}

#[test]
fn alpha_that_makes_nothing_transparent_is_left_off() {
    let opaque = Picture::scene(20, 20).png();
    assert!(inspect(&opaque).unwrap().has_alpha);
    assert!(!inspect(&generate(&opaque, [], png())).unwrap().has_alpha);
}

#[test]
fn transparent_colours_do_not_bleed_into_what_is_seen() {
    // Opaque blue beside transparent red, shrunk so that every pixel mixes both.
    let stripes = Picture::new(64, 64, |x, _| if x % 2 == 0 { [0, 0, 255, 255] } else { [255, 0, 0, 0] });
    let mixed = result(&stripes.png(), [Resize { width: 16, height: 16, ..Resize::default() }.into()]);
    for [red, _, blue, alpha] in mixed.pixels {
        assert!(red <= 3 && blue >= 250 && alpha.abs_diff(128) <= 16, "{red} {blue} {alpha}");
    }
}
