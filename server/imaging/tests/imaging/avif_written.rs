//! AVIF as it is written: how alike it looks, its channels, sizes, options, and what it tells of itself.

use rendition_imaging::{
    Auto, Avif, ColorModel, Format, ImageError, Limits, Metadata, Output, Png, ResizeToFit, Size,
    SourceFormat, Spec, Subsampling, inspect,
};

use crate::picture::{Picture, generate, spec};

fn avif(quality: u32, subsampling: Subsampling) -> Output {
    Output::Avif(Avif { quality: Some(quality), subsampling, ..Avif::default() })
}

fn made(picture: &Picture, output: Output) -> Vec<u8> {
    generate(&picture.png(), [], output)
}

/// Smooth colours and an edge, without the noise that no codec keeps.
fn smooth(width: u32, height: u32) -> Picture {
    Picture::new(width, height, |x, y| {
        let level = |part: u32, whole: u32| (part * 255 / whole.max(2).saturating_sub(1)).min(255) as u8;
        let disc = (f64::from(x) - f64::from(width) / 2.0).hypot(f64::from(y) - f64::from(height) / 2.0);
        if disc < f64::from(width) / 5.0 {
            [240, 60, 40, 255]
        } else {
            [level(x, width), level(y, height), level(x, width) / 2 + 60, 255]
        }
    })
}

fn psnr(a: &Picture, b: &Picture) -> f64 {
    assert_eq!(a.size, b.size);
    let pairs = a.pixels.as_flattened().iter().zip(b.pixels.as_flattened());
    let squares: f64 = pairs.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0f64.powi(2) * (a.pixels.len() * 4) as f64 / squares.max(1e-9)).log10()
}

#[test]
fn what_comes_back_looks_like_what_was_written() {
    let source = smooth(160, 120);
    for (output, least) in [
        (avif(55, Subsampling::Unspecified), 32.0),
        (avif(85, Subsampling::Quarter), 35.0),
        (avif(85, Subsampling::Half), 35.0),
        (avif(85, Subsampling::Whole), 40.0),
        (avif(100, Subsampling::Whole), 49.0),
    ] {
        let bytes = made(&source, output.clone());
        let header = inspect(&bytes).unwrap();
        assert_eq!((header.format, header.size, header.bits), (SourceFormat::Avif, source.size, 8));
        assert!(!header.has_alpha && !header.has_icc && header.color == ColorModel::Rgb);
        let psnr = psnr(&Picture::read(&bytes), &source);
        assert!(psnr >= least, "{output:?}: {psnr}");
    }
}

#[test]
fn alpha_is_written_beside_the_colours() {
    let source = Picture::new(90, 70, |x, y| [200, (y * 3) as u8, 50, (x * 255 / 89) as u8]);
    let bytes = made(&source, avif(90, Subsampling::Whole));
    assert!(inspect(&bytes).unwrap().has_alpha);
    let back = Picture::read(&bytes);
    let worst = back.pixels.iter().zip(&source.pixels).map(|(a, b)| a[3].abs_diff(b[3])).max().unwrap();
    assert!(worst <= 4, "{worst}");
    assert!(psnr(&back, &source) > 40.0);
    let opaque = Picture::new(90, 70, |x, y| [200, y as u8, x as u8, 255]);
    assert!(!inspect(&made(&opaque, avif(90, Subsampling::Whole))).unwrap().has_alpha);
}

#[test]
fn grey_stays_grey() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 64, 48);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let levels: Vec<u8> = (0..64 * 48).map(|index| (index % 64 * 4) as u8).collect();
    writer.write_image_data(&levels).unwrap();
    writer.finish().unwrap();
    let bytes = generate(&png, [], avif(90, Subsampling::Unspecified));
    assert_eq!(inspect(&bytes).unwrap().color, ColorModel::Gray);
    let worst = Picture::read(&bytes).largest_difference(&Picture::read(&png));
    assert!(worst <= 4, "{worst}");
}

#[test]
fn images_of_any_size_are_written_and_read() {
    for (width, height) in [(1, 1), (1, 7), (7, 1), (2, 3), (17, 16), (65, 33), (1, 300)] {
        let source = Picture::new(width, height, |x, y| [(x * 3) as u8, 100, (y / 2) as u8, (255 - x) as u8]);
        for subsampling in [Subsampling::Quarter, Subsampling::Half, Subsampling::Whole] {
            let bytes = made(&source, avif(95, subsampling));
            let header = inspect(&bytes).unwrap();
            assert_eq!((header.size, header.has_alpha), (source.size, width > 1));
            let psnr = psnr(&Picture::read(&bytes), &source);
            assert!(psnr > 36.0, "{width}x{height} {subsampling:?}: {psnr}");
        }
    }
}

