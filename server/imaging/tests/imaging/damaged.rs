//! Sources of which pixels are missing: refused, or taken if nearly all is there.

use rendition_imaging::{Encoded, ImageError, Limits, OnDamaged, ResizeToFit, Spec, generate};

use crate::picture::{Picture, png};

fn made(bytes: &[u8], on_damaged: OnDamaged) -> Result<Encoded, ImageError> {
    let fit = ResizeToFit { width: 100, ..ResizeToFit::default() };
    generate(bytes, &Spec { on_damaged, ..Spec::new(vec![fit.into()], png()) }, &Limits::default())
}

/// Rough everywhere, so that a part of the bytes is about the same part of the rows.
fn noise() -> Picture {
    let level = |x: u32, y: u32| ((x * 7919 + y * 104_729 + x * y * 31) >> 3) as u8;
    Picture::new(300, 400, |x, y| [level(x, y), level(x + 5, y), level(x, y + 9), 255])
}

#[test]
fn nearly_whole_images_are_taken_where_that_is_asked_and_flagged() {
    let lossy = rendition_imaging::Webp::default();
    let webp = generate(
        &noise().png(),
        &Spec::new(vec![], rendition_imaging::Output::Webp(lossy)),
        &Limits::default(),
    );
    let mut sources = vec![("png", noise().png()), ("webp", webp.unwrap().bytes)];
    // The decoder without C does not tell how much is missing, so with it all of these are refused.
    if cfg!(feature = "turbojpeg") {
        sources.push(("jpeg", noise().jpeg(90)));
    }
    for (name, whole) in sources {
        let part = |percent: usize| &whole[..whole.len() * percent / 100];
        for on_damaged in [OnDamaged::Refuse, OnDamaged::Accept] {
            assert!(!made(&whole, on_damaged).unwrap().is_damaged, "{name}");
            let error = made(part(70), on_damaged).unwrap_err();
            assert!(matches!(error, ImageError::Undecodable { .. }), "{name}: {error}");
        }
        let error = made(part(97), OnDamaged::Refuse).unwrap_err();
        assert!(matches!(error, ImageError::Undecodable { .. }), "{name}: {error}");
        let taken = made(part(97), OnDamaged::Accept).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(taken.is_damaged, "{name}");
        // The rows that are there are what they were, but for a little: where rows are missing, a PNG with alpha is transparent
        // and so resized in 16 bits, which hold what noise makes larger than 8 bits do between the two passes.
        let (ours, whole) =
            (Picture::read(&taken.bytes), Picture::read(&made(&whole, OnDamaged::Refuse).unwrap().bytes));
        let rows = (ours.size.height as usize * 9 / 10) * ours.size.width as usize;
        let pixels = ours.pixels.iter().zip(&whole.pixels).take(rows - 300);
        let difference =
            pixels.flat_map(|(ours, whole)| ours.iter().zip(whole)).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(difference <= Some(8), "{name}: {difference:?}");
    }
}

#[test]
fn a_harmless_warning_hides_no_missing_pixels() {
    let whole = noise().jpeg(90);
    let app0 = 4 + usize::from(whole[4]) * 256 + usize::from(whole[5]);
    // A decoder tells of these bytes, and then of nothing else.
    let stray = [&whole[..app0], &[0, 0, 0], &whole[app0..]].concat();
    let part = |percent: usize| &stray[..stray.len() * percent / 100];
    let closed = |part: &[u8]| [part, &[0xff, 0xd9]].concat();
    assert!(!made(&stray, OnDamaged::Refuse).unwrap().is_damaged);
    for cut in [part(50).to_vec(), closed(part(50)), part(97).to_vec(), closed(part(97))] {
        let error = made(&cut, OnDamaged::Refuse).unwrap_err();
        assert!(matches!(error, ImageError::Undecodable { .. }), "{error}");
    }
    if cfg!(feature = "turbojpeg") {
        assert!(made(part(50), OnDamaged::Accept).is_err());
        assert!(made(part(97), OnDamaged::Accept).unwrap().is_damaged);
        assert!(made(&closed(part(97)), OnDamaged::Accept).unwrap().is_damaged);
    }
}
