//! Colour: profiles end in sRGB, whatever the way.

use moxcms::{ColorProfile, ToneReprCurve};
use rendition_imaging::{ImageError, Limits, Output, ResizeToFit, Spec, Webp, inspect};

use crate::corpus;
use crate::picture::{Picture, generate, png, result};

/// A PNG of one colour with an ICC profile.
fn tagged(color: [u8; 4], icc: &[u8]) -> Vec<u8> {
    let mut chunk = b"profile\0\0".to_vec();
    chunk.extend_from_slice(&zlib_stored(icc));
    Picture::new(40, 30, |_, _| color).png_with(&[(b"iCCP", chunk)])
}

/// A zlib stream (RFC 1950) of stored blocks.
fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(65_535).count();
    for (index, block) in data.chunks(65_535).enumerate() {
        stream.push(u8::from(index + 1 == blocks));
        stream.extend_from_slice(&(block.len() as u16).to_le_bytes());
        stream.extend_from_slice(&(!(block.len() as u16)).to_le_bytes());
        stream.extend_from_slice(block);
    }
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend_from_slice(&(b << 16 | a).to_be_bytes());
    stream
}

fn assert_near(picture: &Picture, expected: [u8; 4], tolerance: u8) {
    for pixel in &picture.pixels {
        let near = pixel.iter().zip(expected).all(|(value, want)| value.abs_diff(want) <= tolerance);
        assert!(near, "{pixel:?} is not {expected:?}");
    }
}

#[test]
fn display_p3_becomes_srgb() {
    // The sRGB primaries in Display P3, as CSS Color 4 converts them: color(display-p3 0.9175
    // 0.2003 0.1386) is red, color(display-p3 0.4584 0.9853 0.2983) green.
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    for (in_p3, in_srgb) in [
        ([234, 51, 35, 255], [255, 0, 0, 255]),
        ([117, 251, 76, 255], [0, 255, 0, 255]),
        ([128, 128, 128, 255], [128, 128, 128, 255]),
    ] {
        let bytes = tagged(in_p3, &icc);
        assert!(inspect(&bytes).unwrap().has_icc);
        assert_near(&Picture::read(&bytes), in_srgb, 2);
        let fit = ResizeToFit { width: 10, ..ResizeToFit::default() };
        assert_near(&result(&bytes, [fit.into()]), in_srgb, 2);
    }
}

#[test]
fn colours_under_alpha_are_converted_and_alpha_is_kept() {
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    assert_near(&Picture::read(&tagged([234, 51, 35, 100], &icc)), [255, 0, 0, 100], 3);
}

#[test]
fn srgb_by_another_name_changes_nothing() {
    let icc = ColorProfile::new_srgb().encode().unwrap();
    for color in [[1, 2, 3, 255], [200, 100, 50, 255], [255, 254, 253, 255]] {
        assert_near(&Picture::read(&tagged(color, &icc)), color, 0);
    }
}

#[test]
fn a_broken_or_foreign_profile_is_ignored() {
    let gray = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let mut cut_off = ColorProfile::new_display_p3().encode().unwrap();
    cut_off.truncate(150);
    for icc in [gray, cut_off, b"no profile at all".to_vec()] {
        assert_near(&Picture::read(&tagged([234, 51, 35, 255], &icc)), [234, 51, 35, 255], 0);
    }
}

#[test]
fn high_dynamic_range_is_refused_however_the_profile_tells_it() {
    // PQ (ITU-R BT.2100): of 10,000 nits, the share of each level.
    let pq = |level: f64| {
        let (m1, m2, c1, c2, c3) = (0.159_301_757_812_5, 78.843_75, 0.835_937_5, 18.851_562_5, 18.687_5);
        let root = level.powf(1.0 / m2);
        ((root - c1).max(0.0) / (c2 - c3 * root)).powf(1.0 / m1)
    };
    let hlg = |level: f64| {
        let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
        if level <= 0.5 { level * level / 3.0 } else { (((level - c) / a).exp() + b) / 12.0 }
    };
    let curve = |light: &dyn Fn(f64) -> f64| {
        let levels = (0..1024).map(|level| (light(f64::from(level) / 1023.0) * 65535.0).round() as u16);
        ToneReprCurve::Lut(levels.collect())
    };
    let profile = |curve: ToneReprCurve| {
        let mut profile = ColorProfile::new_bt2020();
        profile.cicp = None;
        (profile.red_trc, profile.green_trc, profile.blue_trc) =
            (Some(curve.clone()), Some(curve.clone()), Some(curve));
        profile.encode().unwrap()
    };
    for color_profile in [rendition_imaging::ColorProfile::Convert, rendition_imaging::ColorProfile::Keep] {
        let made = |icc: &[u8]| {
            let spec = Spec { color_profile, ..Spec::new(Vec::new(), png()) };
            rendition_imaging::generate(&tagged([128, 90, 40, 255], icc), &spec, &Limits::default())
        };
        for bright in [profile(curve(&pq)), profile(curve(&hlg))] {
            let error = made(&bright).unwrap_err();
            assert!(matches!(error, ImageError::Unsupported { .. }), "{error}");
            assert!(error.to_string().contains("high dynamic range"), "{error}");
        }
        for gamma in [1.0, 1.8, 2.6, 3.0] {
            made(&profile(curve(&|level: f64| level.powf(gamma)))).unwrap();
        }
    }
}