#[test]
fn quality_speed_and_subsampling_change_the_file_as_they_say() {
    let source = Picture::scene(200, 150);
    let length = |output| made(&source, output).len();
    let by_quality = [20, 55, 80, 95].map(|quality| length(avif(quality, Subsampling::Quarter)));
    assert!(by_quality.is_sorted() && by_quality[0] * 2 < by_quality[3], "{by_quality:?}");
    assert!(length(avif(80, Subsampling::Quarter)) < length(avif(80, Subsampling::Whole)));
    let is_whole = |output| {
        let bytes = made(&source, output);
        let config = bytes.windows(4).position(|window| window == b"av1C").unwrap();
        bytes[config + 6] & 0b1100 == 0
    };
    // As with JPEG: each pixel has a colour of its own from quality 90 on.
    assert!(!is_whole(avif(89, Subsampling::Unspecified)) && is_whole(avif(90, Subsampling::Unspecified)));
    for speed in [0, 10] {
        let small = Picture::scene(40, 30);
        let output = Output::Avif(Avif { speed: Some(speed), ..Avif::default() });
        assert!(Picture::read(&made(&small, output)).ssim(&small) > 0.6);
    }
}

#[test]
fn the_quality_is_lowered_until_the_file_is_small_enough() {
    let source = Picture::scene(120, 90);
    let whole = made(&source, avif(80, Subsampling::Unspecified)).len();
    let bounded = |max_bytes| {
        let output = Avif { quality: Some(80), speed: Some(8), max_bytes, ..Avif::default() };
        made(&source, Output::Avif(output)).len()
    };
    let most = whole as u32 / 2;
    let fitted = bounded(most);
    assert!(fitted <= most as usize && fitted * 2 > most as usize, "{fitted} of {most}");
    // Nothing fits into this, and the smallest file is the result.
    assert!(bounded(10) < whole / 4);
}

#[test]
fn an_avif_of_too_many_pixels_is_refused_by_name() {
    let source = Picture::new(2001, 2000, |_, _| [9, 9, 9, 255]).png();
    let make = |limits: &Limits, operations: Vec<rendition_imaging::Operation>| {
        let output = Output::Avif(Avif { speed: Some(10), ..Avif::default() });
        rendition_imaging::generate(&source, &spec(operations, output), limits)
    };
    let Err(ImageError::LimitExceeded { limit, value, maximum, message }) = make(&Limits::default(), vec![])
    else {
        panic!("it was made");
    };
    assert_eq!((limit, value, maximum), ("max_avif_pixels", 4_002_000, 4_000_000));
    assert!(message.contains("avif") && message.contains("2001x2000"), "{message}");
    let smaller = ResizeToFit { width: 60, ..ResizeToFit::default() };
    make(&Limits { max_avif_pixels: 3600, ..Limits::default() }, vec![smaller.into()]).unwrap();
}

#[test]
fn auto_gives_avif_to_those_who_show_it() {
    let auto = Auto { formats: vec![Format::Avif, Format::Webp, Format::Jpeg], ..Auto::default() };
    let auto = spec([], Output::Auto(auto));
    assert_eq!(auto.resolve(&[Format::Webp, Format::Avif]).format(), Some(Format::Avif));
    assert_eq!(auto.resolve(&[Format::Webp]).format(), Some(Format::Webp));
}

#[test]
fn sixteen_bits_are_written_as_eight() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 32, 32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Sixteen);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0x80; 32 * 32 * 6]).unwrap();
    writer.finish().unwrap();
    let bytes = generate(&png, [], avif(90, Subsampling::Whole));
    assert_eq!(inspect(&bytes).unwrap().bits, 8);
    assert!(Picture::read(&bytes).at(3, 3)[1].abs_diff(0x80) <= 1);
}

#[test]
fn the_file_names_its_colours_and_is_the_same_each_time() {
    let source = Picture::scene(64, 48);
    let bytes = made(&source, avif(55, Subsampling::Unspecified));
    assert_eq!(bytes, made(&source, avif(55, Subsampling::Unspecified)));
    // sRGB's primaries and curve, luma and chroma of BT.601, the full range.
    let colors = b"colrnclx\0\x01\0\x0d\0\x06\x80";
    assert!(bytes.windows(colors.len()).any(|window| window == colors));
    // What a file of one picture has no use for: the unit between two moments of time.
    let data = bytes.windows(4).position(|window| window == b"mdat").unwrap() + 4;
    assert_eq!(bytes[data] >> 3 & 15, 1, "the first unit is no sequence header");
}

#[test]
fn a_profile_is_written_where_it_is_asked_for() {
    let source = Picture::scene(64, 48).png();
    let output = || avif(80, Subsampling::Whole);
    let spec = Spec { metadata: Metadata::Icc, ..Spec::new(vec![], output()) };
    let bytes = rendition_imaging::generate(&source, &spec, &Limits::default()).unwrap().bytes;
    assert!(inspect(&bytes).unwrap().has_icc);
    let plain = generate(&source, [], output());
    assert_eq!(Picture::read(&bytes), Picture::read(&plain));
    assert_eq!(Size::new(64, 48), inspect(&generate(&bytes, [], Output::Png(Png::default()))).unwrap().size);
}
