//! `overlay`: where the image lies, how large it is, and how it is mixed.

use std::sync::Arc;

use rendition_imaging::{Anchor, Limits, Overlay, OverlayImage, Size};

use super::{assert_near, assert_same, gray, made, picture};
use crate::picture::Picture;

const GREEN: [u8; 4] = [0, 200, 0, 255];
const RED: [u8; 4] = [255, 0, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];

fn overlay(image: &Picture) -> Overlay {
    let image = OverlayImage::decode(&image.png(), b"image".to_vec(), &Limits::default()).unwrap();
    Overlay { name: "image".into(), image: Some(Arc::new(image)), ..Overlay::default() }
}

fn filled(width: u32, height: u32, color: [u8; 4]) -> Picture {
    Picture::new(width, height, |_, _| color)
}

/// A picture with a box of another colour on it.
fn boxed(size: (u32, u32), below: [u8; 4], (left, top): (u32, u32), of: Size, color: [u8; 4]) -> Picture {
    Picture::new(size.0, size.1, |x, y| {
        let is_inside = (left..left + of.width).contains(&x) && (top..top + of.height).contains(&y);
        if is_inside { color } else { below }
    })
}

/// Red beside blue, with its top left corner at this place of 6 x 5 green pixels.
fn marked((left, top): (u32, u32)) -> Picture {
    let mut marked = filled(6, 5, GREEN);
    let at = (top * 6 + left) as usize;
    marked.pixels[at..at + 2].copy_from_slice(&[RED, BLUE]);
    marked
}

#[test]
fn an_overlay_lies_at_its_anchor() {
    let (source, mark) = (filled(6, 5, GREEN), picture(2, [RED, BLUE]));
    // With a margin of none, and of one.
    let rows = [
        (Some(Anchor::TopLeft), (0, 0), (1, 1)),
        (Some(Anchor::Top), (2, 0), (2, 1)),
        (Some(Anchor::TopRight), (4, 0), (3, 1)),
        (Some(Anchor::Left), (0, 2), (1, 2)),
        (Some(Anchor::Center), (2, 2), (2, 2)),
        (Some(Anchor::Right), (4, 2), (3, 2)),
        (Some(Anchor::BottomLeft), (0, 4), (1, 3)),
        (Some(Anchor::Bottom), (2, 4), (2, 3)),
        (Some(Anchor::BottomRight), (4, 4), (3, 3)),
        (None, (4, 4), (3, 3)),
    ];
    for (anchor, place, with_margin) in rows {
        let overlay = |margin| Overlay { anchor, margin, ..overlay(&mark) };
        assert_same(&made(&source, overlay(0)), &marked(place));
        assert_same(&made(&source, overlay(1)), &marked(with_margin));
    }
}

#[test]
fn the_longer_side_of_an_overlay_is_scaled_to_its_fraction_of_the_picture() {
    let source = filled(12, 8, GREEN);
    let expected = |width, height| boxed((12, 8), GREEN, (0, 0), Size::new(width, height), RED);
    let scaled = |width, height, scale| {
        let overlay = overlay(&filled(width, height, RED));
        made(&source, Overlay { scale, anchor: Some(Anchor::TopLeft), ..overlay })
    };
    // Half of 12 across; half of 8 down; and a quarter of 12, where the image is made smaller.
    assert_same(&scaled(2, 1, 0.5), &expected(6, 3));
    assert_same(&scaled(1, 2, 0.5), &expected(2, 4));
    assert_same(&scaled(6, 2, 0.25), &expected(3, 1));
    // All of 12 across would be 12 down: it is made to fit.
    assert_same(&scaled(3, 3, 1.0), &expected(8, 8));
    // No scale is the image's own size.
    assert_same(&scaled(5, 3, 0.0), &expected(5, 3));
}

#[test]
fn an_overlay_is_made_to_fit_inside_the_margins() {
    let source = filled(6, 6, GREEN);
    for (scale, expected) in [(0.0, Size::new(4, 2)), (1.0, Size::new(4, 2)), (0.5, Size::new(3, 2))] {
        let overlay = Overlay { scale, margin: 1, ..overlay(&filled(8, 4, RED)) };
        let corner = (5 - expected.width, 5 - expected.height);
        let expected = boxed((6, 6), GREEN, corner, expected, RED);
        // 1.5 rows are rounded to 2.
        assert_same(&made(&source, overlay), &expected);
    }
}

/// Four of these, so that one lies on every pixel of [`below`].
fn above(color: [u8; 4]) -> Overlay {
    overlay(&picture(4, [color; 4]))
}

fn below() -> Picture {
    picture(4, [255, 128, 0, 51].map(|alpha| [0, 200, 0, alpha]))
}

#[test]
fn colours_are_mixed_by_what_is_to_be_seen_of_both() {
    // Pillow's `Image.alpha_composite`, which rounds its shares.
    let rows = [
        (255, [[100, 0, 250, 255]; 4]),
        (128, [[50, 100, 125, 255], [67, 66, 167, 192], [100, 0, 250, 128], [83, 33, 209, 153]]),
        (64, [[25, 150, 63, 255], [40, 120, 100, 160], [100, 0, 250, 64], [63, 75, 157, 102]]),
    ];
    for (alpha, expected) in rows {
        assert_near(&made(&below(), above([100, 0, 250, alpha])), &picture(4, expected));
    }
}

#[test]
fn an_overlays_opacity_is_multiplied_into_its_alpha() {
    // As above: half of an alpha of 128 is 64.
    let expected = [[25, 150, 63, 255], [40, 120, 100, 160], [100, 0, 250, 64], [63, 75, 157, 102]];
    let half = Overlay { opacity: Some(0.5), ..above([100, 0, 250, 128]) };
    assert_near(&made(&below(), half), &picture(4, expected));
    let mut hidden = below().pixels;
    for overlay in [Overlay { opacity: Some(0.0), ..above([100, 0, 250, 255]) }, above([100, 0, 250, 0])] {
        let mut made = made(&below(), overlay).pixels;
        // What the third pixel hides is nobody's business.
        for pixels in [&mut made, &mut hidden] {
            pixels[2][..3].fill(0);
        }
        assert_eq!(made, hidden);
    }
}

#[test]
fn an_overlay_keeps_its_colours_on_a_grey_picture() {
    let made = made(&picture(2, gray([80, 80])), overlay(&picture(1, [[100, 0, 250, 255]])));
    assert_same(&made, &picture(2, [[80, 80, 80, 255], [100, 0, 250, 255]]));
}
