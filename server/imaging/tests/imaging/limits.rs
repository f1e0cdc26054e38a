//! Limits hold before a pixel is decoded.

use rendition_imaging::{
    Format, ImageError, Jpeg, Limits, Operation, Output, Plan, Resize, ResizeToFit, Size, Upscale, Webp,
    inspect,
};

use crate::picture::{Picture, png, spec};

/// A PNG of a few bytes whose header promises this size.
fn promise(size: Size) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend_from_slice(&size.width.to_be_bytes());
    bytes.extend_from_slice(&size.height.to_be_bytes());
    bytes.extend_from_slice(&[8, 2, 0, 0, 0]);
    bytes.extend_from_slice(&[0; 4]);
    bytes
}

fn exceeded(
    bytes: &[u8],
    operation: Option<Operation>,
    output: Output,
    limits: &Limits,
) -> (&'static str, u64) {
    match rendition_imaging::generate(bytes, &spec(operation, output), limits) {
        Err(ImageError::LimitExceeded { limit, value, maximum, message }) => {
            assert!(value > maximum && !message.is_empty());
            (limit, value)
        }
        other => panic!("{:?}", other.map(|encoded| encoded.size)),
    }
}

#[test]
fn a_header_that_promises_too_many_pixels_is_refused() {
    let bytes = promise(Size::new(10_001, 10_000));
    let refused = exceeded(&bytes, None, png(), &Limits::default());
    assert_eq!(refused, ("max_source_pixels", 100_010_000));
}

#[test]
fn a_header_that_promises_what_the_bytes_do_not_hold_is_undecodable() {
    let spec = spec([], png());
    let made = rendition_imaging::generate(&promise(Size::new(3000, 3000)), &spec, &Limits::default());
    assert!(matches!(made, Err(ImageError::Undecodable { .. })), "{:?}", made.map(|made| made.size));
}

#[test]
fn results_beyond_a_limit_are_refused_also_on_the_way() {
    let bytes = Picture::scene(10, 10).png();
    let limits = Limits { max_output_pixels: 1000, max_side: 300, ..Limits::default() };
    let wide = Resize { width: 301, height: 1, upscale: Upscale::Allow, ..Resize::default() };
    assert_eq!(exceeded(&bytes, Some(wide.into()), png(), &limits), ("max_side", 301));
    let many = Resize { width: 100, height: 11, upscale: Upscale::Allow, ..Resize::default() };
    assert_eq!(exceeded(&bytes, Some(many.clone().into()), png(), &limits), ("max_output_pixels", 1100));
    let back: Operation = Resize { width: 5, height: 5, ..Resize::default() }.into();
    let both = spec([many.into(), back], png());
    assert!(rendition_imaging::generate(&bytes, &both, &limits).is_err());
}

#[test]
fn a_long_thin_image_enlarged_by_one_side_does_not_overflow() {
    let bytes = Picture::scene(1, 3000).png();
    let fit = ResizeToFit { width: 65_535, upscale: Upscale::Allow, ..ResizeToFit::default() };
    let (limit, value) = exceeded(&bytes, Some(fit.into()), png(), &Limits::default());
    assert_eq!((limit, value), ("max_side", 3000 * 65_535));
}

#[test]
fn what_a_format_cannot_hold_names_the_format_and_the_side() {
    let bytes = Picture::new(16_384, 1, |_, _| [0, 0, 0, 255]).png();
    assert_eq!(
        exceeded(&bytes, None, Output::Webp(Webp::default()), &Limits::default()),
        ("max_side", 16_384)
    );
    let bytes = Picture::new(1, 65_536, |_, _| [0, 0, 0, 255]).png();
    let limits = Limits { max_side: u32::MAX, ..Limits::default() };
    let made = rendition_imaging::generate(&bytes, &spec([], Output::Jpeg(Jpeg::default())), &limits);
    let message = made.unwrap_err().to_string();
    assert!(message.contains("jpeg") && message.contains("65535") && message.contains("65536"), "{message}");
    assert_eq!(Format::Webp.max_side(), 16_383);
}

#[test]
fn the_estimate_covers_source_plane_and_result() {
    let bytes = Picture::scene(800, 600).jpeg(90);
    let header = inspect(&bytes).unwrap();
    let plan = |operations: Option<Operation>| {
        let spec = spec(operations, Output::Jpeg(Jpeg::default()));
        Plan::new(&header, bytes.len() as u64, &spec, &Limits::default()).unwrap().memory_bytes()
    };
    let whole = plan(None);
    assert!(whole > bytes.len() as u64 + 800 * 600 * 3);
    let small = plan(Some(ResizeToFit { width: 50, ..ResizeToFit::default() }.into()));
    assert!(small < whole);
}
