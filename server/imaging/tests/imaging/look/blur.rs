//! `gaussian_blur`. Pillow's `ImageFilter.GaussianBlur` is the same approximation of the bell curve, by
//! another hand; its values may be a level off, because both round between the passes. Beside it stands the
//! curve itself.

use rendition_imaging::GaussianBlur;

use super::{assert_near, gray, made_within, picture, turned};
use crate::picture::Picture;

/// With alpha it is blurred in 16 bits, without in 8, which round between the passes.
#[track_caller]
fn made(source: &Picture, operation: GaussianBlur) -> Picture {
    made_within(1, source, operation)
}

fn blur(radius: f64) -> GaussianBlur {
    GaussianBlur { radius: Some(radius) }
}

#[test]
fn a_point_becomes_a_bell() {
    let source = picture(9, gray([0, 0, 0, 0, 255, 0, 0, 0, 0]));
    let rows = [
        (blur(0.5), [0, 0, 1, 27, 199, 27, 1, 0, 0]),
        (blur(1.0), [0, 1, 14, 60, 103, 60, 14, 1, 0]),
        (blur(1.5), [1, 11, 29, 55, 63, 55, 29, 11, 1]),
        (blur(2.0), [9, 18, 32, 44, 49, 44, 32, 18, 9]),
        (GaussianBlur::default(), [9, 18, 32, 44, 49, 44, 32, 18, 9]),
    ];
    for (blur, expected) in rows {
        let expected = picture(9, gray(expected));
        assert_near(&made(&source, blur.clone()), &expected);
        assert_near(&made(&turned(&source), blur), &turned(&expected));
    }
}

#[test]
fn the_radius_is_the_standard_deviation_of_the_bell() {
    // 255 / (2 sqrt(2 pi)) exp(-x^2 / 8), from the middle outwards; three boxes are within a few hundredths
    // of it.
    let bell = [50.9, 44.9, 30.9, 16.5, 6.9, 2.2];
    let mut levels = [0; 25];
    levels[12] = 255;
    let made = made(&picture(25, gray(levels)), blur(2.0));
    for (distance, level) in (0..).zip(bell) {
        for x in [12 + distance, 12 - distance] {
            let found = f64::from(made.at(x, 0)[0]);
            assert!((found - level).abs() <= 0.04 * 50.9, "{x}: {found} instead of {level}");
        }
    }
}

#[test]
fn a_bell_has_two_directions_and_the_outermost_pixels_go_on_beyond_the_sides() {
    let source = Picture::new(7, 5, |x, y| if (x, y) == (3, 2) { [255; 4] } else { [0, 0, 0, 255] });
    #[rustfmt::skip]
    let expected = gray([
        0, 0,  4,  6,  4, 0, 0,
        0, 3, 14, 24, 14, 3, 0,
        1, 6, 24, 42, 24, 6, 1,
        0, 3, 14, 24, 14, 3, 0,
        0, 0,  4,  6,  4, 0, 0,
    ]);
    assert_near(&made(&source, blur(1.0)), &picture(7, expected));
    let step = picture(8, gray([0, 0, 0, 0, 200, 200, 200, 200]));
    assert_near(&made(&step, blur(1.0)), &picture(8, gray([0, 1, 12, 59, 141, 188, 199, 200])));
    assert_near(&made(&step, blur(2.0)), &picture(8, gray([9, 22, 47, 81, 119, 153, 178, 191])));
}

#[test]
fn pixels_are_blurred_as_much_as_they_are_to_be_seen() {
    let beside = |blue: [u8; 4]| picture(6, [[[255, 0, 0, 255]; 3], [blue; 3]].concat());
    // Pillow's values in its mode "RGBa", in which colours are multiplied by alpha.
    let hidden = [254, 240, 179, 75, 15, 1].map(|alpha| [255, 0, 0, alpha]);
    assert_near(&made(&beside([0, 0, 255, 0]), blur(1.0)), &picture(6, hidden));
    // By hand: these are the shares of the right side in the bell, and both sides have as much of it as they
    // have alpha. What is divided by alpha and multiplied by it again may have been rounded away from its
    // place more than once.
    let shares = [0.005, 0.06, 0.295, 0.705, 0.94, 0.995];
    let made = made(&beside([0, 0, 255, 51]), blur(1.0));
    for ([red, green, blue, alpha], share) in made.pixels.into_iter().zip(shares) {
        let alpha = f64::from(alpha);
        let seen = [red, green, blue].map(|level| f64::from(level) * alpha / 255.0);
        let (left, right) = (255.0 * (1.0 - share), 51.0 * share);
        for (found, expected) in [(seen[0], left), (seen[1], 0.0), (seen[2], right), (alpha, left + right)] {
            assert!((found - expected).abs() <= 1.5, "{share}: {found} instead of {expected}");
        }
    }
}

#[test]
fn a_veil_of_one_colour_stays_what_it_is() {
    for alpha in [1, 3, 60, 128] {
        let veil = picture(6, vec![[200, 100, 50, alpha]; 6]);
        assert_near(&made(&veil, blur(1.5)), &veil);
    }
}
