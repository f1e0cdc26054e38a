//! `adjust`: the formulas of Pillow's `ImageEnhance`. A sample becomes `dull + factor * (sample - dull)`,
//! where `dull` is the pixel's luma of ITU-R BT.601 (0.299 r + 0.587 g + 0.114 b) for saturation, black for
//! brightness, the picture's mean luma for contrast, and for sharpness the mean of the pixel and those around
//! it.

use rendition_imaging::Adjust;

use super::{assert_near, assert_same, gray, made, opaque, picture};
use crate::picture::Picture;

fn saturation(factor: f64) -> Adjust {
    Adjust { saturation: Some(factor), ..Adjust::default() }
}

fn brightness(factor: f64) -> Adjust {
    Adjust { brightness: Some(factor), ..Adjust::default() }
}

fn contrast(factor: f64) -> Adjust {
    Adjust { contrast: Some(factor), ..Adjust::default() }
}

fn sharpness(factor: f64) -> Adjust {
    Adjust { sharpness: Some(factor), ..Adjust::default() }
}

/// Lumas of 124.2, 18.15, 90 and 80.75.
fn colors() -> Picture {
    picture(4, opaque([[200, 100, 50], [10, 20, 30], [90, 90, 90], [40, 90, 140]]))
}

#[test]
fn saturation_moves_colours_from_their_own_grey() {
    // By hand; `ImageEnhance.Color` gives the same levels.
    let rows = [
        (0.0, [[124, 124, 124], [18, 18, 18], [90, 90, 90], [81, 81, 81]]),
        (0.5, [[162, 112, 87], [14, 19, 24], [90, 90, 90], [60, 85, 110]]),
        (1.0, [[200, 100, 50], [10, 20, 30], [90, 90, 90], [40, 90, 140]]),
        (2.0, [[255, 76, 0], [2, 22, 42], [90, 90, 90], [0, 99, 199]]),
    ];
    for (factor, expected) in rows {
        assert_same(&made(&colors(), saturation(factor)), &picture(4, opaque(expected)));
    }
}

#[test]
fn brightness_moves_colours_from_black() {
    let source = picture(3, opaque([[200, 100, 50], [10, 20, 30], [0, 254, 84]]));
    let rows = [
        (0.0, [[0, 0, 0]; 3]),
        (0.5, [[100, 50, 25], [5, 10, 15], [0, 127, 42]]),
        (1.5, [[255, 150, 75], [15, 30, 45], [0, 255, 126]]),
        (3.0, [[255, 255, 150], [30, 60, 90], [0, 255, 252]]),
    ];
    for (factor, expected) in rows {
        assert_same(&made(&source, brightness(factor)), &picture(3, opaque(expected)));
    }
}

#[test]
fn contrast_moves_levels_from_the_mean_grey() {
    // The mean is 100, and not the middle of the scale.
    let source = picture(4, gray([0, 60, 100, 240]));
    let rows =
        [(0.0, [100; 4]), (0.5, [50, 80, 100, 170]), (1.5, [0, 40, 100, 255]), (2.0, [0, 20, 100, 255])];
    for (factor, expected) in rows {
        assert_same(&made(&source, contrast(factor)), &picture(4, gray(expected)));
    }
}

#[test]
fn the_grey_that_contrast_is_measured_from_is_the_mean_luma() {
    // Lumas of 76.2, 149.7, 29.1 and 124.2, whose mean is 94.8; `ImageEnhance.Contrast` gives the same
    // levels.
    let source = picture(2, opaque([[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 100, 50]]));
    let half = [[175, 47, 47], [47, 175, 47], [47, 47, 175], [147, 97, 72]];
    assert_same(&made(&source, contrast(0.0)), &picture(2, opaque([[95; 3]; 4])));
    assert_same(&made(&source, contrast(0.5)), &picture(2, opaque(half)));
}

#[test]
fn a_pixel_counts_for_the_mean_grey_as_much_as_it_is_to_be_seen() {
    // Hidden white counts nothing, and a fifth of a pixel a fifth: (0 + 240 / 5) / (1 + 1 / 5) = 40.
    let source = picture(3, [[0, 0, 0, 255], [240, 240, 240, 51], [255, 255, 255, 0]]);
    let made = made(&source, contrast(0.5));
    assert_eq!(made.pixels[..2], [[20, 20, 20, 255], [140, 140, 140, 51]]);
    assert_eq!(made.pixels[2][3], 0);
}

