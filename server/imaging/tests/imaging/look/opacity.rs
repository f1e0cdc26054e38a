//! `set_opacity` and `make_opaque`.

use rendition_imaging::{MakeOpaque, SetOpacity};

use super::{assert_near, assert_same, made, opaque, picture};
use crate::picture::Picture;

/// One colour, more and less opaque.
fn fading() -> Picture {
    picture(4, [255, 128, 51, 0].map(|alpha| [200, 100, 50, alpha]))
}

#[test]
fn opacity_is_multiplied_into_alpha_and_not_into_colours() {
    // By hand; 51 / 4 = 12.75 and 255 / 4 = 63.75.
    let quarter = picture(4, [64, 32, 13, 0].map(|alpha| [200, 100, 50, alpha]));
    assert_same(&made(&fading(), SetOpacity { opacity: 0.25 }), &quarter);
    assert_same(&made(&fading(), SetOpacity { opacity: 1.0 }), &fading());
}

#[test]
fn without_opacity_nothing_is_to_be_seen() {
    let made = made(&fading(), SetOpacity { opacity: 0.0 });
    assert!(made.pixels.iter().all(|pixel| pixel[3] == 0));
}

#[test]
fn an_opaque_picture_gets_its_alpha_from_its_opacity() {
    let source = picture(2, opaque([[200, 100, 50], [7, 8, 9]]));
    let made = made(&source, SetOpacity { opacity: 0.4 });
    assert_same(&made, &picture(2, [[200, 100, 50, 102], [7, 8, 9, 102]]));
}

#[test]
fn what_is_transparent_shows_the_colour_that_it_is_laid_on() {
    // Pillow's `Image.alpha_composite` over the colour, which rounds its shares.
    let source = picture(4, [[200, 100, 50, 128], [200, 100, 50, 0], [200, 100, 50, 255], [10, 20, 30, 51]]);
    let made = made(&source, MakeOpaque { color: "#ffd040".into() });
    let laid = [[227, 154, 57], [255, 208, 64], [200, 100, 50], [206, 170, 57]];
    assert_near(&made, &picture(4, opaque(laid)));
    assert!(made.pixels.iter().all(|pixel| pixel[3] == 255));
}

#[test]
fn a_picture_is_made_opaque_on_white() {
    // By hand: 255 - (255 - 200) / 5 = 244 and so on.
    let made = made(&picture(2, [[200, 100, 50, 51], [0, 0, 0, 0]]), MakeOpaque::default());
    assert_same(&made, &picture(2, opaque([[244, 224, 214], [255, 255, 255]])));
}

#[test]
fn a_grey_picture_is_made_opaque_on_a_colour() {
    // By hand: 0.4 of 100 and 0.6 of (255, 0, 100).
    let source = picture(2, [[100, 100, 100, 102], [100, 100, 100, 255]]);
    let made = made(&source, MakeOpaque { color: "#ff0064".into() });
    assert_same(&made, &picture(2, opaque([[193, 40, 100], [100, 100, 100]])));
}

#[test]
fn what_is_opaque_stays_as_it_is_when_it_is_made_opaque() {
    let source = picture(2, opaque([[200, 100, 50], [7, 8, 9]]));
    assert_same(&made(&source, MakeOpaque { color: "#f00".into() }), &source);
}
