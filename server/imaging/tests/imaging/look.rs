//! What operations do to single pixels: tiny pictures without loss, one operation each, and values that were
//! worked out by hand from what is documented, or with Pillow 13 and pilkit 3.0, whose semantics the
//! operations have. None of them is copied from what the operations gave.

mod adjust;
mod blur;
mod canvas;
mod colors;
mod opacity;
mod overlay;
mod pixelate;
mod reflection;
mod sharpen;
mod sixteen;
mod smart;

use rendition_imaging::{Grayscale, Operation, Size};

use crate::picture::{Picture, generate, png, result};

/// A picture of these pixels, row by row.
fn picture(width: u32, pixels: impl Into<Vec<[u8; 4]>>) -> Picture {
    let pixels = pixels.into();
    Picture { size: Size::new(width, pixels.len() as u32 / width), pixels }
}

/// Opaque grey pixels.
fn gray<const COUNT: usize>(levels: [u8; COUNT]) -> [[u8; 4]; COUNT] {
    levels.map(|level| [level, level, level, 255])
}

/// Opaque pixels.
fn opaque<const COUNT: usize>(colors: [[u8; 3]; COUNT]) -> [[u8; 4]; COUNT] {
    colors.map(|[red, green, blue]| [red, green, blue, 255])
}

/// The same picture with its rows as columns.
fn turned(picture: &Picture) -> Picture {
    Picture::new(picture.size.height, picture.size.width, |x, y| picture.at(y, x))
}

/// What an operation makes of a picture. It has to be the same from files with fewer samples a pixel:
/// operations have other paths for pictures without alpha and without colours.
#[track_caller]
fn made(source: &Picture, operation: impl Into<Operation>) -> Picture {
    made_within(0, source, operation)
}

/// The same, up to so many levels between the paths.
#[track_caller]
fn made_within(levels: u8, source: &Picture, operation: impl Into<Operation>) -> Picture {
    let operation = operation.into();
    let source_png = source.png();
    let made = result(&source_png, [operation.clone()]);
    let assert_alike = |other: Picture| {
        assert_eq!(other.size, made.size);
        let difference = other.largest_difference(&made);
        assert!(difference <= levels, "{difference} levels: {:?} instead of {:?}", other.pixels, made.pixels);
    };
    // Writing leaves off alpha that makes nothing transparent.
    assert_alike(result(&generate(&source_png, [], png()), [operation.clone()]));
    if source.pixels.iter().all(|[red, green, blue, _]| red == green && green == blue) {
        let grey = generate(&source_png, [Grayscale {}.into()], png());
        assert_alike(result(&grey, [operation]));
    }
    made
}

#[track_caller]
fn assert_same(made: &Picture, expected: &Picture) {
    assert_eq!(made.size, expected.size);
    assert_eq!(made.pixels, expected.pixels);
}

/// The same up to one level, for what is rounded elsewhere or otherwise in the source of the expected values.
#[track_caller]
fn assert_near(made: &Picture, expected: &Picture) {
    let difference = made.largest_difference(expected);
    assert!(difference <= 1, "{difference} levels: {:?} instead of {:?}", made.pixels, expected.pixels);
}