/// The two pixels in the middle have all their neighbours.
fn levels(middle: [u8; 2]) -> Picture {
    picture(4, gray([10, 20, 30, 40, 50, middle[0], middle[1], 80, 90, 100, 110, 120]))
}

#[test]
fn sharpness_moves_levels_from_the_mean_with_their_neighbours() {
    // The pixel counts 5 of 13: (480 + 5 * 160) / 13 = 98.46 and (660 + 5 * 70) / 13 = 77.69. The outermost
    // pixels stay, as in `ImageEnhance.Sharpness`, which gives the same levels, but 54 where 54.6 is cut off
    // and not rounded.
    let rows = [(0.0, [98, 78]), (0.5, [129, 74]), (2.0, [222, 62]), (3.0, [255, 55])];
    for (factor, expected) in rows {
        assert_same(&made(&levels([160, 70]), sharpness(factor)), &levels(expected));
    }
}

#[test]
fn sharpness_works_on_every_channel_by_itself() {
    let mut pixels = [[0, 130, 26, 255]; 9];
    pixels[4] = [130, 0, 26, 255];
    // 5 * 130 / 13 and 8 * 130 / 13.
    let source = picture(3, pixels);
    pixels[4] = [50, 80, 26, 255];
    assert_same(&made(&source, sharpness(0.0)), &picture(3, pixels));
}

#[test]
fn neighbours_count_for_sharpness_as_much_as_they_are_to_be_seen() {
    // (5 * 100 + 0.4 * 208) / 5.4 = 108; (5 * 100 + 0.4 * 46) / 5.4 = 96; (5 * 108) / 5.4 = 100.
    let mut pixels = [[255, 0, 255, 0]; 9];
    pixels[0] = [208, 46, 0, 102];
    pixels[4] = [100, 100, 108, 255];
    let made = made(&picture(3, pixels), sharpness(0.0));
    assert_eq!(made.at(1, 1), [108, 96, 100, 255]);
    assert_eq!(made.at(0, 0), pixels[0]);
}

#[test]
fn adjusting_leaves_alpha_alone() {
    let source = picture(3, [[200, 100, 50, 0], [200, 100, 50, 51], [200, 100, 50, 128]].repeat(3));
    for adjust in [saturation(0.3), brightness(0.4), contrast(0.3), sharpness(3.0)] {
        let made = made(&source, adjust.clone());
        assert!(made.pixels.iter().zip(&source.pixels).all(|(a, b)| a[3] == b[3]), "{adjust:?}");
    }
    // 124.2 is the grey, and the colours are those of an opaque pixel.
    assert_eq!(made(&source, saturation(0.5)).at(2, 1), [162, 112, 87, 128]);
    assert_eq!(made(&source, brightness(0.5)).at(1, 1), [100, 50, 25, 51]);
}

#[test]
fn saturation_comes_before_brightness_and_contrast_and_sharpness_after_them() {
    // Values are those of `pilkit.processors.Adjust`. The other way round they are 76 and 47, and 250 and
    // 255.
    let source = picture(2, opaque([[200, 0, 0], [0, 40, 0]]));
    let adjust = Adjust { brightness: Some(2.0), ..saturation(0.0) };
    assert_near(&made(&source, adjust), &picture(2, gray([120, 46])));
    let source = picture(2, gray([100, 200]));
    let adjust = Adjust { contrast: Some(0.5), ..brightness(2.0) };
    assert_near(&made(&source, adjust), &picture(2, gray([214, 241])));
    // By hand: the nine levels have a mean of 20, so that contrast makes 0 and 180 of them 0 and 340, which
    // is 255; the mean with the neighbours is 98. The other way round the mean with them is 69, and contrast,
    // from 7.7, makes 130 of it.
    let mut pixels = gray([0; 9]);
    pixels[4] = [180, 180, 180, 255];
    let source = picture(3, pixels);
    pixels[4] = [98, 98, 98, 255];
    let adjust = Adjust { contrast: Some(2.0), ..sharpness(0.0) };
    assert_same(&made(&source, adjust), &picture(3, pixels));
}
