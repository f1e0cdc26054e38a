//! What is written: formats, channels, options.

use rendition_imaging::{
    Auto, Compression, Format, Jpeg, Output, Png, ResizeToFit, SourceFormat, Webp, inspect,
};

use crate::picture::{Picture, generate, png, spec};

#[test]
fn each_output_writes_its_format_and_looks_like_its_source() {
    let source = Picture::scene(160, 120);
    for (output, format, least) in [
        (Output::Jpeg(Jpeg::default()), SourceFormat::Jpeg, 0.85),
        (Output::Webp(Webp::default()), SourceFormat::Webp, 0.80),
        (Output::Webp(Webp { lossless: true, ..Webp::default() }), SourceFormat::Webp, 1.0),
        (png(), SourceFormat::Png, 1.0),
    ] {
        let bytes = generate(&source.png(), [], output.clone());
        assert_eq!(inspect(&bytes).unwrap().format, format);
        let similarity = Picture::read(&bytes).ssim(&source);
        assert!(similarity >= least, "{output:?}: {similarity}");
    }
}

#[test]
fn a_grey_jpeg_stays_grey_through_a_resize() {
    let gray = Picture::new(200, 100, |x, y| {
        let level = ((x + y) % 256) as u8;
        [level, level, level, 255]
    });
    let mut bytes = Vec::new();
    let mut encoder = png_encoder(&mut bytes, &gray);
    encoder.set_color(::png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let levels: Vec<u8> = gray.pixels.iter().map(|pixel| pixel[0]).collect();
    writer.write_image_data(&levels).unwrap();
    writer.finish().unwrap();
    let jpeg = generate(&bytes, [], Output::Jpeg(Jpeg::default()));
    assert_eq!(inspect(&jpeg).unwrap().color, rendition_imaging::ColorModel::Gray);
    let fit = ResizeToFit { width: 50, ..ResizeToFit::default() };
    let small = generate(&jpeg, [fit.into()], Output::Jpeg(Jpeg::default()));
    assert_eq!(inspect(&small).unwrap().color, rendition_imaging::ColorModel::Gray);
    let webp = generate(&jpeg, [], Output::Webp(Webp::default()));
    assert!(Picture::read(&webp).ssim(&gray) > 0.9);
}

fn png_encoder<'a>(bytes: &'a mut Vec<u8>, picture: &Picture) -> ::png::Encoder<'a, &'a mut Vec<u8>> {
    ::png::Encoder::new(bytes, picture.size.width, picture.size.height)
}

#[test]
fn more_quality_takes_more_bytes() {
    let source = Picture::scene(200, 150).png();
    let jpeg = |quality| {
        generate(&source, [], Output::Jpeg(Jpeg { quality: Some(quality), ..Jpeg::default() })).len()
    };
    let webp = |quality| {
        generate(&source, [], Output::Webp(Webp { quality: Some(quality), ..Webp::default() })).len()
    };
    assert!(jpeg(40) < jpeg(80) && jpeg(80) < jpeg(95));
    assert!(webp(40) < webp(78) && webp(78) < webp(95));
}

#[test]
fn png_compression_changes_bytes_and_no_pixel() {
    let source = Picture::scene(200, 150);
    let files = [Compression::Fast, Compression::Balanced, Compression::High]
        .map(|compression| generate(&source.png(), [], Output::Png(Png { compression })));
    assert!(files[2].len() < files[0].len());
    for file in files {
        assert_eq!(Picture::read(&file), source);
    }
}

#[cfg(not(feature = "avif"))]
#[test]
fn a_build_that_does_not_write_avif_says_so_and_auto_passes_it_over() {
    use rendition_imaging::{Avif, ImageError, Limits};

    assert!(!Format::Avif.is_written());
    let source = Picture::scene(20, 20).png();
    let avif = spec([], Output::Avif(Avif::default()));
    let refused = rendition_imaging::generate(&source, &avif, &Limits::default());
    assert!(matches!(refused, Err(ImageError::Unsupported { message }) if message.contains("avif")));
    let auto = |formats| spec([], Output::Auto(Auto { formats, ..Auto::default() }));
    let all = auto(vec![Format::Avif, Format::Webp, Format::Jpeg]);
    assert_eq!(all.resolve(&[Format::Avif, Format::Webp]).format(), Some(Format::Webp));
    // The key of an AVIF stays the same, whoever made it.
    assert_eq!(all.resolve_to(Format::Avif).canonical(), avif.canonical());
    assert_eq!(auto(vec![Format::Jpeg, Format::Avif]).resolve(&[]).format(), Some(Format::Jpeg));
    assert_eq!(auto(vec![Format::Avif]).resolve(&[]).format(), Some(Format::Avif));
}

#[test]
fn auto_takes_the_first_format_that_the_caller_accepts_or_else_the_last() {
    let auto = spec([], Output::Auto(Auto::default()));
    assert_eq!(auto.formats(), [Format::Webp, Format::Jpeg]);
    assert_eq!(auto.format(), None);
    assert_eq!(auto.resolve(&[Format::Jpeg, Format::Webp]).format(), Some(Format::Webp));
    assert_eq!(auto.resolve(&[Format::Png]).format(), Some(Format::Jpeg));
    assert_eq!(auto.resolve(&[]).format(), Some(Format::Jpeg));
    let quality = Jpeg { quality: Some(33), ..Jpeg::default() };
    let chosen =
        Auto { formats: vec![Format::Png, Format::Jpeg], jpeg: Some(quality.clone()), ..Auto::default() };
    assert_eq!(spec([], Output::Auto(chosen)).resolve(&[Format::Jpeg]).output, Output::Jpeg(quality));
}
