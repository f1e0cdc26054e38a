//! EXIF orientation: whatever the coded image is turned by, the result is the same.

use rendition_imaging::{
    Anchor, Crop, Offset, Operation, Orientation, ResizeToFill, ResizeToFit, Size, SourceFormat, inspect,
};

use crate::picture::{Picture, result};

/// Four quarters of different colours, different in width and height.
fn shown() -> Picture {
    Picture::new(96, 64, |x, y| match (x < 32, y < 24) {
        (true, true) => [220, 30, 30, 255],
        (false, true) => [30, 200, 40, 255],
        (true, false) => [40, 50, 210, 255],
        (false, false) => [230, 220, 60, 255],
    })
}

/// The coded picture that is shown as `shown` under this EXIF value. Written from the table of the
/// EXIF specification, "the 0th row / 0th column represents the visual ... side", not from our code.
fn coded(shown: &Picture, value: u16) -> Picture {
    let Size { width: w, height: h } = shown.size;
    match value {
        1 => Picture::new(w, h, |x, y| shown.at(x, y)),
        2 => Picture::new(w, h, |x, y| shown.at(w - 1 - x, y)),
        3 => Picture::new(w, h, |x, y| shown.at(w - 1 - x, h - 1 - y)),
        4 => Picture::new(w, h, |x, y| shown.at(x, h - 1 - y)),
        // Row 0 is the left side, column 0 the top.
        5 => Picture::new(h, w, |x, y| shown.at(y, x)),
        // Row 0 is the right side, column 0 the top.
        6 => Picture::new(h, w, |x, y| shown.at(w - 1 - y, x)),
        // Row 0 is the right side, column 0 the bottom.
        7 => Picture::new(h, w, |x, y| shown.at(w - 1 - y, h - 1 - x)),
        // Row 0 is the left side, column 0 the bottom.
        _ => Picture::new(h, w, |x, y| shown.at(y, h - 1 - x)),
    }
}

fn exif(value: u16) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    block.extend_from_slice(&value.to_be_bytes());
    block.extend_from_slice(&[0; 6]);
    block
}

fn png(picture: &Picture, value: u16) -> Vec<u8> {
    picture.png_with(&[(b"eXIf", exif(value))])
}

fn jpeg(picture: &Picture, value: u16) -> Vec<u8> {
    let plain = picture.jpeg(100);
    let block = exif(value);
    let mut bytes = plain[..2].to_vec();
    bytes.extend_from_slice(&[0xff, 0xe1]);
    bytes.extend_from_slice(&(block.len() as u16 + 8).to_be_bytes());
    bytes.extend_from_slice(b"Exif\0\0");
    bytes.extend_from_slice(&block);
    bytes.extend_from_slice(&plain[2..]);
    bytes
}

fn webp(picture: &Picture, value: u16) -> Vec<u8> {
    let plain = picture.webp();
    let block = exif(value);
    let mut body = b"WEBPVP8X\x0a\0\0\0\x08\0\0\0".to_vec();
    body.extend_from_slice(&(picture.size.width - 1).to_le_bytes()[..3]);
    body.extend_from_slice(&(picture.size.height - 1).to_le_bytes()[..3]);
    body.extend_from_slice(&plain[12..]);
    body.extend_from_slice(b"EXIF");
    body.extend_from_slice(&(block.len() as u32).to_le_bytes());
    body.extend_from_slice(&block);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(body.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

fn recipes() -> Vec<Vec<Operation>> {
    let fill = ResizeToFill { width: 20, height: 24, anchor: Some(Anchor::Left), ..ResizeToFill::default() };
    let crop = Crop { width: 41, height: 13, offset: Some(Offset { x: 7, y: 3 }), ..Crop::default() };
    let fit = ResizeToFit { width: 30, ..ResizeToFit::default() };
    let read = |json: &str| vec![serde_json::from_str(json).unwrap()];
    let named = [
        r#"{"resize_to_fill": {"width": 15, "height": 28, "focal_point": {"x": 0.9, "y": 0.2}}}"#,
        r#"{"resize_to_fill": {"width": 40, "height": 9, "anchor": "bottom_right"}}"#,
        r#"{"thumbnail": {"width": 12, "height": 30, "anchor": "top_left"}}"#,
        r#"{"crop": {"width_percent": 40, "height_percent": 70, "anchor": "bottom"}}"#,
        r#"{"crop": {"width": 30, "height": 10, "focal_point": {"x": 0.2, "y": 0.8}}}"#,
        r#"{"smart_crop": {"width": 20, "height": 20, "mode": "entropy"}}"#,
        r##"{"resize_canvas": {"width": 90, "height": 70, "color": "#123456", "anchor": "top_right"}}"##,
        r##"{"extend": {"width": 3, "height": 1, "color": "#123456", "anchor": "left"}}"##,
        r##"{"add_border": {"thickness": 2, "top": 9, "color": "#fedcba"}}"##,
        r#"{"transpose": {"method": "rotate_90"}}"#,
        r#"{"reflection": {"size": 0.5}}"#,
    ];
    let mut recipes: Vec<Vec<Operation>> = named.map(read).into();
    recipes.extend([
        vec![],
        vec![fit.clone().into()],
        vec![fill.into()],
        vec![crop.clone().into()],
        vec![crop.into(), fit.into()],
    ]);
    recipes
}

#[test]
fn every_orientation_in_every_format_gives_the_same_rendition() {
    let shown = shown();
    for operations in recipes() {
        let expected = result(&shown.png(), operations.clone());
        for value in 1..=8 {
            let coded = coded(&shown, value);
            for (bytes, is_exact) in [
                (png(&coded, value), true),
                (webp(&coded, value), true),
                // Chroma of half the size smears each edge, under each orientation differently.
                (jpeg(&coded, value), false),
            ] {
                let header = inspect(&bytes).unwrap();
                assert_eq!(header.orientation, Orientation::from_exif(value.into()));
                assert_eq!(header.size, shown.size);
                let made = result(&bytes, operations.clone());
                let what = format!("{:?} {value} {operations:?}", header.format);
                if is_exact {
                    let difference = made.largest_difference(&expected);
                    assert!(difference <= 1, "{what}: {difference}");
                } else {
                    let difference = made.mean_difference(&expected);
                    assert!(difference <= 6.0, "{what}: {difference}");
                }
            }
        }
    }
}

#[test]
fn the_landscape_and_portrait_series_are_eight_times_the_same_picture() {
    for series in ["Landscape", "Portrait"] {
        let read = |number: u32| crate::corpus::read(&format!("orientation/recurser--{series}_{number}.jpg"));
        let Some(first) = read(1) else { return };
        let fit: Operation = ResizeToFit { width: 120, height: 120, ..ResizeToFit::default() }.into();
        let expected = result(&first, [fit.clone()]);
        for number in 2..=8 {
            let bytes = read(number).unwrap();
            let header = inspect(&bytes).unwrap();
            assert_eq!(header.format, SourceFormat::Jpeg);
            assert_eq!(header.orientation, Orientation::from_exif(number));
            let similarity = result(&bytes, [fit.clone()]).ssim(&expected);
            assert!(similarity > 0.97, "{series} {number}: {similarity}");
        }
    }
}
