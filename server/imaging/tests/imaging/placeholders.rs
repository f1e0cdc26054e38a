//! Placeholders: small, the same for every format, and of the right colour.

use rendition_imaging::{Limits, Placeholder, inspect, placeholder, placeholder_plan};

use crate::picture::Picture;

fn of(bytes: &[u8]) -> Placeholder {
    let header = inspect(bytes).unwrap();
    let plan = placeholder_plan(&header, bytes.len() as u64, &Limits::default()).unwrap();
    placeholder(bytes, &header, &plan).unwrap()
}

#[test]
fn the_dominant_colour_is_that_of_most_pixels_and_the_hash_is_small() {
    let red =
        Picture::new(400, 300, |x, _| if x < 260 { [200, 30, 20, 255] } else { [x as u8, 200, 90, 255] });
    for bytes in [red.png(), red.webp(), red.jpeg(95)] {
        let placeholder = of(&bytes);
        let close = placeholder.dominant_color.iter().zip([200, 30, 20]).all(|(a, b)| a.abs_diff(b) <= 4);
        assert!(close, "{:?}", placeholder.dominant_color);
        assert!((5..=30).contains(&placeholder.thumbhash.len()));
    }
}

#[test]
fn the_hash_of_a_known_image_is_the_known_one() {
    // One colour: the constants alone, as the reference implementation writes them.
    let grey = Picture::new(64, 64, |_, _| [128, 128, 128, 255]);
    let [a, b, c, ..] = *of(&grey.png()).thumbhash else { panic!("too short") };
    let header = u32::from_le_bytes([a, b, c, 0]);
    // Lightness 63 * 128 / 255, and both colour differences in the middle of 0 to 63.
    assert_eq!((header & 63, header >> 6 & 63, header >> 12 & 63, header >> 23), (32, 32, 32, 0));
}

#[test]
fn what_is_transparent_does_not_count() {
    let dot =
        Picture::new(100, 100, |x, y| if x < 10 && y < 10 { [10, 20, 250, 255] } else { [255, 0, 0, 0] });
    assert_eq!(of(&dot.png()).dominant_color, [10, 20, 250]);
}
