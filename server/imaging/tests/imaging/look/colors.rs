//! `grayscale` and `color_overlay`.

use rendition_imaging::{ColorOverlay, Grayscale};

use super::{assert_same, gray, made, opaque, picture};

#[test]
fn grayscale_is_the_luma_of_bt_601() {
    // Pillow's `convert("L")`: (19595 r + 38470 g + 7471 b + 32768) >> 16.
    let colors = [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [200, 100, 50],
        [10, 20, 30],
        [255, 255, 255],
        [1, 1, 2],
        [17, 200, 133],
    ];
    let made = made(&picture(8, opaque(colors)), Grayscale {});
    assert_same(&made, &picture(8, gray([76, 150, 29, 124, 18, 255, 1, 138])));
}

#[test]
fn grayscale_leaves_alpha_alone_and_takes_no_account_of_it() {
    let made = made(&picture(2, [[200, 100, 50, 128], [0, 255, 0, 3]]), Grayscale {});
    assert_same(&made, &picture(2, [[124, 124, 124, 128], [150, 150, 150, 3]]));
}

#[test]
fn grey_pictures_stay_as_they_are_in_grayscale() {
    let source = picture(3, gray([0, 77, 255]));
    assert_same(&made(&source, Grayscale {}), &source);
}

fn overlay(color: &str, opacity: Option<f64>) -> ColorOverlay {
    ColorOverlay { color: color.into(), opacity }
}

#[test]
fn a_colour_overlay_mixes_as_much_of_the_colour_as_it_is_opaque() {
    // By hand: three quarters of the pixel and a quarter of (0, 80, 252), and alpha does not change the
    // shares.
    let source = picture(3, [[200, 100, 48, 255], [200, 100, 48, 128], [0, 0, 0, 1]]);
    let quarter = picture(3, [[150, 95, 99, 255], [150, 95, 99, 128], [0, 20, 63, 1]]);
    assert_same(&made(&source, overlay("#0050fc", Some(0.25))), &quarter);
    // Half of both is the default.
    let half = picture(3, [[100, 90, 150, 255], [100, 90, 150, 128], [0, 40, 126, 1]]);
    assert_same(&made(&source, overlay("#0050fc", None)), &half);
    assert_same(&made(&source, overlay("#0050fc", Some(0.0))), &source);
    let whole = picture(3, [[0, 80, 252, 255], [0, 80, 252, 128], [0, 80, 252, 1]]);
    assert_same(&made(&source, overlay("#0050fc", Some(1.0))), &whole);
}

#[test]
fn a_colour_overlay_leaves_what_is_transparent_transparent() {
    let made = made(&picture(1, [[0, 0, 0, 0]]), overlay("#0050fc", Some(1.0)));
    assert_eq!(made.at(0, 0)[3], 0);
}

#[test]
fn a_colour_overlay_gives_grey_pictures_colours() {
    // #f04 is #ff0044, of which two fifths are (102, 0, 27.2).
    let made = made(&picture(2, gray([0, 200])), overlay("#f04", Some(0.4)));
    assert_same(&made, &picture(2, opaque([[102, 0, 27], [222, 120, 147]])));
}
