//! Bytes that are no image, or not all of one, give typed errors.

use rendition_imaging::{ImageError, Limits, inspect};

use crate::corpus;
use crate::picture::{Picture, png, spec};

fn make(bytes: &[u8]) -> Result<rendition_imaging::Encoded, ImageError> {
    rendition_imaging::generate(bytes, &spec([], png()), &Limits::default())
}

fn is_undecodable<T>(result: Result<T, ImageError>) -> bool {
    matches!(result, Err(ImageError::Undecodable { .. }))
}

#[test]
fn empty_input_and_garbage_are_undecodable() {
    for bytes in [&b""[..], b"x", b"<html>not an image</html>", &[0; 5000], b"\xff\xd8\xff", b"GIF89a"] {
        assert!(is_undecodable(inspect(bytes)), "{bytes:?}");
    }
}

#[test]
fn known_formats_that_are_not_read_are_unsupported_by_name() {
    for (bytes, name) in [
        (&b"\0\0\0\x20ftypheic\0\0\0\0"[..], "HEIF"),
        (b"\0\0\x02\0\x01\0", "CUR"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
        (b"\xff\x0a\x00", "JPEG XL"),
    ] {
        match inspect(bytes) {
            Err(ImageError::Unsupported { message }) => assert!(message.contains(name), "{message}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn avif_is_told_apart_from_other_pictures_in_its_container() {
    let bytes = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf";
    match inspect(bytes) {
        Err(ImageError::Undecodable { .. }) if cfg!(feature = "avif") => {}
        Err(ImageError::Unsupported { message }) if !cfg!(feature = "avif") => {
            assert!(message.contains("AVIF"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_cut_off_anywhere_is_never_half_shown() {
    let picture = Picture::scene(120, 90);
    for whole in [picture.png(), picture.jpeg(90), picture.webp()] {
        make(&whole).unwrap();
        for eighth in 0..8 {
            let cut = &whole[..whole.len() * eighth / 8];
            assert!(is_undecodable(make(cut)), "{:?} {eighth}", &whole[..4]);
        }
    }
}

#[test]
fn a_jpeg_without_its_end_marker_has_all_its_pixels() {
    let whole = Picture::scene(120, 90).jpeg(90);
    assert!(whole.ends_with(&[0xff, 0xd9]));
    let made = make(&whole[..whole.len() - 2]);
    assert_eq!(made.unwrap().bytes, make(&whole).unwrap().bytes);
}

#[test]
fn stray_bytes_between_segments_of_a_jpeg_do_no_harm() {
    let whole = Picture::scene(120, 90).jpeg(90);
    let mut stray = whole[..2].to_vec();
    let app0 = 2 + 2 + usize::from(whole[4]) * 256 + usize::from(whole[5]);
    stray.extend_from_slice(&whole[2..app0]);
    stray.extend_from_slice(&[0, 0, 0]);
    stray.extend_from_slice(&whole[app0..]);
    assert_eq!(make(&stray).unwrap().bytes, make(&whole).unwrap().bytes);
}

#[test]
fn a_prefix_that_holds_the_header_is_enough_to_inspect() {
    let picture = Picture::scene(400, 300);
    for whole in [picture.png(), picture.jpeg(90), picture.webp()] {
        let header = inspect(&whole).unwrap();
        let prefix = inspect(&whole[..700]).unwrap();
        assert_eq!(
            (prefix.size, prefix.format, prefix.has_alpha),
            (header.size, header.format, header.has_alpha)
        );
    }
}

#[test]
fn truncated_photographs_are_refused() {
    for name in ["hostile/sharp--truncated.jpg", "hostile/pillow--truncated_image.png"] {
        let Some(bytes) = corpus::read(name) else { return };
        assert!(is_undecodable(make(&bytes)), "{name}");
    }
}

#[test]
fn a_file_is_what_it_holds_not_what_it_is_called() {
    // A WebP whose first kilobyte holds "<svg".
    let Some(bytes) = corpus::read("hostile/libvips--looks-like-svg.webp") else { return };
    assert_eq!(inspect(&bytes).unwrap().format, rendition_imaging::SourceFormat::Webp);
}
