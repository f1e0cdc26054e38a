//! `reflection`: below the picture its rows again, the last one first, from `opacity` where it begins to
//! nothing where it ends.

use rendition_imaging::Reflection;

use super::{assert_same, gray, made, opaque, picture};

#[test]
fn a_reflection_is_half_of_the_picture_upside_down_fading_into_white() {
    // By hand: 0.6 of the lowest row on 0.4 of white, and 0.3 of the one above it on 0.7. (pilkit measures in
    // the middle of a row and not where it begins, so that its strengths are 0.45 and 0.15.)
    let rows = [[1, 2, 3], [4, 5, 6], [15, 255, 95], [100, 50, 200]];
    let below = [[162, 132, 222], [183, 255, 207]];
    let two = |[red, green, blue]: [u8; 3]| [[red, green, blue, 255]; 2];
    let source = picture(2, rows.map(two).as_flattened());
    let expected = picture(2, [rows.map(two).as_flattened(), below.map(two).as_flattened()].concat());
    assert_same(&made(&source, Reflection::default()), &expected);
}

#[test]
fn a_reflection_has_the_asked_size_opacity_and_colour() {
    // By hand: all, 3/4, 1/2 and 1/4 of the rows on (40, 80, 120).
    let rows = [[200, 0, 40], [100, 160, 240], [80, 120, 0], [10, 20, 30]];
    let below = [[10, 20, 30], [70, 110, 30], [70, 120, 180], [80, 60, 100]];
    let color = "#285078".to_owned();
    let whole = Reflection { color: color.clone(), size: Some(1.0), opacity: Some(1.0) };
    let source = picture(1, opaque(rows));
    assert_same(&made(&source, whole), &picture(1, [opaque(rows), opaque(below)].concat()));
    // A quarter of four rows is one.
    let quarter = Reflection { color, size: Some(0.25), opacity: Some(0.5) };
    let below = opaque([[25, 50, 75]]);
    assert_same(&made(&source, quarter), &picture(1, [&opaque(rows)[..], &below].concat()));
}

#[test]
fn a_part_of_a_row_is_not_reflected() {
    // Half of five rows are two, as in pilkit: 0.5 and 0.25 of them on black.
    let source = gray([8, 16, 24, 60, 100]);
    let reflection = Reflection { color: "#000".into(), opacity: Some(0.5), size: None };
    let expected = [&source[..], &gray([50, 15])].concat();
    assert_same(&made(&picture(1, source), reflection), &picture(1, expected));
}

#[test]
fn a_reflection_into_nothing_becomes_transparent_and_keeps_its_colours() {
    let source = opaque([[1, 2, 3], [4, 5, 6], [7, 8, 9], [200, 100, 50]]);
    let reflection = Reflection { color: "transparent".into(), opacity: Some(0.8), size: None };
    let expected = [&source[..], &[[200, 100, 50, 204], [7, 8, 9, 102]]].concat();
    assert_same(&made(&picture(1, source), reflection), &picture(1, expected));
}

#[test]
fn a_transparent_picture_is_reflected_by_what_is_to_be_seen_of_it() {
    // By hand: 0.75 of an alpha of 0.4 is 0.3, and a quarter of opaque white; that is 0.55 of a pixel, and
    // its colours are (0.3 * 200 + 0.25 * 255) / 0.55 = 225 and so on. Of what is hidden only the white is to
    // be seen.
    let source = [[200, 100, 50, 102], [9, 9, 9, 0]];
    let reflection = Reflection { size: Some(1.0), opacity: Some(0.75), ..Reflection::default() };
    let made_of_first = made(&picture(1, [source[0]]), reflection.clone());
    assert_same(&made_of_first, &picture(1, [source[0], [225, 170, 143, 140]]));
    let made_of_second = made(&picture(1, [source[1]]), reflection);
    assert_same(&made_of_second, &picture(1, [source[1], [255, 255, 255, 64]]));
}
