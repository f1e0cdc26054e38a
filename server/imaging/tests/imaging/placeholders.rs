//! Placeholders: small, the same for every format, and of the right colour.

use rendition_imaging::{
    ColorProfile, Limits, Placeholder, ResizeToFit, Spec, generate, inspect, placeholder,
};

use crate::corpus::read as corpus;
use crate::picture::{Picture, png};
use crate::shown::{keep, moving, webp};

fn of(bytes: &[u8]) -> Placeholder {
    placeholder(bytes, &inspect(bytes).unwrap(), &Limits::default()).unwrap()
}

#[test]
fn the_dominant_colour_is_that_of_most_pixels_and_the_hash_is_small() {
    let red =
        Picture::new(400, 300, |x, _| if x < 260 { [200, 30, 20, 255] } else { [x as u8, 200, 90, 255] });
    for bytes in [red.png(), red.webp(), red.jpeg(95)] {
        let placeholder = of(&bytes);
        let close = placeholder.dominant_color.iter().zip([200, 30, 20]).all(|(a, b)| a.abs_diff(b) <= 4);
        assert!(close, "{:?}", placeholder.dominant_color);
        assert!((5..=30).contains(&placeholder.thumbhash.len()));
    }
}

/// How far two hashes are apart when they are drawn: the mean difference of their samples.
fn distance(one: &[u8], other: &[u8]) -> f64 {
    let [one, other] = [one, other].map(|hash| thumbhash::thumb_hash_to_rgba(hash).unwrap());
    assert_eq!((one.0, one.1), (other.0, other.1), "the shape");
    let sum: f64 = one.2.iter().zip(&other.2).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    sum / one.2.len() as f64
}

#[test]
fn a_rendition_brings_the_placeholder_that_all_of_its_pixels_give() {
    let scene = Picture::scene(640, 427);
    let clear = Picture::new(300, 500, |x, y| {
        let [red, green, blue, _] = scene.pixels[(y * 640 + x) as usize % scene.pixels.len()];
        [red, green, blue, if y < 250 { 255 } else { 60 }]
    });
    for (picture, output) in [(&scene, png()), (&scene, webp()), (&clear, png()), (&clear, webp())] {
        let made = generate(&picture.png(), &Spec::new(Vec::new(), output), &Limits::default()).unwrap();
        // The hash of a copy as large as the reference implementation takes, each pixel the mean of all under it.
        let fit = ResizeToFit { width: 100, height: 100, ..ResizeToFit::default() };
        let copy = generate(&picture.png(), &Spec::new(vec![fit.into()], png()), &Limits::default()).unwrap();
        let copy = Picture::read(&copy.bytes);
        let (width, height) = (copy.size.width as usize, copy.size.height as usize);
        let reference = thumbhash::rgba_to_thumb_hash(width, height, &copy.pixels.concat());
        let far = distance(&made.placeholder.thumbhash, &reference);
        // A hash has 4 bits a number, of which one step is seen as two or three levels, with alpha in it as more.
        assert!(far <= 8.0, "{far}");
    }
}

#[test]
fn an_animation_has_the_placeholder_of_its_first_frame() {
    let (two, first) = (moving(2, 20, None), moving(1, 20, None));
    let made = |bytes: &[u8]| generate(bytes, &keep([], webp()), &Limits::default()).unwrap();
    assert_eq!(made(&two).frames, 2);
    assert_eq!(made(&two).placeholder, of(&first));
}

#[test]
fn a_kept_profile_does_not_hide_what_is_seen() {
    let Some(bytes) = corpus("icc/widegamut--rgb-to-gbr-test.jpg") else { return };
    let spec = |color_profile| Spec { color_profile, ..Spec::new(Vec::new(), png()) };
    let made = |profile| generate(&bytes, &spec(profile), &Limits::default()).unwrap().placeholder;
    let (kept, converted) = (made(ColorProfile::Keep), made(ColorProfile::Convert));
    assert!(distance(&kept.thumbhash, &converted.thumbhash) <= 3.0);
}

#[test]
fn the_hash_of_a_known_image_is_the_known_one() {
    // One colour: the constants alone, as the reference implementation writes them.
    let grey = Picture::new(64, 64, |_, _| [128, 128, 128, 255]);
    let [a, b, c, ..] = *of(&grey.png()).thumbhash else { panic!("too short") };
    let header = u32::from_le_bytes([a, b, c, 0]);
    // Lightness 63 * 128 / 255, and both colour differences in the middle of 0 to 63.
    assert_eq!((header & 63, header >> 6 & 63, header >> 12 & 63, header >> 23), (32, 32, 32, 0));
}

#[test]
fn what_is_transparent_does_not_count() {
    let dot =
        Picture::new(100, 100, |x, y| if x < 10 && y < 10 { [10, 20, 250, 255] } else { [255, 0, 0, 0] });
    let color = of(&dot.png()).dominant_color;
    // At the dot's edge little is left of the colour to tell it from.
    assert!(color.iter().zip([10, 20, 250]).all(|(a, b)| a.abs_diff(b) <= 2), "{color:?}");
}
