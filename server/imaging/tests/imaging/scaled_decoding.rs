//! Decoding to less than the full size looks like decoding to the full size.

use rendition_imaging::{
    Crop, Header, Limits, OnDamaged, Operation, Output, Plan, Png, ResizeToFill, ResizeToFit, ScaledDecoding,
    Spec, decode, inspect, render,
};

use crate::corpus;
use crate::picture::{Picture, generate, png};

fn spec(operations: &[Operation], scaled_decoding: ScaledDecoding) -> Spec {
    Spec { scaled_decoding, ..Spec::new(operations.to_vec(), Output::Png(Png::default())) }
}

/// What a JPEG gives in this mode, and how many pixels were decoded for it.
fn scaled(bytes: &[u8], operations: &[Operation], mode: ScaledDecoding) -> (Picture, u64) {
    let header: Header = inspect(bytes).unwrap();
    let spec = spec(operations, mode);
    let plan = Plan::new(&header, bytes.len() as u64, &spec, &Limits::default()).unwrap();
    let plane = decode(bytes, &header, plan.decode()).unwrap();
    (Picture::read(&render(&plane, &plan).unwrap().bytes), plane.size().pixels())
}

/// What the same pixels give without scaled decoding: they go through a PNG first.
fn full(bytes: &[u8], operations: &[Operation]) -> Picture {
    let whole = generate(bytes, [], png());
    Picture::read(&generate(&whole, operations.to_vec(), png()))
}

/// The least structural similarity that each mode keeps with a full decode.
const LEAST: [(ScaledDecoding, f64); 2] = [(ScaledDecoding::Quality, 0.985), (ScaledDecoding::Speed, 0.93)];

fn assert_similar(name: &str, bytes: &[u8], operations: &[Operation]) {
    let reference = full(bytes, operations);
    for (mode, least) in LEAST {
        let (picture, _) = scaled(bytes, operations, mode);
        let similarity = picture.ssim(&reference);
        println!("{name} {mode:?}: ssim {similarity:.4}");
        assert!(similarity >= least, "{name} {mode:?}: {similarity}");
    }
}

#[test]
fn photographs_keep_their_structure() {
    let fit = [ResizeToFit { width: 300, height: 300, ..ResizeToFit::default() }.into()];
    let fill = [ResizeToFill { width: 400, height: 300, ..ResizeToFill::default() }.into()];
    for name in ["sharp--2569067123_aca715a2ee_o.jpg", "libjxl--flower.png.im_q85_420.jpg"] {
        let Some(bytes) = corpus::read(&format!("photos/{name}")) else { return };
        assert_similar(name, &bytes, &fit);
        assert_similar(name, &bytes, &fill);
    }
}

#[test]
fn a_side_that_is_no_multiple_of_eight_does_not_shift_the_picture() {
    // At 1/8, 1001 columns become 126, the last of them one eighth full: a resizer that took the
    // plane for the whole image would squeeze it by 0.7 %, a pixel and more at the right side.
    let bytes = Picture::scene(1001, 1003).jpeg(95);
    let fit: [Operation; 1] = [ResizeToFit { width: 120, ..ResizeToFit::default() }.into()];
    assert_similar("scene", &bytes, &fit);
}

#[test]
fn a_crop_alone_keeps_every_pixel() {
    let bytes = Picture::scene(300, 200).jpeg(90);
    let crop: [Operation; 1] = [Crop { width: 64, height: 64, ..Crop::default() }.into()];
    assert_eq!(scaled(&bytes, &crop, ScaledDecoding::Speed).0, full(&bytes, &crop));
}

/// What only libjpeg-turbo can do.
#[cfg(feature = "turbojpeg")]
mod less_than_everything {
    use rendition_imaging::{Anchor, Offset, Upscale};

    use super::*;
    use crate::picture::result;

