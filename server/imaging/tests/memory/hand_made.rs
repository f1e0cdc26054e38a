//! Files put together by hand, of kinds that the corpus does not hold.

use rendition_imaging::{Jpeg, Operation, Output, Png, ResizeToFit, Spec};

use crate::picture::spec;

/// A file with a name for it, and what is made of it.
pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    pub spec: Spec,
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let png = || spec([], Output::Png(Png::default()));
    vec![
        Case { name: "tiff in planes".into(), bytes: tiff_in_planes(3000, 2000), spec: png() },
        Case { name: "jpeg in parts".into(), bytes: jpeg_in_parts(3000, 2000), spec: small() },
        Case { name: "jpeg in parts".into(), bytes: jpeg_in_parts(3000, 2000), spec: png() },
    ]
}

fn small() -> Spec {
    let fit: Operation = ResizeToFit { width: 300, height: 300, ..ResizeToFit::default() }.into();
    spec([fit], Output::Jpeg(Jpeg::default()))
}

/// RGB of 8 bits, a plane for each colour.
fn tiff_in_planes(width: u32, height: u32) -> Vec<u8> {
    let plane = width * height;
    let entries: [(u16, u16, u32, u32); 10] = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, 134),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 3, 140),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 3, 152),
        (284, 3, 1, 2),
    ];
    let mut bytes = b"II*\0\x08\0\0\0\x0a\0".to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag, kind].map(u16::to_le_bytes).concat());
        bytes.extend([count, value].map(u32::to_le_bytes).concat());
    }
    bytes.extend([0; 4]);
    bytes.extend([8u16; 3].map(u16::to_le_bytes).concat());
    bytes.extend([164, 164 + plane, 164 + 2 * plane].map(u32::to_le_bytes).concat());
    bytes.extend([plane; 3].map(u32::to_le_bytes).concat());
    bytes.extend((0..3 * plane).map(|sample| (sample / 7) as u8));
    bytes
}

/// A sequential JPEG with a scan for each component: three grey ones, whose scans are put into one file.
fn jpeg_in_parts(width: u16, height: u16) -> Vec<u8> {
    let length = usize::from(width) * usize::from(height);
    let gray: Vec<u8> = (0..length).map(|index| (index / 5 + index / 3001 * 3) as u8).collect();
    let image = turbojpeg::Image {
        pixels: gray.as_slice(),
        width: width.into(),
        pitch: width.into(),
        height: height.into(),
        format: turbojpeg::PixelFormat::GRAY,
    };
    let gray = turbojpeg::compress(image, 80, turbojpeg::Subsamp::Gray).unwrap();
    let find = |marker: u8| gray.windows(2).position(|pair| pair == [0xff, marker]).unwrap();
    let (frame, scan) = (find(0xc0), find(0xda));
    let behind = frame + 2 + usize::from(u16::from_be_bytes([gray[frame + 2], gray[frame + 3]]));
    let mut bytes = gray[..frame].to_vec();
    bytes.extend_from_slice(&[0xff, 0xc0, 0, 17, 8]);
    bytes.extend_from_slice(&[height, width].map(u16::to_be_bytes).concat());
    bytes.extend_from_slice(&[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend_from_slice(&gray[behind..scan]);
    for component in 1..=3 {
        let mut part = gray[scan..gray.len() - 2].to_vec();
        part[5] = component;
        bytes.extend_from_slice(&part);
    }
    bytes.extend_from_slice(&[0xff, 0xd9]);
    bytes
}
