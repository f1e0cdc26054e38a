//! `pixelate`: every square has the mean colour of its pixels, weighted by their alpha.

use rendition_imaging::Pixelate;

use super::{assert_same, gray, made, opaque, picture};

#[test]
fn squares_begin_at_the_top_left_and_are_cut_off_at_the_other_sides() {
    // By hand: (10 + 20 + 60 + 70) / 4 = 40 and so on; the last column and row have parts of squares.
    #[rustfmt::skip]
    let source = gray([
        10, 20,   0, 200,   8,
        60, 70, 100,  20,  10,
        30, 50,   0, 254,  77,
    ]);
    #[rustfmt::skip]
    let squares = gray([
        40, 40,  80,  80,   9,
        40, 40,  80,  80,   9,
        40, 40, 127, 127,  77,
    ]);
    assert_same(&made(&picture(5, source), Pixelate { size: 2 }), &picture(5, squares));
}

#[test]
fn a_square_larger_than_the_picture_is_all_of_it() {
    // By hand, every channel by itself.
    let source = picture(2, opaque([[10, 0, 255], [20, 0, 253], [30, 6, 251], [0, 10, 249]]));
    for size in [2, 3, 65_535] {
        assert_same(&made(&source, Pixelate { size }), &picture(2, opaque([[15, 4, 252]; 4])));
    }
}

#[test]
fn a_pixel_counts_in_its_square_as_much_as_it_is_to_be_seen() {
    // By hand: the alphas 1, 0.4, 0.2 and 0 have the mean 0.4, the sums of the colours are 200, 0.4 * 160 =
    // 64 and 0.2 * 160 = 32, and a quarter of those by 0.4 are 125, 40 and 20.
    let source = [[200, 0, 0, 255], [0, 160, 0, 102], [0, 0, 160, 51], [255, 255, 255, 0]];
    let made = made(&picture(2, source), Pixelate { size: 2 });
    assert_same(&made, &picture(2, [[125, 40, 20, 102]; 4]));
}

#[test]
fn a_veil_of_one_colour_stays_what_it_is() {
    for alpha in [1, 3, 60, 128] {
        let veil = picture(2, vec![[200, 100, 50, alpha]; 4]);
        assert_same(&made(&veil, Pixelate { size: 2 }), &veil);
    }
}
