//! Sixteen bits a sample, and linear light.

use rendition_imaging::{
    Adjust, Light, Limits, Operation, Output, Png, ResizeToFit, Rotate, Size, Spec, generate, inspect,
};

use crate::picture::Picture;

/// A PNG of 16 bits.
pub fn sixteen(color: png::ColorType, size: Size, samples: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size.width, size.height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Sixteen);
    let mut writer = encoder.write_header().unwrap();
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    writer.write_image_data(&data).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A PNG of 16 bits whose levels from left to right are finer than 8 bits can tell.
fn ramp(color: png::ColorType) -> Vec<u8> {
    let size = Size::new(256, 64);
    let level = |x: u32| (20_000 + x * 8) as u16;
    let samples = match color {
        png::ColorType::Grayscale => 1,
        png::ColorType::GrayscaleAlpha => 2,
        png::ColorType::Rgb => 3,
        _ => 4,
    };
    let has_alpha = samples % 2 == 0;
    let data: Vec<u16> = (0..size.height)
        .flat_map(|_| 0..size.width)
        .flat_map(|x| {
            (0..samples)
                .map(move |channel| if has_alpha && channel + 1 == samples { 40_000 } else { level(x) })
        })
        .collect();
    sixteen(color, size, &data)
}

/// The samples of a PNG of 16 bits.
pub fn samples(bytes: &[u8]) -> (png::ColorType, Vec<u16>) {
    let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let mut reader = decoder.read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    assert_eq!(info.bit_depth, png::BitDepth::Sixteen);
    (info.color_type, data.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
}

fn png(bytes: &[u8], operations: Vec<Operation>) -> Vec<u8> {
    generate(bytes, &Spec::new(operations, Output::Png(Png::default())), &Limits::default()).unwrap().bytes
}

#[test]
fn sixteen_bits_stay_sixteen_bits_where_the_format_holds_them() {
    for color in
        [png::ColorType::Grayscale, png::ColorType::GrayscaleAlpha, png::ColorType::Rgb, png::ColorType::Rgba]
    {
        let source = ramp(color);
        assert_eq!(samples(&png(&source, vec![])), samples(&source));
        let fit = ResizeToFit { width: 128, ..ResizeToFit::default() };
        let (layout, made) = samples(&png(&source, vec![fit.into()]));
        assert_eq!(layout, color);
        let channels = made.len() / (128 * 32);
        let levels: std::collections::BTreeSet<u16> = made.chunks(channels).map(|pixel| pixel[0]).collect();
        // In 8 bits, these 2048 levels of 65536 would be nine.
        assert!(levels.len() > 100, "{color:?}: {}", levels.len());
        if channels % 2 == 0 {
            assert!(made.chunks(channels).all(|pixel| pixel[channels - 1].abs_diff(40_000) < 3));
        }
    }
}

#[test]
fn operations_work_on_sixteen_bits_as_on_eight() {
    let source = ramp(png::ColorType::Rgb);
    let operations: Vec<Operation> = vec![
        Adjust { brightness: Some(1.5), ..Adjust::default() }.into(),
        Rotate { angle: 10.0, color: "#000".into() }.into(),
    ];
    let (_, made) = samples(&png(&source, operations.clone()));
    let eight = Picture::read(&png(&source, vec![])).png();
    let eight = Picture::read(&png(&eight, operations));
    let differences = made.chunks(3).zip(&eight.pixels).map(|(a, b)| (a[0] / 257).abs_diff(b[0].into()));
    assert!(differences.max().unwrap() <= 2);
}

#[test]
fn in_linear_light_a_fine_pattern_keeps_its_brightness() {
    let board = Picture::new(64, 64, |x, y| if (x + y) % 2 == 0 { [255; 4] } else { [0, 0, 0, 255] });
    let fit = vec![ResizeToFit { width: 8, ..ResizeToFit::default() }.into()];
    let spec = |light| Spec { light, ..Spec::new(fit.clone(), Output::Png(Png::default())) };
    let level = |light| {
        let made = generate(&board.png(), &spec(light), &Limits::default()).unwrap().bytes;
        assert_eq!(inspect(&made).unwrap().bits, 8);
        let picture = Picture::read(&made);
        assert_eq!(picture.size, Size::new(8, 8));
        picture.at(4, 4)[0]
    };
    // Half of the light is level 188 of sRGB; half of the numbers is 128.
    assert!(level(Light::Linear).abs_diff(188) <= 2);
    assert!(level(Light::Gamma).abs_diff(128) <= 2);
}
