//! What goes with the pixels: nothing by default, and what was asked for otherwise.

use rendition_imaging::{
    ColorProfile, Grayscale, Jpeg, Limits, Metadata, Orientation, Output, Png, ResizeToFit, Spec, Webp,
    generate, inspect,
};

#[cfg(feature = "avif")]
use rendition_imaging::Avif;

use crate::corpus;
use crate::picture::Picture;

const OUTPUTS: &[fn() -> Output] = &[
    || Output::Jpeg(Jpeg::default()),
    || Output::Png(Png::default()),
    || Output::Webp(Webp::default()),
    #[cfg(feature = "avif")]
    || Output::Avif(Avif { speed: Some(8), ..Avif::default() }),
];

fn made(bytes: &[u8], spec: &Spec) -> Vec<u8> {
    let made = generate(bytes, spec, &Limits::default()).unwrap();
    // Whatever is put into the file, it stays one that is read.
    assert_eq!(inspect(&made.bytes).unwrap().size, made.size);
    Picture::read(&made.bytes);
    made.bytes
}

fn fit(output: Output) -> Spec {
    Spec::new(vec![ResizeToFit { width: 60, ..ResizeToFit::default() }.into()], output)
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// A JPEG, turned by a quarter, with a copyright, a camera's name and a place.
fn tagged() -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x04\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        exif.extend_from_slice(&tag.to_le_bytes());
        exif.extend_from_slice(&kind.to_le_bytes());
        exif.extend_from_slice(&count.to_le_bytes());
        exif.extend_from_slice(&value);
    };
    entry(0x0110, 2, 4, *b"Cam\0");
    entry(0x0112, 3, 1, [6, 0, 0, 0]);
    entry(0x8298, 2, 12, 62u32.to_le_bytes());
    entry(0x8825, 4, 1, 200u32.to_le_bytes());
    exif.extend_from_slice(&[0; 4]);
    exif.extend_from_slice(b"(c) A. Name\0");
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation=\"6\" note=\"kept\"/>";
    let jpeg = Picture::scene(90, 60).jpeg(90);
    let mut tagged = jpeg[..2].to_vec();
    for segment in [exif.as_slice(), xmp] {
        tagged.extend_from_slice(&[0xff, 0xe1]);
        tagged.extend_from_slice(&(segment.len() as u16 + 2).to_be_bytes());
        tagged.extend_from_slice(segment);
    }
    tagged.extend_from_slice(&jpeg[2..]);
    tagged
}

#[test]
fn nothing_is_kept_by_default() {
    for output in OUTPUTS {
        let made = made(&tagged(), &fit(output()));
        for text in [b"A. Name".as_slice(), b"Cam", b"note", b"ICC", b"iCCP"] {
            assert!(!holds(&made, text), "{text:?}");
        }
    }
}

#[test]
fn what_is_asked_for_is_kept_and_the_orientation_is_reset() {
    for output in OUTPUTS {
        let spec = |metadata| Spec { metadata, ..fit(output()) };
        let all = made(&tagged(), &spec(Metadata::All));
        assert!(holds(&all, b"A. Name") && holds(&all, b"Cam") && holds(&all, b"note=\"kept\""));
        assert!(holds(&all, b"tiff:Orientation=\"1\""));
        let header = inspect(&all).unwrap();
        assert_eq!(header.orientation, Orientation::Normal);
        assert!(header.size.width < header.size.height && header.has_icc);
        let copyright = made(&tagged(), &spec(Metadata::Copyright));
        assert!(holds(&copyright, b"A. Name") && !holds(&copyright, b"Cam") && !holds(&copyright, b"note"));
        let icc = made(&tagged(), &spec(Metadata::Icc));
        assert!(!holds(&icc, b"A. Name") && inspect(&icc).unwrap().has_icc);
        // The profile says sRGB, so reading with it and without it is the same.
        let plain = made(&tagged(), &spec(Metadata::Strip));
        assert_eq!(Picture::read(&icc).largest_difference(&Picture::read(&plain)), 0);
    }
}

#[test]
fn a_kept_profile_describes_pixels_that_did_not_change() {
    let Some(bytes) = corpus::read("icc/widegamut--rgb-to-gbr-test.jpg") else { return };
    for output in OUTPUTS {
        let keep = Spec { color_profile: ColorProfile::Keep, ..fit(output()) };
        let kept = made(&bytes, &keep);
        assert!(inspect(&kept).unwrap().has_icc);
        let converted = made(&bytes, &fit(output()));
        assert!(!inspect(&converted).unwrap().has_icc);
        // Read by the profile, the one looks like the other; the colours are exchanged, so it would show.
        assert!(Picture::read(&kept).mean_difference(&Picture::read(&converted)) < 6.0);
        let grey = Spec { operations: vec![Grayscale::default().into()], ..keep };
        assert!(!inspect(&made(&bytes, &grey)).unwrap().has_icc);
    }
}
