//! `add_border` and `resize_canvas`: where the picture lies, and what lies around it.

use rendition_imaging::{AddBorder, Anchor, Offset, ResizeCanvas};

use super::{assert_same, gray, made, picture};
use crate::picture::Picture;

/// Pixels that differ from each other, half of them transparent.
fn source(width: u32, height: u32) -> Picture {
    Picture::new(width, height, |x, y| [100 + x as u8, 150 + y as u8, 7, if x % 2 == 0 { 255 } else { 90 }])
}

/// The source with its top left corner at a place of a larger or smaller canvas.
fn expected(source: &Picture, (width, height): (u32, u32), corner: (i32, i32), color: [u8; 4]) -> Picture {
    Picture::new(width, height, |x, y| {
        let (x, y) = (x.checked_add_signed(-corner.0), y.checked_add_signed(-corner.1));
        match (x, y) {
            (Some(x), Some(y)) if x < source.size.width && y < source.size.height => source.at(x, y),
            _ => color,
        }
    })
}

#[test]
fn a_border_is_black_and_as_thick_on_each_side() {
    let source = source(3, 2);
    let border = AddBorder { thickness: 2, ..AddBorder::default() };
    assert_same(&made(&source, border), &expected(&source, (7, 6), (2, 2), [0, 0, 0, 255]));
}

#[test]
fn a_border_has_its_own_width_on_the_sides_that_are_named() {
    let source = source(3, 2);
    let border = AddBorder { color: "#0a141e80".into(), thickness: 5, ..AddBorder::default() };
    let color = [10, 20, 30, 128];
    let all = AddBorder { top: Some(0), right: Some(1), bottom: Some(2), left: Some(3), ..border.clone() };
    assert_same(&made(&source, all), &expected(&source, (7, 4), (3, 0), color));
    let one = AddBorder { right: Some(1), ..border };
    assert_same(&made(&source, one), &expected(&source, (9, 12), (5, 5), color));
}

#[test]
fn a_border_gives_grey_pictures_colours_and_opaque_ones_alpha() {
    for (text, color) in [("#f00", [255, 0, 0, 255]), ("#ff000033", [255, 0, 0, 51])] {
        let border = AddBorder { left: Some(1), color: text.into(), ..AddBorder::default() };
        assert_same(&made(&picture(1, gray([80])), border), &picture(2, [color, [80, 80, 80, 255]]));
    }
}

#[test]
fn a_picture_lies_on_a_larger_canvas_at_its_anchor() {
    // pilkit's places: the anchor's fraction of 3 and of 4 free pixels, cut off to whole ones.
    let rows = [
        (Some(Anchor::TopLeft), (0, 0)),
        (Some(Anchor::Top), (1, 0)),
        (Some(Anchor::TopRight), (3, 0)),
        (Some(Anchor::Left), (0, 2)),
        (Some(Anchor::Center), (1, 2)),
        (Some(Anchor::Right), (3, 2)),
        (Some(Anchor::BottomLeft), (0, 4)),
        (Some(Anchor::Bottom), (1, 4)),
        (Some(Anchor::BottomRight), (3, 4)),
        (None, (1, 2)),
    ];
    let source = source(3, 2);
    for (anchor, corner) in rows {
        let canvas = ResizeCanvas { width: 6, height: 6, anchor, ..ResizeCanvas::default() };
        assert_same(&made(&source, canvas), &expected(&source, (6, 6), corner, [0; 4]));
    }
}

#[test]
fn what_reaches_out_of_a_smaller_canvas_is_cut_off_at_the_other_sides() {
    // pilkit's places: the anchor's fraction of -3 and of 2 free pixels, cut off towards none.
    let rows = [
        (Anchor::TopLeft, (0, 0)),
        (Anchor::Top, (-1, 0)),
        (Anchor::TopRight, (-3, 0)),
        (Anchor::Left, (0, 1)),
        (Anchor::Center, (-1, 1)),
        (Anchor::Right, (-3, 1)),
        (Anchor::BottomLeft, (0, 2)),
        (Anchor::Bottom, (-1, 2)),
        (Anchor::BottomRight, (-3, 2)),
    ];
    let source = source(5, 2);
    for (anchor, corner) in rows {
        let color = "#0a141e".to_owned();
        let canvas = ResizeCanvas { width: 2, height: 4, color, anchor: Some(anchor), offset: None };
        assert_same(&made(&source, canvas), &expected(&source, (2, 4), corner, [10, 20, 30, 255]));
    }
}

#[test]
fn a_picture_lies_on_a_canvas_at_its_offset() {
    let source = source(4, 4);
    let canvas = |width, height, x, y| {
        let color = "#0a141e80".to_owned();
        ResizeCanvas { width, height, color, anchor: None, offset: Some(Offset { x, y }) }
    };
    let color = [10, 20, 30, 128];
    assert_same(&made(&source, canvas(7, 6, 2, 1)), &expected(&source, (7, 6), (2, 1), color));
    // Partly and wholly outside.
    assert_same(&made(&source, canvas(4, 4, 1, 2)), &expected(&source, (4, 4), (1, 2), color));
    assert_same(&made(&source, canvas(3, 2, 3, 0)), &expected(&source, (3, 2), (3, 0), color));
}
