//! Operations on 16 bits a sample: some values by hand, and of all operations the look that they have in 8
//! bits.

use std::sync::Arc;

use png::ColorType;
use rendition_imaging::{
    AddBorder, Adjust, ColorOverlay, GaussianBlur, Grayscale, Limits, MakeOpaque, Operation, Overlay,
    OverlayImage, Pixelate, Reflection, ResizeCanvas, SetOpacity, Sharpen, Size, SmartResize,
};

use crate::depth::{samples, sixteen};
use crate::picture::{Picture, generate, png};

fn made(source: &[u8], operation: impl Into<Operation>) -> (ColorType, Vec<u16>) {
    samples(&generate(source, [operation.into()], png()))
}

#[test]
fn alpha_and_grey_are_worked_out_in_sixteen_bits() {
    let source = sixteen(ColorType::Rgba, Size::new(2, 1), &[1000, 2000, 3000, 40_000, 65_535, 0, 1, 20]);
    let quarter = vec![1000, 2000, 3000, 10_000, 65_535, 0, 1, 5];
    assert_eq!(made(&source, SetOpacity { opacity: 0.25 }), (ColorType::Rgba, quarter));
    // 0.299 * 1000 + 0.587 * 2000 + 0.114 * 3000 = 1815; 0.299 * 65535 = 19595.1.
    assert_eq!(made(&source, Grayscale {}), (ColorType::GrayscaleAlpha, vec![1815, 40_000, 19_595, 20]));
}

#[test]
fn colours_are_mixed_in_sixteen_bits() {
    let source = sixteen(ColorType::Rgb, Size::new(1, 1), &[40_000, 0, 1]);
    // A quarter of (0, 80, 252), which is (0, 20560, 64764) in 16 bits, and three quarters of the pixel.
    let overlay = ColorOverlay { color: "#0050fc".into(), opacity: Some(0.25) };
    assert_eq!(made(&source, overlay), (ColorType::Rgb, vec![30_000, 5140, 16_192]));
    // A fifth of the pixel and four of white, which is 65535.
    let source = sixteen(ColorType::Rgba, Size::new(1, 1), &[40_000, 0, 65_535, 13_107]);
    assert_eq!(made(&source, MakeOpaque::default()), (ColorType::Rgb, vec![60_428, 52_428, 65_535]));
}

#[test]
fn levels_are_adjusted_in_sixteen_bits() {
    // The mean is 30000.
    let source = sixteen(ColorType::Grayscale, Size::new(4, 1), &[2, 24_000, 39_998, 56_000]);
    let adjust = |adjust: Adjust| made(&source, adjust).1;
    let contrast = |factor| adjust(Adjust { contrast: Some(factor), ..Adjust::default() });
    assert_eq!(contrast(0.5), [15_001, 27_000, 34_999, 43_000]);
    assert_eq!(contrast(2.0), [0, 18_000, 49_996, 65_535]);
    let brightness = |factor| adjust(Adjust { brightness: Some(factor), ..Adjust::default() });
    assert_eq!(brightness(1.5), [3, 36_000, 59_997, 65_535]);
    assert_eq!(made(&source, Pixelate { size: 2 }).1, [12_001, 12_001, 47_999, 47_999]);
}

/// The same levels in 16 bits, 257 of which are one of 8.
fn deepened(picture: &Picture) -> Vec<u8> {
    let samples: Vec<u16> =
        picture.pixels.as_flattened().iter().map(|level| u16::from(*level) * 257).collect();
    sixteen(ColorType::Rgba, picture.size, &samples)
}

