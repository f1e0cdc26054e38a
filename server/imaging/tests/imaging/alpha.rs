//! Alpha: kept where the format can, laid on a colour where it can't, never bleeding.

use rendition_imaging::{Jpeg, Limits, Operation, Output, OverlayImage, Resize, Spec, Webp, inspect};

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
fn no_operation_mixes_hidden_colours_into_what_is_seen() {
    // Opaque blue squares, each among transparent red.
    let squares =
        Picture::new(64, 64, |x, y| if (x / 8 + y / 8) % 2 == 0 { [0, 0, 255, 255] } else { [255, 0, 0, 0] });
    let operations: [&str; 8] = [
        r#"{"gaussian_blur": {"radius": 3}}"#,
        r#"{"rotate": {"angle": 33}}"#,
        r#"{"sharpen": {"radius": 2, "amount": 1.5}}"#,
        r#"{"adjust": {"sharpness": 0}}"#,
        r#"{"adjust": {"sharpness": 3}}"#,
        r#"{"pixelate": {"size": 11}}"#,
        r#"{"reflection": {"size": 0.5}}"#,
        r#"{"extend": {"width": 2, "height": 1, "color": "transparent"}}"#,
    ];
    for json in operations {
        let operation: Operation = serde_json::from_str(json).unwrap();
        let made = result(&squares.png(), [operation]);
        let seen: Vec<_> = made.pixels.iter().filter(|pixel| pixel[3] >= 16).collect();
        assert!(seen.len() > 500, "{json}");
        // The reflection is of a white surface, which shows through.
        let is_blue = |[red, green, blue, _]: &[u8; 4]| *blue >= 235 && red.abs_diff(*green) <= 12;
        for pixel in seen {
            assert!(is_blue(pixel), "{json}: {pixel:?}");
        }
    }
    // And an overlay with hidden red, half as large and half as opaque, over green.
    let mark = OverlayImage::decode(&squares.png(), b"mark".to_vec(), &Limits::default()).unwrap();
    let overlay = r#"{"overlay": {"name": "mark", "scale": 0.5, "opacity": 0.5, "anchor": "top_left"}}"#;
    let spec = Spec::new(vec![serde_json::from_str(overlay).unwrap()], png());
    let mark = std::sync::Arc::new(mark);
    let spec = spec.with_overlays(|_| Some(mark.clone())).unwrap();
    let green = Picture::new(96, 96, |_, _| [0, 255, 0, 255]);
    let made = rendition_imaging::generate(&green.png(), &spec, &Limits::default()).unwrap();
    let made = Picture::read(&made.bytes);
    assert!(made.pixels.iter().all(|pixel| pixel[0] <= 2), "red was to be seen");
    assert!(made.pixels.iter().any(|pixel| pixel[2] >= 120), "the overlay was not");
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
