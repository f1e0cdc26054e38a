//! `smart_resize`: which part of the picture is kept, and how large it is. What is cut out without being
//! resized is copied.

use rendition_imaging::{SmartMode, SmartResize, Upscale};

use super::{assert_near, assert_same, made, picture, turned};
use crate::picture::Picture;

const GRAY: [u8; 4] = [60, 60, 60, 255];
const RED: [u8; 4] = [255, 0, 0, 255];

fn smart(side: u32, mode: SmartMode) -> SmartResize {
    SmartResize { width: side, height: side, mode, ..SmartResize::default() }
}

/// The columns of a picture as high as wide that begin with this one.
fn square(source: &Picture, left: u32) -> Picture {
    Picture::new(source.size.height, source.size.height, |x, y| source.at(x + left, y))
}

/// Faint noise at the left, and red columns at the right, on grey.
fn noise_and_red() -> Picture {
    Picture::new(30, 6, |x, y| match x {
        0..6 => {
            let level = (60 + (x * 7 + y * 5 + x * y * 3) % 16) as u8;
            [level, level, level, 255]
        }
        20..24 => RED,
        _ => GRAY,
    })
}

#[test]
fn by_attention_the_box_lies_on_what_catches_the_eye() {
    // By hand: of the colours the red ones are saturated, and beside them, in columns 19 and 24, is an edge.
    // Nothing else is worth as much.
    let source = noise_and_red();
    for operation in [smart(6, SmartMode::Attention), smart(6, SmartMode::default())] {
        assert_same(&made(&source, operation.clone()), &square(&source, 19));
        assert_same(&made(&turned(&source), operation), &turned(&square(&source, 19)));
    }
}

#[test]
fn by_entropy_the_box_lies_where_pilkits_does() {
    // `pilkit.processors.SmartResize(6, 6)` keeps the columns from 0, and of noise in columns 11 to 18 those
    // from 10.
    let noise = Picture::new(30, 6, |x, y| {
        let level = if (11..19).contains(&x) { (60 + (x * 7 + y * 5 + x * y * 3) % 64) as u8 } else { 60 };
        [level, level, level, 255]
    });
    for (source, left) in [(noise_and_red(), 0), (noise, 10)] {
        let operation = smart(6, SmartMode::Entropy);
        assert_same(&made(&source, operation.clone()), &square(&source, left));
        assert_same(&made(&turned(&source), operation), &turned(&square(&source, left)));
    }
}

/// Red at the right.
fn red_end() -> Picture {
    Picture::new(24, 8, |x, _| if x >= 16 { RED } else { GRAY })
}

#[test]
fn a_picture_is_resized_to_cover_before_its_box_is_looked_for() {
    // The last four of the twelve columns that Pillow's `resize((12, 4), Image.LANCZOS)` makes. Its ringing
    // may be rounded to another level, but what is cut out and then resized has no grey in it.
    let made = made(&red_end(), smart(4, SmartMode::Attention));
    let columns = [[245, 3, 3, 255], [255, 0, 0, 255], [254, 0, 0, 255], [255, 0, 0, 255]];
    assert_near(&made, &picture(4, columns.repeat(4)));
}

#[test]
fn only_where_it_is_allowed_are_pixels_enlarged() {
    let box_of_source = made(&red_end(), smart(100, SmartMode::Attention));
    assert_same(&box_of_source, &Picture::new(8, 8, |_, _| RED));
    let large = SmartResize { upscale: Upscale::Allow, ..smart(100, SmartMode::Attention) };
    let large = made(&red_end(), large);
    assert_eq!((large.size.width, large.size.height), (100, 100));
    assert_eq!(large.at(80, 50), RED);
}