/// Fails where an operation makes another picture of 16 bits than of 8.
fn assert_looks_alike(source: &Picture, operation: Operation, levels: f64) {
    let eight = Picture::read(&generate(&source.png(), [operation.clone()], png()));
    let (color, deep) = made(&deepened(source), operation.clone());
    let pixels = deep.chunks(color.samples()).map(|pixel| match *pixel {
        [gray] => [gray, gray, gray, u16::MAX],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, u16::MAX],
        _ => [pixel[0], pixel[1], pixel[2], pixel[3]],
    });
    assert_eq!(pixels.len(), eight.pixels.len(), "{operation:?}");
    for (deep, eight) in pixels.zip(&eight.pixels).filter(|(_, eight)| eight[3] > 0) {
        let difference =
            deep.iter().zip(eight).map(|(deep, eight)| f64::from(*deep) / 257.0 - f64::from(*eight));
        let largest = difference.map(f64::abs).fold(0.0, f64::max);
        assert!(largest <= levels, "{operation:?}: {deep:?} instead of {eight:?}");
    }
}

fn adjust(set: impl FnOnce(&mut Adjust)) -> Operation {
    let mut adjust = Adjust::default();
    set(&mut adjust);
    adjust.into()
}

#[test]
fn every_operation_looks_in_sixteen_bits_as_in_eight() {
    let scene = Picture::scene(12, 8);
    let mark = Picture::new(3, 2, |x, y| [250, 40 * x as u8, 90 * y as u8, 128]).png();
    let mark = OverlayImage::decode(&mark, b"mark".to_vec(), &Limits::default()).unwrap();
    // These round once, by half a level.
    let exact: [Operation; 13] = [
        SetOpacity { opacity: 0.3 }.into(),
        ColorOverlay { color: "#28f".into(), opacity: Some(0.3) }.into(),
        MakeOpaque { color: "#28f".into() }.into(),
        Overlay { name: "mark".into(), image: Some(Arc::new(mark)), ..Overlay::default() }.into(),
        Grayscale {}.into(),
        adjust(|adjust| adjust.saturation = Some(1.7)),
        adjust(|adjust| adjust.brightness = Some(0.7)),
        adjust(|adjust| adjust.contrast = Some(1.7)),
        adjust(|adjust| adjust.sharpness = Some(0.0)),
        Reflection { color: "#28f".into(), ..Reflection::default() }.into(),
        AddBorder { thickness: 1, color: "#2288ff80".into(), ..AddBorder::default() }.into(),
        ResizeCanvas { width: 15, height: 5, color: "#2288ff80".into(), ..ResizeCanvas::default() }.into(),
        SmartResize { width: 8, height: 8, ..SmartResize::default() }.into(),
    ];
    let fading = Picture::new(12, 8, |x, y| {
        let [red, green, blue, _] = scene.at(x, y);
        [red, green, blue, 255 - 20 * x as u8]
    });
    for operation in exact {
        assert_looks_alike(&scene, operation.clone(), 0.51);
        assert_looks_alike(&fading, operation, 0.51);
    }
    assert_looks_alike(&scene, Pixelate { size: 5 }.into(), 0.51);
    // It rounds six times, between its passes.
    assert_looks_alike(&scene, GaussianBlur { radius: Some(1.5) }.into(), 1.5);
}

#[test]
fn a_threshold_is_as_many_levels_of_eight_bits_in_sixteen() {
    // The blurred levels are those of 8 bits, 50, 50, 56, 80, 120, 144, 149 and 150, each a level off at
    // most.
    let levels = [50_u16, 50, 50, 50, 150, 150, 150, 150].map(|level| level * 257);
    let source = sixteen(ColorType::Grayscale, Size::new(8, 1), &levels);
    let sharpen = |threshold| made(&source, Sharpen { threshold, ..Sharpen::default() }).1;
    for (threshold, expected) in
        [(0, [44_u16, 20, 180, 156]), (10, [50, 20, 180, 150]), (40, [50, 50, 150, 150])]
    {
        let made = sharpen(threshold);
        for (level, expected) in made[2..6].iter().zip(expected) {
            assert!(level.abs_diff(expected * 257) <= 257, "{threshold}: {made:?}");
        }
    }
    assert_eq!(sharpen(10)[2], 50 * 257);
    assert_eq!(sharpen(40), levels);
}