    #[test]
    fn the_plane_is_as_small_as_the_mode_allows() {
        let bytes = Picture::scene(1600, 1200).jpeg(90);
        let fit: [Operation; 1] = [ResizeToFit { width: 200, height: 200, ..ResizeToFit::default() }.into()];
        assert_eq!(scaled(&bytes, &fit, ScaledDecoding::Speed).1, 200 * 150);
        assert_eq!(scaled(&bytes, &fit, ScaledDecoding::Quality).1, 400 * 300);
    }

    #[test]
    fn a_crop_before_the_resize_is_scaled_only_where_it_stays_exact() {
        let bytes = Picture::scene(1600, 1200).jpeg(95);
        let fit: Operation = ResizeToFit { width: 100, ..ResizeToFit::default() }.into();
        let crop = |x| Crop { width: 800, height: 600, offset: Some(Offset { x, y: 16 }), ..Crop::default() };
        let exact = [crop(24).into(), fit.clone()];
        assert!(scaled(&bytes, &exact, ScaledDecoding::Speed).1 < 130 * 100);
        assert_similar("exact crop", &bytes, &exact);
        let odd = [crop(25).into(), fit];
        assert!(scaled(&bytes, &odd, ScaledDecoding::Speed).1 > 800 * 600);
        assert!(scaled(&bytes, &odd, ScaledDecoding::Speed).0.ssim(&full(&bytes, &odd)) > 0.999);
    }

    #[test]
    fn only_the_part_that_is_kept_is_decoded_and_it_looks_the_same() {
        let source = Picture::scene(1203, 907);
        let fill = |width, height, anchor| -> [Operation; 1] {
            let anchor = Some(anchor);
            let fill =
                ResizeToFill { width, height, anchor, upscale: Upscale::Allow, ..ResizeToFill::default() };
            [fill.into()]
        };
        let bytes = source.jpeg(90);
        let whole = Picture::read(&bytes).png();
        for anchor in [Anchor::TopLeft, Anchor::Center, Anchor::BottomRight] {
            for (width, height) in [(700, 100), (100, 700), (601, 903), (1500, 200)] {
                let operations = fill(width, height, anchor);
                let (made, decoded) = scaled(&bytes, &operations, ScaledDecoding::Quality);
                assert!(decoded < 1203 * 907 * 7 / 8, "{width}x{height} {anchor:?}: {decoded}");
                let expected = result(&whole, operations);
                let difference = made.largest_difference(&expected);
                assert!(difference <= 1, "{width}x{height} {anchor:?}: {difference}");
            }
        }
    }
}

/// A damaged image may be taken only if its rows are read one by one at their full size: the same spec without shrinking.
fn whole(bytes: &[u8], operations: &[Operation]) -> Picture {
    let spec = Spec { on_damaged: OnDamaged::Accept, ..spec(operations, ScaledDecoding::Quality) };
    Picture::read(&rendition_imaging::generate(bytes, &spec, &Limits::default()).unwrap().bytes)
}

#[test]
fn images_without_scales_of_their_own_are_shrunk_while_they_are_decoded_and_look_the_same() {
    let opaque = Picture::scene(1201, 803);
    let round = |x: u32, y: u32| ((x * x + y * y) % 256) as u8;
    let mut clear = opaque.clone();
    for (index, pixel) in clear.pixels.iter_mut().enumerate() {
        pixel[3] = round(index as u32 % 1201 / 40, index as u32 / 1201 / 40);
    }
    for picture in [opaque, clear] {
        for bytes in [picture.png(), picture.webp()] {
            for operation in [
                Operation::from(ResizeToFit { width: 200, ..ResizeToFit::default() }),
                ResizeToFill { width: 130, height: 130, ..ResizeToFill::default() }.into(),
            ] {
                let (shrunk, pixels) =
                    scaled(&bytes, std::slice::from_ref(&operation), ScaledDecoding::Quality);
                assert!(pixels <= 1201 * 803 / 4 + 2004, "{pixels}");
                let whole = whole(&bytes, &[operation]);
                assert!(shrunk.ssim(&whole) > 0.95, "{}", shrunk.ssim(&whole));
                assert!(shrunk.mean_difference(&whole) < 2.0, "{}", shrunk.mean_difference(&whole));
            }
        }
    }
}