#[test]
fn a_grey_profile_with_linear_light_brightens_the_middle() {
    let mut profile = ColorProfile::new_gray_with_gamma(2.2);
    profile.gray_trc = Some(ToneReprCurve::Parametric(vec![1.0]));
    let icc = profile.encode().unwrap();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 4);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let mut chunk = b"profile\0\0".to_vec();
    chunk.extend_from_slice(&zlib_stored(&icc));
    writer.write_chunk(png::chunk::iCCP, &chunk).unwrap();
    writer.write_image_data(&[128; 16]).unwrap();
    writer.finish().unwrap();
    // Half of the light is level 188 in sRGB (IEC 61966-2-1).
    assert_near(&Picture::read(&bytes), [188, 188, 188, 255], 2);
}

/// The mean of a channel over a box given in fractions of the picture.
fn mean(picture: &Picture, channel: usize, (x0, y0, x1, y1): (f64, f64, f64, f64)) -> f64 {
    let at = |fraction: f64, side: u32| (fraction * f64::from(side)) as u32;
    let (width, height) = (picture.size.width, picture.size.height);
    let (mut sum, mut count) = (0.0, 0.0);
    for y in at(y0, height)..at(y1, height) {
        for x in at(x0, width)..at(x1, width) {
            sum += f64::from(picture.at(x, y)[channel]);
            count += 1.0;
        }
    }
    sum / count
}

#[test]
fn profiles_that_exchange_the_channels_are_undone() {
    // Wheels of colours with their names on them: stored with other primaries in other places.
    let (red, green, blue) = ([255.0, 0.0, 0.0], [0.0, 255.0, 0.0], [0.0, 0.0, 255.0]);
    let rotated = [
        ((0.46, 0.01, 0.54, 0.04), red),
        ((0.05, 0.70, 0.08, 0.74), green),
        ((0.92, 0.76, 0.95, 0.79), blue),
    ];
    let spun = [((0.49, 0.06, 0.51, 0.08), red)];
    for (name, places) in [
        ("widegamut--rgb-to-gbr-test.jpg", &rotated[..]),
        ("linku--red-at-12-oclock-with-color-profile.jpg", &spun[..]),
    ] {
        let Some(bytes) = corpus::read(&format!("icc/{name}")) else { return };
        let picture = result(&bytes, [ResizeToFit { width: 300, ..ResizeToFit::default() }.into()]);
        for (place, color) in places {
            for (channel, want) in color.iter().enumerate() {
                let found = mean(&picture, channel, *place);
                assert!((found - want).abs() < 60.0, "{name} {place:?} {channel}: {found}");
            }
        }
    }
}

#[test]
fn inks_become_colours_with_and_without_a_profile() {
    let names = [
        "sharp--Channel_digital_image_CMYK_color.jpg",
        "sharp--Channel_digital_image_CMYK_color_no_profile.jpg",
    ];
    let mut pictures = Vec::new();
    for name in names {
        let Some(bytes) = corpus::read(&format!("icc/{name}")) else { return };
        let fit = ResizeToFit { width: 160, ..ResizeToFit::default() };
        pictures.push(result(&bytes, [fit.into()]));
    }
    // Both ways agree on what is light and what is dark, if not on every shade.
    let similarity = pictures[0].ssim(&pictures[1]);
    assert!(similarity > 0.7, "{similarity}");
    assert!(pictures[0].largest_difference(&pictures[1]) > 8, "the profile changed nothing");
}

#[test]
fn no_rendition_carries_a_profile() {
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    let bytes = tagged([234, 51, 35, 255], &icc);
    for output in [png(), Output::Webp(Webp::default()), Output::Jpeg(Default::default())] {
        assert!(!inspect(&generate(&bytes, [], output)).unwrap().has_icc);
    }
}
