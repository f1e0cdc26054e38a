//! `sharpen`: the difference from a blurred copy, as often as `amount` says, is added. Values are those of
//! Pillow's `ImageFilter.UnsharpMask`, which does the same; one may be a level off, because the copies are
//! rounded between the passes.

use rendition_imaging::Sharpen;

use super::{assert_near, assert_same, gray, made_within, picture, turned};
use crate::picture::Picture;

/// With alpha the copy is blurred in 16 bits, without in 8, which round between the passes; `amount` times that is added.
#[track_caller]
fn made(source: &Picture, operation: Sharpen) -> Picture {
    let levels = 1.0 + operation.amount.unwrap_or(1.0).ceil();
    made_within(levels as u8, source, operation)
}

/// Blurred with a radius of 1 its levels are 50, 50, 56, 80, 120, 144, 149 and 150.
fn step() -> Picture {
    picture(8, gray([50, 50, 50, 50, 150, 150, 150, 150]))
}

fn sharpen(radius: f64, amount: f64, threshold: u32) -> Sharpen {
    Sharpen { radius: Some(radius), amount: Some(amount), threshold }
}

#[test]
fn what_a_blurred_copy_lacks_is_added() {
    let rows = [
        (Sharpen::default(), [50, 50, 44, 20, 180, 156, 151, 150]),
        (sharpen(1.0, 1.0, 0), [50, 50, 44, 20, 180, 156, 151, 150]),
        (sharpen(1.0, 0.5, 0), [50, 50, 47, 35, 165, 153, 150, 150]),
        (sharpen(2.0, 1.0, 0), [46, 39, 27, 10, 190, 173, 161, 154]),
        // Beyond both ends of the scale there is nothing.
        (sharpen(1.0, 3.0, 0), [50, 50, 32, 0, 240, 168, 153, 150]),
        (sharpen(1.0, 0.0, 0), [50, 50, 50, 50, 150, 150, 150, 150]),
    ];
    for (sharpen, expected) in rows {
        let (made_of_row, made_of_column) =
            (made(&step(), sharpen.clone()), made(&turned(&step()), sharpen.clone()));
        assert_same(&made_of_column, &turned(&made_of_row));
        // Where the copy is a level off, that level is added as often as all others.
        let most = sharpen.amount.unwrap_or(1.0).max(1.0);
        let difference = made_of_row.largest_difference(&picture(8, gray(expected)));
        assert!(f64::from(difference) <= most, "{sharpen:?}: {:?}", made_of_row.pixels);
    }
}

#[test]
fn every_channel_is_sharpened_by_itself() {
    let up = [50, 50, 50, 50, 150, 150, 150, 150];
    let sharp = [50, 50, 44, 20, 180, 156, 151, 150];
    let colors = |levels: [u8; 8]| {
        let pixels: Vec<[u8; 4]> = (0..8).map(|x| [levels[x], levels[7 - x], 90, 255]).collect();
        picture(8, pixels)
    };
    assert_near(&made(&colors(up), Sharpen::default()), &colors(sharp));
}

#[test]
fn sharpened_levels_end_at_the_ends_of_the_scale() {
    let made = made(&picture(4, gray([10, 10, 245, 245])), sharpen(1.0, 10.0, 0));
    assert_same(&made, &picture(4, gray([0, 0, 255, 255])));
}

#[test]
fn smaller_differences_than_the_threshold_stay() {
    // The differences are 0, 0, 6, 30, 30, 6, 1 and 0.
    let rows = [
        (5, [50, 50, 44, 20, 180, 156, 150, 150]),
        (10, [50, 50, 50, 20, 180, 150, 150, 150]),
        (29, [50, 50, 50, 20, 180, 150, 150, 150]),
        (31, [50, 50, 50, 50, 150, 150, 150, 150]),
    ];
    for (threshold, expected) in rows {
        let made = made(&step(), sharpen(1.0, 1.0, threshold));
        assert_near(&made, &picture(8, gray(expected)));
        // What stays is not a level off.
        let stays = step().pixels.into_iter().zip(gray(expected)).map(|(before, after)| before == after);
        for ((pixel, before), stays) in made.pixels.iter().zip(step().pixels).zip(stays) {
            assert_eq!(*pixel == before, stays, "{threshold}: {:?}", made.pixels);
        }
    }
}

#[test]
fn alpha_and_what_is_hidden_sharpen_nothing() {
    // One colour to be seen beside transparent pixels of another, and the edge of alpha, which stays.
    let source = [[[200, 100, 50, 255]; 3], [[0, 255, 255, 0]; 3]].concat();
    let made = made(&picture(6, source.clone()), sharpen(1.0, 1.0, 0));
    assert!(made.pixels.iter().zip(&source).all(|(a, b)| a[3] == b[3]));
    for pixel in &made.pixels[..3] {
        let difference = pixel.iter().zip([200, 100, 50, 255]).map(|(a, b)| a.abs_diff(b)).max();
        // The blurred copy is divided by its alpha in 8 bits.
        assert!(difference <= Some(1), "{pixel:?}");
    }
}

#[test]
fn a_lone_dot_keeps_its_colour_where_the_copy_has_none() {
    let mut pixels = vec![[0, 0, 0, 0]; 21 * 21];
    pixels[21 * 10 + 10] = [200, 100, 50, 255];
    let dot = picture(21, pixels);
    assert_same(&made(&dot, sharpen(10.0, 1.0, 0)), &dot);
}

#[test]
fn a_veil_of_one_colour_stays_what_it_is() {
    for alpha in [1, 3, 60, 128] {
        let veil = picture(6, vec![[200, 100, 50, alpha]; 6]);
        assert_near(&made(&veil, sharpen(1.0, 1.0, 0)), &veil);
    }
}
